import { createHash, randomBytes } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { type AttemptId, attemptId, type RunId } from '../domain/ids.ts';
import type { AttemptEnd, RunKind, RunOutcome } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';
import { Failure } from '../errors.ts';
import type { SandboxStatus } from '../ports.ts';
import type { Result } from '../protocol.ts';
import type { Deps } from './deps.ts';
import { effect } from './effect.ts';
import { hear, type RunSignal } from './signals.ts';

export interface RunInput {
  readonly run: RunId;
  readonly task: number;
  readonly kind: RunKind;
}

/** A worker that dies is replaced this often before a person hears of it. */
const maxAttempts = 3;

/** Pause before the next attempt, seconds; the last one repeats. */
const pauses = [1, 10, 60];

/** How an attempt ended for its run: with an outcome, or so that another attempt is worth it. */
type Verdict = { outcome: RunOutcome } | { again: { code: string; reason: string } };

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** One execution of the worker for a task: attempts until one gives an outcome, then the task is told. */
export const createRun = (deps: Deps, startUploads: (run: RunId) => Promise<void>) =>
  async function execute({ run, task, kind }: RunInput): Promise<void> {
    const outcome = await outcomeOf(deps, { run, task, kind });
    const ended = await effect('end run', async () => {
      await deps.store.runs.end(run, outcome, Date.now());
      return { files: (await deps.store.files.handedBy(run)).length };
    });
    // An earlier release kept nothing of this step.
    if ((ended as typeof ended | undefined)?.files) await startUploads(run);
    await effect('tell task', () => deps.tellTask(task, { type: 'run_ended', run, outcome }, `ended:${run}`));
  };

/** What the outside refuses for good ends the run as failed: the task hears of it, whatever it was. */
async function outcomeOf(deps: Deps, input: RunInput): Promise<RunOutcome> {
  try {
    return await attemptsOf(deps, input);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { type: 'failed', code: error.code, reason: error.message, advice: error.advice ?? '' };
  }
}

async function attemptsOf(deps: Deps, input: RunInput): Promise<RunOutcome> {
  let last = { code: 'worker_died', reason: 'the worker died' };
  for (let n = 1; n <= maxAttempts; n += 1) {
    const attempt = attemptId(input.run, n);
    const end = await oneAttempt(deps, input, attempt, n);
    const verdict = await effect('judge attempt', () => judge(deps, input, attempt, end));
    if ('outcome' in verdict) return verdict.outcome;
    last = verdict.again;
    if (n < maxAttempts && (await cancelledWithin(pauses[n - 1] ?? 60))) return { type: 'cancelled' };
  }
  return { type: 'failed', ...last, advice: `I tried ${maxAttempts} times.` };
}

/** Opens the attempt, starts its sandbox, waits for its end, and leaves neither token nor process behind. */
async function oneAttempt(
  deps: Deps,
  { run, task, kind }: RunInput,
  attempt: AttemptId,
  n: number,
): Promise<AttemptEnd> {
  const end = await endOf(deps, { run, task, kind }, attempt);
  await effect('close attempt', async () => {
    await deps.sandbox.stop(attempt);
    await deps.store.runs.close(attempt, Date.now());
    deps.log.info({ attempt, n, end: end instanceof Failure ? end.code : end.type }, 'attempt ended');
  });
  if (end instanceof Failure) throw end;
  return end;
}

/** A sandbox that refuses to start is an end too: what was opened has to be closed. */
async function endOf(deps: Deps, input: RunInput, attempt: AttemptId): Promise<AttemptEnd | Failure> {
  try {
    const opened = await effect('open attempt', () => open(deps, input, attempt));
    return opened ? await awaitEnd(attempt) : { type: 'cancel' };
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

async function open(deps: Deps, { run, task, kind }: RunInput, attempt: AttemptId): Promise<boolean> {
  const { deadlineMinutes } = await deps.store.tasks.get(task);
  const lastsMs = deadlineMinutes * 60_000;
  const going = await deps.store.runs.openAttempt({ id: attempt, run, task, lastsMs }, Date.now());
  if (!going) return false;
  if (!isThere((await deps.sandbox.status(attempt)).state)) {
    const token = randomBytes(32).toString('base64url');
    await deps.store.runs.arm(attempt, hashToken(token), Date.now());
    const armed = await deps.store.runs.attempt(attempt);
    await deps.sandbox.start({ attempt, task, token, deadline: armed?.deadline ?? Date.now(), memory: 1 });
  }
  await deps.store.tasks.advance(task, { type: 'run_started', kind }, `started:${attempt}`, Date.now());
  deps.presenter.touch(`task:${task}`);
  return true;
}

const isThere = (state: SandboxStatus['state']) => state === 'running' || state === 'starting';

async function awaitEnd(attempt: AttemptId): Promise<AttemptEnd> {
  for (;;) {
    const signal = await hear<RunSignal>();
    if (!signal) continue;
    if ('type' in signal) return { type: 'cancel' };
    if (signal.attempt === attempt) return signal.end;
  }
}

async function cancelledWithin(seconds: number): Promise<boolean> {
  const until = (await DBOS.now()) + seconds * 1000;
  for (let left = seconds; left > 0; left = (until - (await DBOS.now())) / 1000) {
    const signal = await hear<RunSignal>(left);
    if (signal && 'type' in signal) return true;
  }
  return false;
}

/** Turns the end into an outcome. What the worker claims is held against the code host. */
async function judge(deps: Deps, { task: number, kind }: RunInput, id: AttemptId, end: AttemptEnd): Promise<Verdict> {
  if (end.type === 'cancel') return { outcome: { type: 'cancelled' } };
  if (end.type === 'budget') return { outcome: { type: 'budget' } };
  if (end.type === 'died') {
    const died = { code: `worker_${end.reason}`, reason: end.detail };
    // The time is the run's: another attempt would have none.
    return end.reason === 'deadline' ? { outcome: { type: 'failed', ...died, advice: '' } } : { again: died };
  }
  const attempt = await deps.store.runs.attempt(id);
  if (!attempt?.result) return { again: { code: 'result_lost', reason: 'the result did not arrive' } };
  const task = await deps.store.tasks.get(number);
  if ('session' in attempt.result) await deps.store.tasks.note(number, { session: attempt.result.session });
  return verify(deps, task, kind, attempt.result);
}

async function verify(deps: Deps, task: Task, kind: RunKind, result: Result): Promise<Verdict> {
  switch (result.type) {
    case 'plan':
      return kind === 'plan'
        ? { outcome: { type: 'planned', plan: result.plan, summary: result.summary } }
        : { again: { code: 'wrong_result', reason: `a ${kind} run answered with a plan` } };
    case 'work': {
      const head = await deps.host.head(task.repo, task.branch);
      if (head !== result.head) {
        return {
          again: {
            code: 'head_mismatch',
            reason: `it says ${result.head.slice(0, 9)}, the branch is at ${head?.slice(0, 9) ?? 'nothing'}`,
          },
        };
      }
      await deps.store.tasks.note(task.number, { head });
      const { title, summary, checks, replies } = result;
      return { outcome: { type: 'done', head, title, summary, checks, replies } };
    }
    case 'nothing':
      return { outcome: { type: 'nothing', summary: result.summary } };
    case 'question':
      return { outcome: { type: 'question', questions: result.questions } };
    case 'stopped':
      return { outcome: result.reason === 'budget' ? { type: 'budget' } : { type: 'cancelled' } };
    case 'failed':
      return result.retryable
        ? { again: { code: result.code, reason: result.reason } }
        : { outcome: { type: 'failed', code: result.code, reason: result.reason, advice: '' } };
  }
}

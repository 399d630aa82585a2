import { createHash, randomBytes } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { type AttemptId, attemptId, type RepoName, type RunId, type TaskNumber } from '../domain/ids.ts';
import type { AttemptEnd, RunKind, RunOutcome } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';
import { memoryAfter, pauseAfter, triesAgain } from '../domain/tries.ts';
import { describe, Failure, isRetryable } from '../errors.ts';
import type { SandboxSpec, SandboxStatus } from '../ports.ts';
import type { Result } from '../protocol.ts';
import { replaced } from '../words/failures.ts';
import type { Deps } from './deps.ts';
import { effect } from './effect.ts';
import { hear, type RunSignal } from './signals.ts';

export interface RunInput {
  readonly run: RunId;
  readonly task: number;
  readonly kind: RunKind;
}

/** How an attempt ended for its run: with an outcome, or so that another attempt is worth it. */
type Verdict = { outcome: RunOutcome } | Again;
type Again = { again: { code: string; reason: string } };

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
  const codes: string[] = [];
  for (let n = 1; ; n += 1) {
    const attempt = attemptId(input.run, n);
    const end = await oneAttempt(deps, input, { attempt, n, memory: memoryAfter(codes) });
    const verdict = await effect('judge attempt', async () => {
      const judged = await judge(deps, input, attempt, end);
      if ('again' in judged && triesAgain([...codes, judged.again.code])) await sayWhy(deps, input, attempt, judged);
      return judged;
    });
    if ('outcome' in verdict) return verdict.outcome;
    codes.push(verdict.again.code);
    if (!triesAgain(codes)) return { type: 'failed', ...verdict.again, advice: n > 1 ? `I tried ${n} times.` : '' };
    if (await cancelledWithin(pauseAfter(codes))) return { type: 'cancelled' };
  }
}

/** What the cluster did to a worker is shown until the next one is at work. */
async function sayWhy(deps: Deps, { task }: RunInput, attempt: AttemptId, { again }: Again): Promise<void> {
  const detail = replaced(again.code);
  if (!detail) return;
  await deps.store.tasks.advance(task, { type: 'sandbox_waits', detail }, `again:${attempt}`, Date.now());
  deps.presenter.touch(`task:${task}`);
}

/** Opens the attempt, starts its sandbox, waits for its end, and leaves neither token nor process behind. */
async function oneAttempt(
  deps: Deps,
  input: RunInput,
  { attempt, n, memory }: { attempt: AttemptId; n: number; memory: 1 | 2 },
): Promise<AttemptEnd> {
  const end = await endOf(deps, input, attempt, memory);
  await effect('close attempt', async (isLastTry) => {
    await endSandbox(deps, input.task, attempt, end).catch((error: unknown) => {
      if (!isLastTry && isRetryable(error)) throw error;
      // What may still run there holds a token that is worthless from now on; the sandbox goes with its task.
      deps.log.error({ attempt, error: describe(error) }, 'a sandbox could not be ended');
    });
    await deps.store.runs.close(attempt, Date.now());
    deps.log.info({ attempt, n, end: end instanceof Failure ? end.code : end.type }, 'attempt ended');
  });
  if (end instanceof Failure) throw end;
  return end;
}

/** A sandbox that refuses to start is an end too: what was opened has to be closed. */
async function endOf(deps: Deps, input: RunInput, attempt: AttemptId, memory: 1 | 2): Promise<AttemptEnd | Failure> {
  try {
    const opened = await effect('open attempt', () => open(deps, input, attempt, memory));
    return opened ? await awaitEnd(attempt) : { type: 'cancel' };
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

async function endSandbox(deps: Deps, task: TaskNumber, attempt: AttemptId, end: AttemptEnd | Failure): Promise<void> {
  if (!(end instanceof Failure) && end.type === 'died') await keepLastWords(deps, task, attempt);
  await deps.sandbox.stop(attempt);
}

/** A worker that died says in its output why, where it could not say it at the door; the output goes with the sandbox. */
async function keepLastWords(deps: Deps, task: TaskNumber, attempt: AttemptId): Promise<void> {
  const text = (await deps.sandbox.output(attempt)).trim();
  if (text !== '') await deps.store.worker.lastWords(attempt, task, text, Date.now());
}

async function open(deps: Deps, { run, task, kind }: RunInput, attempt: AttemptId, memory: 1 | 2): Promise<boolean> {
  const { deadlineMinutes, repo, base } = await deps.store.tasks.get(task);
  const lastsMs = deadlineMinutes * 60_000;
  const going = await deps.store.runs.openAttempt({ id: attempt, run, task, lastsMs }, Date.now());
  if (!going) return false;
  if (!isThere((await deps.sandbox.status(attempt)).state)) {
    const token = randomBytes(32).toString('base64url');
    const deadline = await deps.store.runs.arm(attempt, hashToken(token), Date.now());
    await start(deps, { attempt, task, token, deadline: deadline ?? Date.now(), memory });
  }
  await keepBase(deps, task, repo, base);
  await deps.store.tasks.advance(task, { type: 'run_started', kind }, `started:${attempt}`, Date.now());
  deps.presenter.touch(`task:${task}`);
  return true;
}

/** What the base has from now on is the worker's to have; what it had before, and somebody changed, is not. */
async function keepBase({ store, host }: Deps, task: TaskNumber, repo: RepoName, base: string): Promise<void> {
  if ((await store.tasks.baseHead(task)) !== null) return;
  const head = await host.head(repo, base);
  if (head !== null) await store.tasks.noteBaseHead(task, head);
}

/** Shows a cluster that does not answer while the step is repeated. */
async function start(deps: Deps, spec: SandboxSpec): Promise<void> {
  try {
    await deps.sandbox.start(spec);
  } catch (error) {
    if (error instanceof Failure && error.code === 'cluster_unreachable') {
      const event = { type: 'sandbox_waits' as const, detail: 'it does not answer, I keep trying' };
      await deps.store.tasks.advance(spec.task, event, `unreachable:${spec.attempt}`, Date.now());
      deps.presenter.touch(`task:${spec.task}`);
    }
    throw error;
  }
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
  if (end.type === 'died') return { again: { code: `worker_${end.reason}`, reason: end.detail } };
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

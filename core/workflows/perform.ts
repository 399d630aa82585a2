import type { Answer, AskBody } from '../domain/ask.ts';
import { type RunId, runId, type TaskNumber } from '../domain/ids.ts';
import type { Question, RunKind, RunOutcome } from '../domain/run.ts';
import type { TaskEvent } from '../domain/task.ts';
import { Failure } from '../errors.ts';
import { resumeWithAnswer } from '../words/briefs.ts';
import { failureAsk } from '../words/failures.ts';
import type { Deps } from './deps.ts';
import { effect } from './effect.ts';
import { ensureIssue } from './issue.ts';
import type { RunInput } from './run.ts';
import { Cancelled, Ended, type Mailbox, type TaskSignal, tellRun } from './signals.ts';

/** What the parts of a task's workflow share. */
export interface TaskContext {
  readonly deps: Deps;
  readonly number: TaskNumber;
  readonly mailbox: Mailbox;
  readonly startRun: (input: RunInput) => Promise<void>;
  readonly startAsk: (ask: number) => Promise<void>;
  /** Counts runs and asks of this task; deterministic, so it names them. */
  readonly count: { runs: number; asks: number };
  /** The task's issue, once it is there. */
  issue: { readonly number: number; readonly url: string } | null;
}

/** Thrown when a person lets a task go instead of answering. */
export class Dropped extends Error {
  readonly by: string;
  constructor(by: string) {
    super(`dropped by ${by}`);
    this.by = by;
  }
}

type Settled = Extract<RunOutcome, { type: 'planned' | 'done' | 'nothing' }>;

/**
 * Runs the worker until it has settled what it was asked: questions go to a person and the run goes on with the answer,
 * a spent budget and a failure wait for a person, who says how to go on.
 */
export async function perform(context: TaskContext, kind: RunKind, brief: string): Promise<Settled> {
  let prompt = brief;
  for (;;) {
    const outcome = await oneRun(context, kind, prompt);
    switch (outcome.type) {
      case 'planned':
      case 'done':
      case 'nothing':
        return outcome;
      case 'question':
        prompt = resumeWithAnswer(outcome.questions, await askQuestions(context, outcome.questions));
        break;
      case 'budget':
        await askForBudget(context);
        break;
      case 'cancelled':
      case 'failed': {
        const more = await park(
          context,
          outcome.type === 'failed' ? outcome : { code: 'worker_stopped', reason: 'the worker was stopped' },
        );
        prompt = more ? `${brief}\n\n${more}` : brief;
      }
    }
  }
}

/** One run in the queue, from its place in line to its outcome. A cancelled task stops its run first. */
async function oneRun(context: TaskContext, kind: RunKind, prompt: string): Promise<RunOutcome> {
  const { deps, number, mailbox, startRun, count } = context;
  count.runs += 1;
  const run = runId(number, count.runs);
  const n = count.runs;
  await effect('queue run', async () => {
    await deps.store.runs.queue({ id: run, task: number, kind }, n, prompt, Date.now());
    await deps.store.tasks.advance(number, { type: 'run_queued', kind }, `queued:${run}`, Date.now());
    deps.presenter.touch(`task:${number}`);
  });
  await startRun({ run, task: number, kind });
  const ended = (signal: TaskSignal): signal is Extract<TaskSignal, { type: 'run_ended' }> =>
    signal.type === 'run_ended' && signal.run === run;
  try {
    // While the worker starts: nothing it does needs the issue yet.
    await ensureIssue(context);
    return (await mailbox.take(ended)).outcome;
  } catch (error) {
    if (error instanceof Cancelled || error instanceof Ended || error instanceof Failure) {
      const started = await effect('stop run', () => stopRun(deps, run));
      if (started) await mailbox.takeLast(ended);
    }
    throw error;
  }
}

/** A run that is still in line is taken out of it; one that works is told, and answers when its sandbox is empty. */
async function stopRun(deps: Deps, run: RunId): Promise<boolean> {
  if (await deps.store.runs.withdraw(run, Date.now())) return false;
  await tellRun(run, { type: 'cancel' }, 'cancel');
  return true;
}

async function askQuestions(context: TaskContext, questions: readonly Question[]): Promise<Record<string, string>> {
  const { answer, by } = await ask(context, { kind: 'question', questions }, questions[0]?.question ?? 'a question');
  switch (answer.type) {
    case 'reply':
      return answer.answers;
    case 'drop':
      throw new Dropped(by);
    default:
      return Object.fromEntries(
        questions.map((q) => [q.question, 'text' in answer ? answer.text : 'Decide yourself.']),
      );
  }
}

async function askForBudget(context: TaskContext): Promise<void> {
  const { deps, number } = context;
  const task = await effect('read budget', () => deps.store.tasks.get(number));
  const body: AskBody = { kind: 'budget', spentUsd: task.spentUsd, limitUsd: task.budgetUsd, hard: true };
  const { answer, by } = await ask(context, body, 'its budget is spent', 'parked');
  if (answer.type !== 'raise') throw new Dropped(by);
  await effect('raise budget', () => deps.store.tasks.note(number, { budgetUsd: task.budgetUsd + answer.usd }));
}

/**
 * Parks the task: the work is pushed, nothing runs, and a person decides. Answers what they said to the next run, if
 * they said something; returns when the task shall try again.
 */
export async function park(
  context: TaskContext,
  failure: { code: string; reason: string },
  facts: Record<string, string> = {},
): Promise<string | null> {
  const { answer, by } = await parkWith(context, failure, facts);
  if (answer.type === 'drop' || (answer.type === 'choose' && answer.choice === 'drop')) throw new Dropped(by);
  return answer.type === 'revise' ? answer.text : null;
}

/** As {@link park}, for who wants to see every choice. */
export function parkWith(
  context: TaskContext,
  failure: { code: string; reason: string },
  facts: Record<string, string> = {},
): Promise<{ answer: Answer; by: string }> {
  const { title, reason, choices } = failureAsk(failure.code, { reason: failure.reason, ...facts });
  return ask(context, { kind: 'failure', title, reason, choices }, title, 'parked');
}

/** Asks the task's person and waits, for weeks if need be. `/mainloop retry` answers a parked task too. */
export async function ask(
  { deps, number, mailbox, startAsk, count }: TaskContext,
  body: AskBody,
  detail: string,
  how: 'asked' | 'parked' = 'asked',
): Promise<{ answer: Answer; by: string }> {
  count.asks += 1;
  const origin = `${number}.ask.${count.asks}`;
  const opened = await effect('open ask', async () => {
    const { id } = await deps.store.asks.open({ origin, task: number, kind: body.kind, body, at: Date.now() });
    const event: TaskEvent = how === 'parked' ? { type: 'parked', detail } : { type: 'asked', kind: body.kind, detail };
    await deps.store.tasks.advance(number, event, `asked:${id}`, Date.now());
    deps.presenter.touch(`task:${number}`);
    return id;
  });
  await startAsk(opened);
  const wanted = (signal: TaskSignal): signal is Extract<TaskSignal, { type: 'answered' | 'retry' }> =>
    (signal.type === 'answered' && signal.ask === opened) || (signal.type === 'retry' && how === 'parked');
  const signal = await mailbox.take(wanted);
  if (signal.type === 'answered') return { answer: signal.answer, by: signal.by };
  await effect('close ask', () => withdraw(deps, opened));
  return { answer: { type: 'choose', choice: 'retry' }, by: signal.by };
}

async function withdraw(deps: Deps, ask: number): Promise<void> {
  await deps.store.asks.withdraw(ask, Date.now());
  deps.presenter.touch(`ask:${ask}`);
}

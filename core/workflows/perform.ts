import type { AskBody } from '../domain/ask.ts';
import { attemptId, type RunId, runId } from '../domain/ids.ts';
import type { Question, RunKind, RunOutcome } from '../domain/run.ts';
import { Failure } from '../errors.ts';
import { resumeWithAnswer, withSaid } from '../words/briefs.ts';
import { ask, park } from './asking.ts';
import { Dropped, type TaskContext } from './context.ts';
import type { Deps } from './deps.ts';
import { effect } from './effect.ts';
import { ensureIssue } from './issue.ts';
import { showProgress } from './progress.ts';
import { Cancelled, Ended, type TaskSignal, tellRun } from './signals.ts';

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
        prompt = await continued(
          context,
          brief,
          resumeWithAnswer(outcome.questions, await askQuestions(context, outcome.questions)),
        );
        break;
      case 'budget':
        await askForBudget(context);
        break;
      case 'cancelled':
      case 'failed': {
        const stopped = { code: 'worker_stopped', reason: 'the worker was stopped' };
        await park(context, outcome.type === 'failed' ? outcome : stopped);
        prompt = brief;
      }
    }
  }
}

/** What a resumed session hears; a worker whose session was lost gets the whole brief again. */
async function continued({ deps, number }: TaskContext, brief: string, more: string): Promise<string> {
  const { session } = await effect('read session', () => deps.store.tasks.get(number));
  return session ? more : `${brief}\n\n${more}`;
}

/** One run in the queue, from its place in line to its outcome. A cancelled task stops its run first. */
async function oneRun(context: TaskContext, kind: RunKind, prompt: string): Promise<RunOutcome> {
  const { deps, number, mailbox, startRun, count } = context;
  count.runs += 1;
  const run = runId(number, count.runs);
  const n = count.runs;
  await effect('queue run', async () => {
    await deps.store.runs.queue({ id: run, task: number, kind }, n, Date.now(), (said) => withSaid(prompt, said));
    await deps.store.tasks.advance(number, { type: 'run_queued', kind }, `queued:${run}`, Date.now());
    deps.presenter.touch(`task:${number}`);
    deps.sandbox.expect?.(attemptId(run, 1));
  });
  await startRun({ run, task: number, kind });
  const ended = (signal: TaskSignal): signal is Extract<TaskSignal, { type: 'run_ended' }> =>
    signal.type === 'run_ended' && signal.run === run;
  try {
    // While the worker starts, which takes longer than a card: nothing it does needs the card or the issue yet.
    await showProgress(context);
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
  const { answer, by } = await ask(
    context,
    { kind: 'question', questions },
    { detail: questions[0]?.question ?? 'a question' },
  );
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
  const task = await effect('read budget', async () => {
    // The question asked while the work went on is the same question now, only harder.
    for (const warning of await deps.store.asks.openOf(number)) {
      if (warning.kind !== 'budget') continue;
      await deps.store.asks.withdraw(warning.id, Date.now());
      deps.presenter.touch(`ask:${warning.id}`);
    }
    return deps.store.tasks.get(number);
  });
  const body: AskBody = { kind: 'budget', spentUsd: task.spentUsd, limitUsd: task.budgetUsd, hard: true };
  const { answer, by } = await ask(context, body, { detail: 'its budget is spent', parked: true });
  if (answer.type === 'drop') throw new Dropped(by);
  if (answer.type !== 'raise') return;
  await effect('raise budget', () => deps.store.tasks.allow(number, task.budgetUsd + answer.usd));
}

import type { Answer, AskBody } from '../domain/ask.ts';
import type { TaskEvent } from '../domain/task.ts';
import { describe, Failure } from '../errors.ts';
import { failureAsk } from '../words/failures.ts';
import { handover, questionComment } from '../words/issue.ts';
import { Dropped, type TaskContext } from './context.ts';
import { clockSkewMs } from './delivery.ts';
import { effect } from './effect.ts';
import type { TaskSignal } from './signals.ts';

export interface Answered {
  readonly answer: Answer;
  readonly by: string;
}

export interface AskOptions {
  /** What the task waits for, one clause. */
  readonly detail: string;
  /** Something went wrong: the task is parked, and a retry answers too. */
  readonly parked?: boolean;
  /** Events that make the question pointless; the task then goes on by itself. */
  readonly unless?: (signal: TaskSignal) => boolean;
}

/** What a person reads as "try again". */
const again: Answer = { type: 'choose', choice: 'retry' };

/** Asks the task's person and waits, for weeks if need be. The first answer counts, wherever it was given. */
export async function ask(
  context: TaskContext,
  body: AskBody,
  { detail, parked = false, unless }: AskOptions,
): Promise<Answered> {
  const { deps, number, mailbox, startAsk, count } = context;
  count.asks += 1;
  const origin = `${number}.ask.${count.asks}`;
  const opened = await effect('open ask', async () => {
    const lastComment = await lastCommentOn(context);
    const { id } = await deps.store.asks.open({ origin, task: number, kind: body.kind, body, at: Date.now() });
    if (lastComment !== null) await deps.store.history.setCursor(commentsBefore(id), String(lastComment));
    const event: TaskEvent = parked ? { type: 'parked', detail } : { type: 'asked', kind: body.kind, detail };
    await deps.store.tasks.advance(number, event, `asked:${id}`, Date.now());
    deps.presenter.touch(`task:${number}`);
    return id;
  });
  await startAsk(opened);
  await sayOnIssue(context, opened, body);
  const signal = await mailbox.take(
    (item): item is TaskSignal =>
      (item.type === 'answered' && item.ask === opened) ||
      (item.type === 'retry' && parked) ||
      (unless?.(item) ?? false),
  );
  if (signal.type === 'answered') return { answer: signal.answer, by: signal.by };
  const answered = await effect('close ask', () => close(deps, opened));
  mailbox.forget((item) => item.type === 'answered' && item.ask === opened);
  if (signal.type !== 'retry') mailbox.putBack(signal);
  // They answered before it was taken back, and read that it counts.
  if (answered) return answered;
  return { answer: again, by: signal.type === 'retry' ? signal.by : 'mainloop' };
}

/** Takes an ask back; answers what was answered first, if somebody was quicker. */
export async function close({ store, presenter }: TaskContext['deps'], ask: number): Promise<Answered | null> {
  const answered = await store.asks.withdraw(ask, Date.now());
  presenter.touch(`ask:${ask}`);
  return answered;
}

/** Names the cursor that holds the last comment written before an ask: it and those before it are no answers. */
export const commentsBefore = (ask: number): string => `ask:${ask}:comments-before`;

/** The newest comment on the task's issue, by id: the host's clock and ours need not agree. Null when it can't be known. */
async function lastCommentOn({ deps, number, issue }: TaskContext): Promise<number | null> {
  if (!issue) return null;
  try {
    const { repo, createdAt } = await deps.store.tasks.get(number);
    const comments = await deps.host.comments(repo, issue.number, createdAt - clockSkewMs);
    return Math.max(0, ...comments.map((comment) => comment.id));
  } catch (error) {
    // That the host can't be reached may be the very reason for asking.
    if (!(error instanceof Failure)) throw error;
    return null;
  }
}

/** A question can be answered on the issue, and a parked task says there how to take it over. */
async function sayOnIssue({ deps, number, issue }: TaskContext, id: number, body: AskBody): Promise<void> {
  if (!issue || (body.kind !== 'question' && body.kind !== 'failure')) return;
  await effect('say on issue', async () => {
    const task = await deps.store.tasks.get(number);
    const ask = await deps.store.asks.find(id);
    if (!ask) return;
    const text = body.kind === 'failure' ? handover(task, body.reason) : questionComment(ask, task);
    try {
      await deps.host.ensureComment(task.repo, issue.number, { marker: `ask:${id}`, body: text });
    } catch (error) {
      // The person was asked in chat; that the issue can't be written is often the very reason.
      if (!(error instanceof Failure)) throw error;
      deps.log.warn({ task: number, ask: id, error: describe(error) }, 'not said on the issue');
    }
  });
}

interface Trouble {
  readonly code: string;
  readonly reason: string;
  /** How often a red CI was mended in vain. */
  readonly rounds?: number;
}

/**
 * Parks the task: the work is pushed, nothing runs, and a person decides. Returns their answer when the task shall go on;
 * throws {@link Dropped} when they let it go. What they write is kept for the next worker, whichever run that is.
 */
export async function park(
  context: TaskContext,
  { code, reason, rounds }: Trouble,
  unless?: AskOptions['unless'],
): Promise<Answer> {
  const words = failureAsk(code, {
    reason,
    repo: context.wish.repo,
    ...(rounds === undefined ? {} : { rounds: String(rounds) }),
  });
  const { answer, by } = await ask(
    context,
    { kind: 'failure', ...words },
    { detail: words.title, parked: true, ...(unless ? { unless } : {}) },
  );
  if (answer.type === 'drop' || (answer.type === 'choose' && answer.choice === 'drop')) throw new Dropped(by);
  if (answer.type === 'choose' && answer.choice === 'take_over') await leaveTo(context, by);
  if (answer.type === 'revise') await tellNextWorker(context, answer.text, by);
  return answer;
}

async function tellNextWorker({ deps, number, count }: TaskContext, text: string, author: string): Promise<void> {
  const origin = `${number}.ask.${count.asks}`;
  await effect('keep what was said', () =>
    deps.store.worker.steer({ origin, task: number, author, text, at: Date.now() }),
  );
}

/** A person works on the branch: the task follows and does nothing until they push or ask for another try. */
async function leaveTo({ deps, number, mailbox, count }: TaskContext, by: string): Promise<void> {
  await effect('leave to person', async () => {
    const { repo, branch } = await deps.store.tasks.get(number);
    // From here on a push by them is news, and what the worker left is not.
    await deps.store.tasks.note(number, { head: await deps.host.head(repo, branch) });
    await deps.store.tasks.advance(
      number,
      { type: 'parked', detail: `${by} took it over` },
      `left:${number}:${count.asks}`,
      Date.now(),
    );
    deps.presenter.touch(`task:${number}`);
  });
  const signal = await mailbox.take((item): item is TaskSignal => item.type === 'head_moved' || item.type === 'retry');
  if (signal.type === 'head_moved') mailbox.putBack(signal);
}

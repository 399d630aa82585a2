import type { HostComment, HostReview, HostReviewComment } from '../code-host.ts';
import { addressBrief } from '../words/briefs.ts';
import { pullBody, reviewReply } from '../words/pull.ts';
import { doneNotice } from '../words/task.ts';
import { close, park } from './asking.ts';
import type { Done } from './build.ts';
import { follow } from './ci.ts';
import { Dropped, type TaskContext } from './context.ts';
import { deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { effect } from './effect.ts';
import { unlessGone } from './gone.ts';
import { notice } from './notice.ts';
import { perform } from './perform.ts';
import type { TaskSignal } from './signals.ts';

/** What reviewers want changed. */
export interface Wishes {
  readonly reviews: readonly HostReview[];
  readonly comments: readonly HostReviewComment[];
  readonly remarks: readonly HostComment[];
  /** Said in chat instead of on the code host. */
  readonly said: string | null;
}

/**
 * The pull request is ready: says so once, asks for review, and waits. Answers what reviewers want changed, or null when
 * the branch moved or a check turned red and CI has to pass again. Merge and close end the task from here.
 */
export async function awaitReview(context: TaskContext, notify: boolean): Promise<Wishes | null> {
  const { deps, number, mailbox, startAsk, count } = context;
  count.asks += 1;
  const origin = `${number}.ask.${count.asks}`;
  const ask = await effect('ask for review', async () => {
    const task = await deps.store.tasks.get(number);
    if (task.pull) await deps.host.markReady(task.repo, task.pull.number);
    const opened = await deps.store.asks.open({
      origin,
      task: number,
      kind: 'review',
      body: { kind: 'review', summary: task.title },
      at: Date.now(),
    });
    await deps.store.tasks.advance(number, { type: 'review_asked' }, `review:${opened.id}`, Date.now());
    deps.presenter.touch(`task:${number}`);
    deps.look(number);
    return opened.id;
  });
  if (notify) await notice(deps.log, 'say ready', () => sayReady(deps, number));
  await startAsk(ask);
  const signal = await mailbox.take(
    (
      s,
    ): s is Extract<TaskSignal, { type: 'review' | 'head_moved' | 'turned_red' | 'conflict' | 'answered' | 'retry' }> =>
      s.type === 'review' ||
      s.type === 'head_moved' ||
      s.type === 'turned_red' ||
      s.type === 'conflict' ||
      s.type === 'retry' ||
      (s.type === 'answered' && s.ask === ask),
  );
  // Whoever answered before it was closed read that it counts, whatever else came first.
  const answered = await effect('close review ask', () => close(deps, ask));
  mailbox.forget((item) => item.type === 'answered' && item.ask === ask);
  if (answered?.answer.type === 'drop') throw new Dropped(answered.by);
  const said = answered && 'text' in answered.answer ? answered.answer.text : null;
  if (signal.type === 'review') {
    return { reviews: signal.reviews, comments: signal.comments, remarks: signal.remarks, said };
  }
  if (signal.type === 'head_moved') await follow(context, signal.sha);
  return answered ? { reviews: [], comments: [], remarks: [], said } : null;
}

/**
 * Addresses what reviewers want: 👀 first, a run, then a reply in every thread that it answered. A comment that its author
 * deleted meanwhile gets neither.
 */
export async function address(context: TaskContext, wishes: Wishes): Promise<void> {
  const { deps, number } = context;
  await effect('acknowledge review', async () => {
    const { repo } = await deps.store.tasks.get(number);
    const seen = (id: number, kind: 'review' | 'issue') => unlessGone(() => deps.host.acknowledge(repo, { id, kind }));
    for (const { id } of wishes.comments) await seen(id, 'review');
    for (const { id } of wishes.remarks) await seen(id, 'issue');
  });
  const outcome = await perform(context, 'address', addressBrief({ task: context.wish, ...wishes }));
  if (outcome.type === 'done') await effect('reply to review', () => reply(deps, number, outcome, wishes));
  else await park(context, { code: 'nothing_changed', reason: outcome.summary });
}

/** Only comments that were asked about are answered, whatever the worker says. */
async function reply(deps: Deps, number: number, done: Done, wishes: Wishes): Promise<void> {
  const task = await deps.store.tasks.get(number);
  const { pull } = task;
  if (!pull) return;
  const asked = new Set(wishes.comments.map((comment) => comment.id));
  for (const { comment, text } of done.replies.filter((item) => asked.has(item.comment))) {
    const written = { marker: `reply:${number}:${comment}`, body: reviewReply(text) };
    await unlessGone(() => deps.host.replyInThread(task.repo, pull.number, comment, written));
  }
  await deps.host.updatePullRequest(task.repo, pull.number, {
    body: pullBody(task, { summary: done.summary, checks: done.checks, issue: task.issue?.number ?? null }),
  });
}

async function sayReady(deps: Deps, number: number): Promise<void> {
  const task = await deps.store.tasks.get(number);
  const runs = await deps.store.runs.of(number);
  const last = runs.findLast((run) => run.outcome?.type === 'done')?.outcome;
  const { summary, checks } = last?.type === 'done' ? last : { summary: '', checks: [] };
  const commits = await deps.store.worker.commits(number);
  const minutes = (Date.now() - task.createdAt) / 60_000;
  const project = await deps.store.projects.find(task.repo);
  await deliver(deps, {
    key: `task:${number}:ready`,
    place: task.place,
    subject: null,
    doc: doneNotice(task, { commits, summary, checks, minutes, ci: !project?.withoutCi }),
    settled: true,
  });
}

import { type Person, seenBy } from '../domain/policy.ts';
import type { Store } from '../store/index.ts';
import { askItem, settledItem } from './ask-item.ts';
import { standingOf } from './standing.ts';
import type { AskItem, InboxPage } from './types.ts';

/** Answered asks that are listed. */
const listed = 20;

/** Everything that waits for an answer in the projects that the viewer may see, and what was answered last. */
export async function inbox(store: Store, viewer: Person): Promise<InboxPage> {
  const repos = seenBy(viewer);
  const [open, answered] = await Promise.all([store.tasks.open(repos), store.asks.answeredLast(repos, listed)]);
  const [standing, settledTasks] = await Promise.all([
    standingOf(store, viewer, open),
    store.taskLists.among([...new Set(answered.map(({ task }) => task))]),
  ]);
  const items = open.flatMap((task) => standing.openOf(task.number).map((ask) => askItem(ask, task, standing)));
  const theirs = items.filter(({ mayAnswer }) => mayAnswer);
  const byNumber = new Map(settledTasks.map((task) => [task.number, task]));
  return {
    waiting: theirs.filter(({ snoozedUntil }) => snoozedUntil === null).sort(byNeed),
    snoozed: theirs
      .filter(({ snoozedUntil }) => snoozedUntil !== null)
      .sort((a, b) => (a.snoozedUntil ?? 0) - (b.snoozedUntil ?? 0)),
    others: items.filter(({ mayAnswer }) => !mayAnswer).sort(byNeed),
    settled: answered.flatMap((ask) => {
      const task = byNumber.get(ask.task);
      return task ? [settledItem(ask, task)] : [];
    }),
  };
}

const byNeed = (a: AskItem, b: AskItem): number => Number(b.blocked) - Number(a.blocked) || a.since - b.since;

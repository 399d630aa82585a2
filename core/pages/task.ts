import type { TaskNumber } from '../domain/ids.ts';
import { type Person, refusal, seenBy } from '../domain/policy.ts';
import { isFinal, type Task } from '../domain/task.ts';
import { localTime } from '../domain/zoned.ts';
import type { HistoryEvent } from '../store/history.ts';
import type { Store } from '../store/index.ts';
import { timeline } from '../words/timeline.ts';
import { why } from '../words/why.ts';
import { historyOf, taskSeen } from '../workflows/about-task.ts';
import { activityOf, progressDoc } from '../workflows/cards.ts';
import { diffRead } from '../workflows/diff.ts';
import { zoneOf } from '../workflows/surfaces.ts';
import { askItem } from './ask-item.ts';
import { pressable } from './buttons.ts';
import { runsOf } from './runs.ts';
import { type Standing, standingOf } from './standing.ts';
import { taskItem } from './task-item.ts';
import type { PageSettings, Spent, TaskPage } from './types.ts';

/** All of one task but its log. `wantDiff` hears of a task whose head was not read yet. */
export async function task(
  store: Store,
  viewer: Person,
  number: TaskNumber,
  { wantDiff, warning }: Required<PageSettings>,
): Promise<TaskPage | null> {
  const found = await taskSeen(store, seenBy(viewer), number);
  if (!found) return null;
  const standing = await standingOf(store, viewer, [found]);
  const [activity, runs, history, spending, files] = await Promise.all([
    activityOf(store, found),
    runsOf(store, number, found.repo, standing.now),
    historyOf(store, number),
    spendingOf(store, viewer, number),
    store.files.handedFor(number),
  ]);
  const diff = diffOf(history);
  // Merged, a branch differs from its base no more.
  if (found.head !== null && diff?.head !== found.head && !isFinal(found.status)) wantDiff(found);
  const { brief, branch, base, model, plan } = found;
  const open = standing.openOf(number);
  const who = standing.whoOf(found);
  const mayAnswer = open.some((ask) => standing.answering.may(viewer, ask));
  const matter = standing.answering.matter(found);
  return {
    ...taskItem(found, standing, activity.doing),
    ...{ brief, branch, base, model, plan, runs, spending, diff },
    progress: progressDoc(found, standing.asksOf(number), activity, { who, warning: warning() }),
    openAsks: open.map((ask) => askItem(ask, found, standing)),
    why: pressable(why(found, open, standing.now, who), viewer, matter, mayAnswer),
    deeds: deedsOf(found, standing),
    timeline: timeline(history),
    files: files.map(({ id, name, mimeType, kind, size }) => ({ id, name, mimeType, kind, size })),
  };
}

/** What both its state and the viewer's role allow. */
function deedsOf({ repo, status }: Task, { viewer }: Standing): TaskPage['deeds'] {
  const may = (deed: 'steer' | 'cancel') => !isFinal(status) && refusal(viewer, deed, { repo }) === null;
  return { steer: may('steer'), retry: may('steer') && status.parked, cancel: may('cancel') };
}

/** What the branch changes, as the history last says. */
function diffOf(history: readonly HistoryEvent[]): TaskPage['diff'] {
  const data = history.findLast(({ type }) => type === diffRead)?.data;
  if (!data) return null;
  const number = (name: string) => Number(data[name] ?? 0);
  return {
    ...{ head: String(data.head), more: data.more === true },
    ...{ files: number('files'), additions: number('additions'), deletions: number('deletions') },
  };
}

async function spendingOf(store: Store, { id }: Person, number: TaskNumber): Promise<Spent[]> {
  const [quarters, inbox] = await Promise.all([store.digest.byQuarter(number), store.inbox.of(id)]);
  const zone = zoneOf(inbox);
  const days = Map.groupBy(quarters, ({ at }) => dayName(at, zone));
  return [...days].map(([day, spent]) => ({ day, usd: spent.reduce((sum, { usd }) => sum + usd, 0) }));
}

function dayName(at: number, zone: string): string {
  const { year, month, day } = localTime(at, zone);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

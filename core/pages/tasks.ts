import { deedFor } from '../domain/answering.ts';
import { isId, type RepoName } from '../domain/ids.ts';
import { isAmong, type Person, refusal, seenBy } from '../domain/policy.ts';
import type { Task } from '../domain/task.ts';
import type { Store } from '../store/index.ts';
import { doingOf } from '../workflows/cards.ts';
import { byAttention } from './attention.ts';
import { type Standing, standingOf } from './standing.ts';
import { taskItem } from './task-item.ts';
import type { Badges, TaskFilter, TaskItem, TaskList } from './types.ts';

/** The list of tasks: what is open by what needs attention first, then what is over. */
export async function tasks(store: Store, viewer: Person, filter: TaskFilter): Promise<TaskList> {
  const repos = seenBy(viewer);
  const [listed, choices] = await Promise.all([listTasks(store, viewer, filter), choicesOf(store, repos)]);
  return { ...listed, choices };
}

/** The same without what it can be narrowed to. */
export async function listTasks(
  store: Store,
  viewer: Person,
  { repo, person, done, before, limit }: TaskFilter,
): Promise<Omit<TaskList, 'choices'>> {
  const repos = narrowed(seenBy(viewer), repo);
  if (![person, before].every((id) => id === undefined || isId(id)))
    return { open: [], openCount: 0, finished: [], older: null };
  const isTheirs = (task: Task) => person === undefined || task.person === person;
  const [open, ended] = await Promise.all([
    done === true ? [] : store.tasks.open(repos).then((all) => all.filter(isTheirs)),
    // One more tells whether there are any more.
    done === false ? [] : store.taskLists.finished({ repos, person, before, limit: limit + 1 }),
  ]);
  const finished = ended.slice(0, limit);
  const standing = await standingOf(store, viewer, [...open, ...finished]);
  const first = byAttention(open, standing.waitingOf).slice(0, limit);
  return {
    open: await items(store, first, standing),
    openCount: open.length,
    finished: await items(store, finished, standing),
    older: ended.length > limit ? (finished.at(-1)?.number ?? null) : null,
  };
}

/** What the tabs count: it is asked for at every change, so it reads little. */
export async function badges(store: Store, viewer: Person): Promise<Badges> {
  const now = Date.now();
  const pressing = (await store.asks.openFor(viewer.id)).filter(
    (ask) => (ask.snoozedUntil ?? 0) <= now && refusal(viewer, deedFor(ask.kind), ask) === null,
  );
  return { tasks: new Set(pressing.map(({ task }) => task)).size, inbox: pressing.length };
}

const items = (store: Store, found: readonly Task[], standing: Standing): Promise<TaskItem[]> =>
  Promise.all(found.map(async (task) => taskItem(task, standing, await doingOf(store, task))));

/** The repositories that may be seen, of which only one is wanted; none when that is not among them. */
const narrowed = (repos: readonly RepoName[] | null, repo: RepoName | undefined): readonly RepoName[] | null =>
  repo === undefined ? repos : isAmong(repos, repo) ? [repo] : [];

async function choicesOf(store: Store, repos: readonly RepoName[] | null): Promise<TaskList['choices']> {
  const [started, projects, people] = await Promise.all([
    store.taskLists.startedBy(repos),
    store.projects.list(),
    store.people.list(),
  ]);
  const names = [...projects, ...started].map(({ repo }) => repo).filter((repo) => isAmong(repos, repo));
  const byName = new Map(names.map((repo) => [repo.toLowerCase(), repo]));
  const starters = new Set(started.map(({ person }) => person));
  return {
    repos: [...byName.values()].sort((a, b) => a.localeCompare(b)),
    people: people.filter(({ id }) => starters.has(id)).map(({ id, name }) => ({ id, name })),
  };
}

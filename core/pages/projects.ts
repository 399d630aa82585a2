import type { RepoName } from '../domain/ids.ts';
import { isAmong, may, type Person, seenBy } from '../domain/policy.ts';
import { atLocal, dayAfter, localTime } from '../domain/zoned.ts';
import type { Store } from '../store/index.ts';
import type { Project } from '../store/projects.ts';
import { taskTitle } from '../words/names.ts';
import { zoneOf } from '../workflows/surfaces.ts';
import { listTasks } from './tasks.ts';
import type { ProjectItem, ProjectPage } from './types.ts';

/** Tasks of a project that its page lists. */
const listed = 20;

export async function projects(store: Store, viewer: Person): Promise<ProjectItem[]> {
  const repos = seenBy(viewer);
  const [all, counts] = await Promise.all([store.projects.list(), store.taskLists.counts()]);
  return all.filter(({ repo }) => isAmong(repos, repo)).map((project) => projectItem(project, counts));
}

export async function project(store: Store, viewer: Person, name: RepoName): Promise<ProjectPage | null> {
  const found = await store.projects.find(name);
  if (!found || !isAmong(seenBy(viewer), found.repo)) return null;
  const { repo, defaultBranch, selfApproval, withoutCi, checks } = found;
  const [counts, channels, usage, tasks, open, people] = await Promise.all([
    store.taskLists.counts(),
    store.projects.channelsOf(repo),
    usageOf(store, viewer, repo),
    listTasks(store, viewer, { repo, limit: listed }),
    store.tasks.open([repo]),
    may(viewer, 'administer') ? store.people.list() : null,
  ]);
  return {
    ...projectItem(found, counts),
    ...{ defaultBranch, selfApproval, withoutCi, checks, channels, usage, tasks },
    pulls: open.flatMap((task) => (task.pull ? [{ ...task.pull, task: task.number, title: taskTitle(task) }] : [])),
    people: people?.filter((person) => may(person, 'view', repo)).map(({ name, role }) => ({ name, role })) ?? null,
  };
}

const projectItem = ({ repo, url }: Project, counts: Map<string, Pick<ProjectItem, 'open' | 'finished'>>) => ({
  ...{ repo, url },
  ...(counts.get(repo.toLowerCase()) ?? { open: 0, finished: 0 }),
});

/** Dollars of whole days, as the viewer's calendar has them. */
async function usageOf(store: Store, { id }: Person, repo: RepoName): Promise<ProjectPage['usage']> {
  const zone = zoneOf(await store.inbox.of(id));
  const now = localTime(Date.now(), zone);
  const from = (days: number) => atLocal(dayAfter(now, -days), 0, zone);
  const [today = 0, week = 0, month = 0] = await store.digest.costSince(repo, [from(0), from(6), from(29)]);
  return { today, week, month };
}

import { isId, type RepoName, type TaskNumber } from '../domain/ids.ts';
import { type Person, seenBy } from '../domain/policy.ts';
import type { Store } from '../store/index.ts';
import { taskSeen } from '../workflows/about-task.ts';
import { inbox } from './inbox.ts';
import { log } from './log.ts';
import { project, projects } from './projects.ts';
import { task } from './task.ts';
import { badges, tasks } from './tasks.ts';
import type {
  Badges,
  InboxPage,
  LogPage,
  LogRange,
  PageFile,
  PageSettings,
  ProjectItem,
  ProjectPage,
  TaskFilter,
  TaskList,
  TaskPage,
} from './types.ts';

export type * from './types.ts';

/**
 * What a person may see, read from the store alone. The viewer is who they are now, with their present role and projects;
 * what is not theirs to see is null, as what does not exist.
 */
export interface Pages {
  badges(viewer: Person): Promise<Badges>;
  tasks(viewer: Person, filter: TaskFilter): Promise<TaskList>;
  task(viewer: Person, number: TaskNumber): Promise<TaskPage | null>;
  log(viewer: Person, number: TaskNumber, range: LogRange): Promise<LogPage | null>;
  /** A file that a worker of the task handed over. */
  file(viewer: Person, number: TaskNumber, id: number): Promise<PageFile | null>;
  inbox(viewer: Person): Promise<InboxPage>;
  projects(viewer: Person): Promise<readonly ProjectItem[]>;
  project(viewer: Person, repo: RepoName): Promise<ProjectPage | null>;
}

export const createPages = (
  store: Store,
  { wantDiff = () => undefined, warning = () => null }: PageSettings = {},
): Pages => ({
  badges: (viewer) => badges(store, viewer),
  tasks: (viewer, filter) => tasks(store, viewer, filter),
  task: (viewer, number) => task(store, viewer, number, { wantDiff, warning }),
  log: (viewer, number, range) => log(store, viewer, number, range),
  async file(viewer, number, id) {
    return isId(id) && (await taskSeen(store, seenBy(viewer), number)) ? store.files.handedOver(number, id) : null;
  },
  inbox: (viewer) => inbox(store, viewer),
  projects: (viewer) => projects(store, viewer),
  project: (viewer, repo) => project(store, viewer, repo),
});

import type { RepoName, TaskNumber } from '../domain/ids.ts';
import type { Person } from '../domain/policy.ts';
import type {
  Badges,
  InboxPage,
  LogPage,
  LogRange,
  PageFile,
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

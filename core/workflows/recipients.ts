import { deedFor } from '../domain/answering.ts';
import type { RepoName, TaskNumber } from '../domain/ids.ts';
import { type Matter, type Person, refusal } from '../domain/policy.ts';
import type { Task } from '../domain/task.ts';
import type { Ask } from '../store/asks.ts';
import type { Store } from '../store/index.ts';
import type { Project } from '../store/projects.ts';

type About = Pick<Ask, 'kind' | 'task'>;

/** Who may answer what some tasks ask, by what people may now. */
export interface Answering {
  /** What policy looks at in a task. */
  matter(task: Pick<Task, 'number' | 'repo'>): Matter;
  /**
   * Everybody who may: the task's person first, then the owners, then the members of the project. Who lost a role or the
   * project, or asked for the work where their own approval is forbidden, is not among them.
   */
  whoMay(ask: About): Person[];
  may(person: Pick<Person, 'id'> | null, ask: About): boolean;
  /** Null for a repository that is no project any more. */
  projectOf(repo: RepoName): Project | null;
  /** A person's name now; null when they are gone. */
  nameOf(person: number): string | null;
}

/** Reads it once for all of these tasks. */
export async function answeringOf(store: Store, tasks: readonly Task[]): Promise<Answering> {
  const [people, proposers, projects] = await Promise.all([
    store.people.list(),
    store.proposals.proposers(tasks.map(({ number }) => number)),
    store.projects.list(),
  ]);
  const known = new Map(tasks.map((task) => [task.number, task]));
  const byRepo = new Map(projects.map((project) => [project.repo.toLowerCase(), project]));
  const projectOf = (repo: RepoName) => byRepo.get(repo.toLowerCase()) ?? null;
  const matter: Answering['matter'] = ({ number, repo }) => ({
    repo,
    proposer: proposers.get(number) ?? null,
    selfApproval: projectOf(repo)?.selfApproval ?? true,
  });
  const isAble = (person: Person, { kind, task }: About): boolean => {
    const about = known.get(task);
    return about !== undefined && refusal(person, deedFor(kind), matter(about)) === null;
  };
  return {
    ...{ matter, projectOf },
    whoMay(ask) {
      const first = known.get(ask.task)?.person;
      const rank = ({ id, role }: Person) => (id === first ? 0 : role === 'owner' ? 1 : 2);
      return people.filter((person) => isAble(person, ask)).sort((a, b) => rank(a) - rank(b));
    },
    may(person, ask) {
      const now = people.find(({ id }) => id === person?.id);
      return now !== undefined && isAble(now, ask);
    },
    nameOf: (person) => people.find(({ id }) => id === person)?.name ?? null,
  };
}

/** The same for asks of tasks that are still to be read. */
const answeringFor = async (store: Store, asks: readonly { readonly task: TaskNumber }[]): Promise<Answering> =>
  answeringOf(store, await store.taskLists.among([...new Set(asks.map(({ task }) => task))]));

/** Everybody who may answer an ask, see {@link Answering.whoMay}. */
export const whoMayAnswer = async (store: Store, ask: About): Promise<Person[]> =>
  (await answeringFor(store, [ask])).whoMay(ask);

/** Whether a person may answer an ask, so that it may be put to them. */
export const mayAnswer = async (store: Store, person: Person | null, ask: Ask): Promise<boolean> =>
  person !== null && (await answeringFor(store, [ask])).may(person, ask);

/** Those of the asks that a person may answer. */
export async function answerable(store: Store, person: Person | null, asks: readonly Ask[]): Promise<Ask[]> {
  const answering = await answeringFor(store, asks);
  return asks.filter((ask) => answering.may(person, ask));
}

import { deedFor } from '../domain/answering.ts';
import { type Person, refusal } from '../domain/policy.ts';
import type { Ask } from '../store/asks.ts';
import type { Store } from '../store/index.ts';

/**
 * Everybody who may answer an ask, by what they may now: the task's person first, then the owners, then the members of the
 * project. Who lost a role or the project, or asked for the work where their own approval is forbidden, is not among them.
 */
export async function whoMayAnswer(
  store: Store,
  { kind, task: number }: Pick<Ask, 'kind' | 'task'>,
): Promise<Person[]> {
  const { repo, person: first } = await store.tasks.get(number);
  const [people, proposal, project] = await Promise.all([
    store.people.list(),
    store.proposals.ofTask(number),
    store.projects.find(repo),
  ]);
  const matter = { repo, proposer: proposal?.proposer ?? null, selfApproval: project?.selfApproval ?? true };
  const able = people.filter((person) => refusal(person, deedFor(kind), matter) === null);
  const rank = ({ id, role }: Person) => (id === first ? 0 : role === 'owner' ? 1 : 2);
  return able.sort((a, b) => rank(a) - rank(b));
}

/** Whether a person may answer an ask, so that it may be put to them. */
export const mayAnswer = async (store: Store, person: Person | null, ask: Ask): Promise<boolean> =>
  person !== null && (await whoMayAnswer(store, ask)).some(({ id }) => id === person.id);

/** Those of the asks that a person may answer. */
export async function answerable(store: Store, person: Person | null, asks: readonly Ask[]): Promise<Ask[]> {
  const rights = await Promise.all(asks.map((ask) => mayAnswer(store, person, ask)));
  return asks.filter((_, at) => rights[at]);
}

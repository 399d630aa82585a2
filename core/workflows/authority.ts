import { type Deed, type Person, refusal } from '../domain/policy.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { Store } from '../store/index.ts';
import { notAllowed, notOwn, notTheirs } from '../words/people.ts';
import type { Decided } from './decisions.ts';
import type { Actor } from './record.ts';

/** Whether the actor may do it, and who they are now. */
export type Ruling =
  | { readonly person: Person; readonly refused: null }
  | { readonly person: null; readonly refused: Decided };

/**
 * What policy says about a deed, by what is stored at this moment: who lost a role, a project or an account since they saw
 * the card has lost it here too.
 */
export const createAuthority = ({ store }: { readonly store: Store }) => ({
  /** Null for `about` asks for the role alone. */
  async rule(
    actor: Actor,
    deed: Deed,
    about: (Pick<Proposal, 'repo'> & Partial<Pick<Proposal, 'proposer'>>) | null,
  ): Promise<Ruling> {
    const person = await personNow(store, actor);
    const decides = deed === 'confirm' || deed === 'approve';
    const project = about && decides ? await store.projects.find(about.repo) : null;
    const matter = about && {
      repo: about.repo,
      proposer: about.proposer ?? null,
      selfApproval: project?.selfApproval ?? true,
    };
    const why = refusal(person, deed, matter);
    if (why === null && person) return { person, refused: null };
    const doc = why === 'project' ? notTheirs : why === 'own' ? notOwn(deed) : notAllowed(deed);
    return { person: null, refused: { say: doc.text, start: null, refused: why ?? 'role' } };
  },
});

/**
 * Whom only the code host vouches for has no account with us. What an older release heard and this one carries out names none
 * either; there the person themself is looked up.
 */
async function personNow({ people }: Store, { person, account }: Actor): Promise<Person | null> {
  if (person === null || person.id === 0) return person;
  return account ? people.byAccount(account) : people.byId(person.id);
}

import type { RepoName } from '../domain/ids.ts';
import { isAmong, seenBy } from '../domain/policy.ts';
import type { Store } from '../store/index.ts';
import type { Turn } from './turn.ts';

/**
 * The repositories that may be spoken of in an answer: those that everybody may see who is answered, by what they may now.
 * Null: all.
 */
export async function visibleIn(store: Store, { said }: Turn): Promise<readonly RepoName[] | null> {
  const accounts = new Set(said.map(({ account }) => account ?? ''));
  const people = await Promise.all([...accounts].map((account) => store.people.byAccount(account)));
  return people.map(seenBy).reduce(both, null);
}

const both = (a: readonly RepoName[] | null, b: readonly RepoName[] | null): readonly RepoName[] | null =>
  a === null ? b : a.filter((repo) => isAmong(b, repo));

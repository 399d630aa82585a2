import type { Logger } from 'pino';
import type { GitHubHost } from '../adapters/github/index.ts';
import { describe } from '../core/errors.ts';
import type { Store } from '../core/store/index.ts';
import { ownerCode } from '../core/workflows/pairing.ts';
import { linkPath, type SignIn } from '../core/workflows/sign-in.ts';
import type { Config } from './config.ts';

/** Who may come in by what was made for them: the first owner by a code that nobody has yet, or an owner by name. */
export type Welcome =
  | { readonly kind: 'first_owner'; readonly code: string; readonly url: string }
  | { readonly kind: 'owner'; readonly name: string; readonly url: string };

/** How long the printed way of an owner is good, milliseconds. */
const printedMs = 60 * 60 * 1000;

interface Parts {
  readonly store: Store;
  readonly github: GitHubHost;
  readonly signIn: SignIn;
}

/** Brings owners and projects from the settings into the store. Answers a way in for the owner. */
export async function prepare({ store, github, signIn }: Parts, config: Config, log: Logger): Promise<Welcome> {
  const now = Date.now();
  for (const owner of config.owners) await store.people.admit(owner, 'owner', now);
  for (const repo of config.projects) {
    try {
      const { name, defaultBranch, url } = await github.repository(repo);
      await store.projects.put({ repo: name, defaultBranch, url }, now);
    } catch (error) {
      log.error({ repo, error: describe(error) }, 'project not added');
    }
  }
  const owner = (await store.people.list()).find((person) => person.role === 'owner');
  if (!owner) {
    const code = await ownerCode(store, now);
    return { kind: 'first_owner', code, url: config.publicUrl + linkPath(code) };
  }
  return { kind: 'owner', name: owner.name, url: config.publicUrl + (await signIn.link(owner.id, now, printedMs)) };
}

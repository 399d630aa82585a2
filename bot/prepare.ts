import type { Logger } from 'pino';
import type { GitHubHost } from '../adapters/github/index.ts';
import { describe } from '../core/errors.ts';
import type { Store } from '../core/store/index.ts';
import { ownerCode } from '../core/workflows/pairing.ts';
import type { Config } from './config.ts';

/** Brings owners and projects from the settings into the store. Answers a code for the first owner when there is none. */
export async function prepare(store: Store, github: GitHubHost, config: Config, log: Logger): Promise<string | null> {
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
  const people = await store.people.list();
  return people.some((person) => person.role === 'owner') ? null : ownerCode(store, now);
}

import { randomUUID } from 'node:crypto';
import { checkToken } from './check.ts';
import { createClient } from './client.ts';
import type { Credentials } from './credentials.ts';
import type { Log } from './log.ts';
import { memo } from './memo.ts';

/** Credentials of a personal access token, classic or fine-grained. */
export function tokenCredentials(token: string, options: { apiUrl: string; log: Log }): Credentials {
  const client = createClient({ ...options, budget: randomUUID(), auth: { token } });
  const login = memo(async () => (await client.rest.users.getAuthenticated()).data.login);
  return {
    check: () => checkToken(client, options.apiUrl),
    missing: async (_repo, role) => (role?.push ? [] : ['the role Write for the account of GITHUB_TOKEN']),
    login,
    client: async () => client,
    gitPassword: async () => token,
    forget: () => undefined,
    invisibleAdvice: async (repo) =>
      token.startsWith('github_pat_')
        ? `Add ${repo} to the repositories of the fine-grained token in GITHUB_TOKEN, and check that its owner approved the token.`
        : `Check the name, that the account of GITHUB_TOKEN is a collaborator, and that the token has the scope repo.`,
  };
}

import { randomUUID } from 'node:crypto';
import { createAppAuth } from '@octokit/auth-app';
import type { RepoName } from '../../core/domain/ids.ts';
import { Failure } from '../../core/errors.ts';
import { checkApp } from './check.ts';
import { type Client, createClient, GITHUB_API_URL } from './client.ts';
import type { Credentials } from './credentials.ts';
import { statusOf } from './errors.ts';
import type { Log } from './log.ts';
import { memo } from './memo.ts';
import { missingPermissions } from './permissions.ts';
import { readPrivateKey } from './private-key.ts';
import { at } from './repository-name.ts';
import { createTokenCache } from './token-cache.ts';

const REFRESH_BEFORE_MS = 5 * 60_000;

export interface AppOptions {
  readonly appId: string | number;
  readonly privateKey: string;
  readonly apiUrl: string;
  readonly url: string;
  readonly log: Log;
}

/** Credentials of a GitHub App: the installation is found per repository, its tokens are renewed five minutes early. */
export function appCredentials({ appId, privateKey, apiUrl, url, log }: AppOptions): Credentials {
  const cache = createTokenCache();
  const budget = randomUUID();
  const installations = new Map<RepoName, Promise<number>>();
  const clients = new Map<number, Client>();
  let identity: { client: Client; auth: ReturnType<typeof createAppAuth> } | undefined;

  /** Made on first use, so that an unreadable key is reported by the check at start. */
  function app() {
    if (identity) return identity;
    const strategy = { appId, privateKey: readPrivateKey(privateKey), cache };
    const client = createClient({ apiUrl, log, budget, auth: { app: strategy } });
    identity = { client, auth: createAppAuth({ ...strategy, request: client.request, log: client.log }) };
    return identity;
  }

  const slug = memo(async () => {
    const { data } = await app().client.rest.apps.getAuthenticated();
    if (!data) throw new Failure('GitHub does not name the App.', { code: 'invalid_credentials', remedy: 'never' });
    return data.slug ?? data.name;
  });

  async function invisibleAdvice(repo: RepoName): Promise<string> {
    const path = apiUrl === GITHUB_API_URL ? 'apps' : 'github-apps';
    return `Install the App on ${repo}: ${url}/${path}/${await slug()}/installations/new`;
  }

  async function findInstallation(repo: RepoName): Promise<number> {
    try {
      const { data } = await app().client.rest.apps.getRepoInstallation(at(repo));
      if (!data.suspended_at) return data.id;
      const advice = `Unsuspend it: ${data.html_url}`;
      throw new Failure(`The App's installation on ${repo} is suspended.`, {
        code: 'forbidden',
        remedy: 'never',
        advice,
      });
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      throw new Failure(`The App cannot see ${repo}.`, {
        code: 'repository_not_found',
        remedy: 'never',
        advice: await invisibleAdvice(repo),
        cause: error,
      });
    }
  }

  function installation(repo: RepoName): Promise<number> {
    const known = installations.get(repo);
    if (known !== undefined) return known;
    const found = findInstallation(repo);
    installations.set(repo, found);
    found.catch(() => installations.delete(repo));
    return found;
  }

  return {
    check: async () => checkApp(app().client, apiUrl),
    // An installation may lag behind what the App asks for, until its owner accepts the change.
    missing: async (repo) => {
      const { data } = await app().client.rest.apps.getRepoInstallation(at(repo));
      return missingPermissions(data.permissions);
    },
    login: async () => `${await slug()}[bot]`,
    client: async (repo) => {
      const installationId = await installation(repo);
      const known = clients.get(installationId);
      if (known) return known;
      const strategy = { appId, privateKey: readPrivateKey(privateKey), installationId, cache };
      const client = createClient({ apiUrl, log, budget: `${budget}:${installationId}`, auth: { app: strategy } });
      clients.set(installationId, client);
      return client;
    },
    gitPassword: async (repo) => {
      const installationId = await installation(repo);
      const options = {
        type: 'installation' as const,
        installationId,
        repositoryNames: [at(repo).repo],
        permissions: { contents: 'write' as const, metadata: 'read' as const },
      };
      const token = await app().auth(options);
      const left = Date.parse(token.expiresAt) - Date.now();
      return left > REFRESH_BEFORE_MS ? token.token : (await app().auth({ ...options, refresh: true })).token;
    },
    forget: (repo) => {
      installations.delete(repo);
      cache.clear();
    },
    invisibleAdvice,
  };
}

import type { CodeHost, HostHint } from '../../core/code-host.ts';
import type { RepoName } from '../../core/domain/ids.ts';
import { createApi } from './api.ts';
import { appCredentials } from './app-credentials.ts';
import type { Identity } from './check.ts';
import { checkRepository } from './check-repository.ts';
import { checks } from './checks.ts';
import { GITHUB_API_URL } from './client.ts';
import { comments } from './comments.ts';
import type { Auth } from './credentials.ts';
import { issues } from './issues.ts';
import type { Log } from './log.ts';
import { logs } from './logs.ts';
import { lookClosely } from './look-closely.ts';
import { pulls } from './pulls.ts';
import { readRepository, repositories } from './repositories.ts';
import { reviews } from './reviews.ts';
import { tokenCredentials } from './token-credentials.ts';
import { type Delivery, receiveWebhook } from './webhooks.ts';

export type { Identity } from './check.ts';
export type { Auth } from './credentials.ts';
export type { Delivery } from './webhooks.ts';

export interface GitHubOptions {
  readonly auth: Auth;
  /** Base of the REST API; `https://HOST/api/v3` for an Enterprise server. */
  readonly apiUrl?: string;
  /** Root of git and of links for people. */
  readonly url?: string;
  readonly log: Log;
}

export interface GitHubHost extends CodeHost {
  /** Who we are at GitHub. Throws Failure naming the variable that is wrong, what is wrong with it and what to do. */
  check(): Promise<Identity>;
  /** Resolves when tasks can run on the repository; throws Failure saying what stands in the way. */
  checkRepository(repo: RepoName): Promise<void>;
  /** As `checkRepository`, and tries pushing and writing without doing either; answers what should be known. `webhook`: where it should call. */
  lookClosely(repo: RepoName, webhook?: string): Promise<readonly string[]>;
  /** Verifies a webhook: where to look, or null. Throws Failure `bad_signature` or `bad_payload`. */
  receiveWebhook(delivery: Delivery): Promise<HostHint | null>;
}

/** GitHub (github.com or an Enterprise server) as the code host, by token or as a GitHub App. Nothing is sent until it is used. */
export function createGitHub(options: GitHubOptions): GitHubHost {
  const apiUrl = (options.apiUrl ?? GITHUB_API_URL).replace(/\/+$/, '');
  const url = (options.url ?? 'https://github.com').replace(/\/+$/, '');
  const { auth, log } = options;
  const credentials =
    'token' in auth ? tokenCredentials(auth.token, { apiUrl, log }) : appCredentials({ ...auth, apiUrl, url, log });
  const api = createApi(credentials);
  return {
    ...repositories(api),
    ...issues(api),
    ...comments(api),
    ...pulls(api),
    ...checks(api),
    ...logs(api),
    ...reviews(api),
    gitAccess: (repo) =>
      api.call(repo, async (target) => {
        const { name } = await readRepository(target);
        const password = await credentials.gitPassword(name);
        return { url: `${url}/${name}.git`, username: 'x-access-token', password };
      }),
    check: () => credentials.check(),
    checkRepository: (repo) => checkRepository(api, credentials, repo),
    lookClosely: (repo, webhook) =>
      lookClosely(api, credentials, repo, {
        url,
        webhook,
        fineGrained: 'token' in auth && auth.token.startsWith('github_pat_'),
      }),
    receiveWebhook,
  };
}

import type { RepoName } from '../../core/domain/ids.ts';
import { Failure } from '../../core/errors.ts';
import type { Api, Target } from './api.ts';
import { checkRepository } from './check-repository.ts';
import type { Credentials } from './credentials.ts';
import { statusOf, toFailure } from './errors.ts';
import { fetchWhole } from './fetch.ts';
import { at } from './repository-name.ts';

export interface CloseLook {
  /** Root of git, without a slash at the end. */
  readonly url: string;
  /** Fine-grained tokens alone tell neither scopes nor permissions: those are found out by trying. */
  readonly fineGrained: boolean;
  /** Where webhooks should arrive, when they are wanted. */
  readonly webhook?: string | undefined;
}

/**
 * As {@link checkRepository}, and also tries what GitHub tells nobody beforehand: pushing, and with a fine-grained token
 * opening issues and pull requests. Nothing is written. Answers what should be known though it stops nothing.
 */
export async function lookClosely(
  api: Api,
  credentials: Credentials,
  repo: RepoName,
  { url, fineGrained, webhook }: CloseLook,
): Promise<string[]> {
  await checkRepository(api, credentials, repo);
  await checkPush(credentials, repo, url);
  return api.call(repo, async (target) => {
    const lacks = fineGrained ? await lackingWrites(target) : [];
    if (lacks.length > 0)
      throw new Failure(`GITHUB_TOKEN may not do enough in ${repo}.`, {
        code: 'forbidden',
        remedy: 'never',
        advice: `Grant the fine-grained token: ${lacks.join(', ')}.`,
      });
    return [
      ...((await reads(() => target.octokit.rest.actions.listWorkflowRunsForRepo({ ...target.at, per_page: 1 })))
        ? []
        : [
            `Actions of ${repo} cannot be read, so CI can look finished too early. Grant the permission Actions: read.`,
          ]),
      ...(webhook ? await webhookNotes(target, repo, webhook) : []),
    ];
  });
}

/** Asks what `git push` asks first. */
async function checkPush(credentials: Credentials, repo: RepoName, url: string): Promise<void> {
  const password = await credentials.gitPassword(repo).catch((error: unknown) => {
    throw toFailure(error);
  });
  const authorization = `Basic ${Buffer.from(`x-access-token:${password}`).toString('base64')}`;
  const { owner, repo: name } = at(repo);
  const address = `${url}/${owner}/${name}.git/info/refs?service=git-receive-pack`;
  const { status, ok } = await fetchWhole(address, { headers: { authorization } }).catch((cause: unknown) => {
    throw new Failure(`git at ${url} cannot be reached.`, {
      code: 'unavailable',
      remedy: 'retry',
      advice: 'Look at GITHUB_URL and the network.',
      cause,
    });
  });
  if (ok) return;
  if (status >= 500) throw new Failure(`git at ${url} answered ${status}.`, { code: 'unavailable', remedy: 'retry' });
  throw new Failure(`Nothing can be pushed to ${repo} (${status}).`, {
    code: 'forbidden',
    remedy: 'never',
    advice: 'Grant the token Contents: write there, and its account the role Write.',
  });
}

/** Permissions that are missing, by requests that are too incomplete to be carried out: 422 where they would be allowed. */
async function lackingWrites({ octokit, at: repo }: Target): Promise<string[]> {
  const tries = { 'Issues: write': 'issues', 'Pull requests: write': 'pulls' };
  const lacks: string[] = [];
  for (const [permission, path] of Object.entries(tries)) {
    const status = await octokit.request(`POST /repos/{owner}/{repo}/${path}`, repo).then(() => 0, statusOf);
    if (status === 403) lacks.push(permission);
  }
  return lacks;
}

async function webhookNotes({ octokit, at: repo }: Target, name: string, wanted: string): Promise<string[]> {
  try {
    const { data } = await octokit.rest.repos.listWebhooks({ ...repo, per_page: 100 });
    if (data.some(({ active, config }) => active && config.url === wanted)) return [];
    return [`${name} has no webhook to ${wanted}, so GitHub is asked now and then instead (docs/github.md).`];
  } catch (error) {
    // Who may write to a repository need not see its webhooks; one of the organization would do as well.
    if (isHidden(error)) return [];
    throw error;
  }
}

async function reads(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    if (isHidden(error)) return false;
    throw error;
  }
}

const isHidden = (error: unknown) => ['forbidden', 'gone'].includes(toFailure(error).code);

import type { RepoName } from '../../core/domain/ids.ts';
import { Failure } from '../../core/errors.ts';
import type { Api } from './api.ts';
import type { Credentials } from './credentials.ts';
import { toFailure } from './errors.ts';

/** Resolves when tasks can run on the repository; throws Failure saying precisely what stands in the way. */
export async function checkRepository(api: Api, credentials: Credentials, repo: RepoName): Promise<void> {
  const { data } = await api.call(repo, ({ octokit, at }) => octokit.rest.repos.get(at));
  if (data.archived)
    throw refused(
      'repository_archived',
      `${repo} is archived.`,
      'Unarchive it in its settings, or choose another one.',
    );
  if (!data.has_issues)
    throw refused(
      'forbidden',
      `${repo} has issues switched off.`,
      'Plans are written to issues: switch them on in its settings.',
    );
  const missing = await credentials.missing(repo, data.permissions).catch((error: unknown) => {
    throw toFailure(error);
  });
  if (missing.length > 0)
    throw refused('forbidden', `The permissions on ${repo} do not suffice.`, `Missing: ${missing.join(', ')}.`);
}

function refused(code: string, message: string, advice: string): Failure {
  return new Failure(message, { code, remedy: 'never', advice });
}

import type { RepoName } from '../../core/domain/ids.ts';

/** `owner/repo` as Octokit's two parameters. */
export function at(repo: RepoName): { owner: string; repo: string } {
  const [owner = '', name = ''] = repo.split('/', 2);
  return { owner, repo: name };
}

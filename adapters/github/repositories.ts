import type { CodeHost, Repository } from '../../core/code-host.ts';
import { Failure } from '../../core/errors.ts';
import { type Api, orNull, type Target } from './api.ts';
import { ensure } from './ensure.ts';
import { statusOf } from './errors.ts';
import { guardedOf } from './guarded.ts';

type Part = Pick<
  CodeHost,
  'repository' | 'head' | 'contains' | 'permission' | 'ensureBranch' | 'diffStat' | 'guarded' | 'mergeBase'
>;

/** GitHub compares no more files than these. */
const mostFiles = 300;

/** The repository itself: its facts, its branches and who may do what. */
export function repositories(api: Api): Part {
  return {
    repository: (repo) => api.call(repo, readRepository),

    head: (repo, branch) => api.call(repo, (target) => headOf(target, branch)),

    contains: (repo, sha, ancestor) =>
      api.call(repo, async (target) => {
        if (sha === ancestor) return true;
        const basehead = `${ancestor}...${sha}`;
        const compared = await orNull(
          target,
          target.octokit.rest.repos.compareCommitsWithBasehead({ ...target.at, basehead, per_page: 1 }),
        );
        return compared?.data.status === 'ahead' || compared?.data.status === 'identical';
      }),

    diffStat: (repo, base, head) =>
      api.call(repo, async ({ octokit, at }) => {
        const basehead = `${base}...${head}`;
        const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...at, basehead, per_page: 1 });
        const files = data.files ?? [];
        const sum = (part: 'additions' | 'deletions') => files.reduce((total, file) => total + file[part], 0);
        const [additions, deletions] = [sum('additions'), sum('deletions')];
        return { files: files.length, additions, deletions, more: files.length >= mostFiles };
      }),

    guarded: (repo, sha) => api.call(repo, (target) => guardedOf(target, sha)),

    mergeBase: (repo, one, other) =>
      api.call(repo, async (target) => {
        const basehead = `${one}...${other}`;
        const { rest } = target.octokit;
        const found = await orNull(
          target,
          rest.repos.compareCommitsWithBasehead({ ...target.at, basehead, per_page: 1 }),
        );
        return found?.data.merge_base_commit.sha ?? null;
      }),

    permission: (repo, login) =>
      api.call(repo, async (target) => {
        const username = login;
        const found = await orNull(
          target,
          target.octokit.rest.repos.getCollaboratorPermissionLevel({ ...target.at, username }),
        );
        const level = found?.data.permission;
        return level === 'admin' || level === 'write' || level === 'read' ? level : 'none';
      }),

    ensureBranch: (repo, branch, base) =>
      api.call(repo, async (target) => {
        const find = () => headOf(target, branch);
        return ensure(find, async () => {
          const sha = await headOf(target, base);
          if (!sha) throw noBase(repo, base);
          try {
            await target.octokit.rest.git.createRef({ ...target.at, ref: `refs/heads/${branch}`, sha });
            return sha;
          } catch (error) {
            // "Reference already exists": somebody was quicker, so it has a head.
            const head = statusOf(error) === 422 ? await find() : null;
            if (head) return head;
            throw error;
          }
        });
      }),
  };
}

/** Throws `repository_archived` for one that nobody can write to. */
export async function readRepository(target: Target): Promise<Repository> {
  const { data } = await target.octokit.rest.repos.get(target.at);
  if (data.archived)
    throw new Failure(`${data.full_name} is archived, so nothing can be written to it.`, {
      code: 'repository_archived',
      remedy: 'never',
      advice: `Unarchive it in its settings (${data.html_url}/settings), or choose another repository.`,
    });
  const empty = (await headOf(target, data.default_branch)) === null;
  return { name: data.full_name, defaultBranch: data.default_branch, empty, url: data.html_url };
}

async function headOf(target: Target, branch: string): Promise<string | null> {
  try {
    const found = await orNull(target, target.octokit.rest.git.getRef({ ...target.at, ref: `heads/${branch}` }));
    return found?.data.object.sha ?? null;
  } catch (error) {
    // "Git Repository is empty."
    if (statusOf(error) === 409) return null;
    throw error;
  }
}

function noBase(repo: string, base: string): Failure {
  return new Failure(`${repo} has no branch ${base}.`, {
    code: 'conflict',
    remedy: 'never',
    advice: 'Name another base branch; an empty repository needs a first commit.',
  });
}

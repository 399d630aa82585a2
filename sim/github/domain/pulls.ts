import { now } from '../clock.ts';
import { checkText, GitHubApiError, notFound, unprocessable, validationFailed } from '../errors.ts';
import { countBetween } from '../git/history.ts';
import { readRef, writeRef } from '../git/refs.ts';
import { mergeCommits } from '../git/write.ts';
import { exclusively } from '../lock.ts';
import type { PullIssue, Repo, User } from '../model.ts';
import type { World } from '../world.ts';
import { draftIssue, findIssue, type IssuePatch, updateIssue } from './issues.ts';
import { markMerged } from './merged.ts';
import { announcePull, asPull, pullFacts } from './pull-events.ts';
import { applyRefChange } from './pushes.ts';

export interface PullInput {
  title: string;
  body?: string | null;
  head: string;
  base: string;
  draft?: boolean;
}

export function findPull(repo: Repo, number: number): PullIssue {
  const pull = asPull(findIssue(repo, number));
  if (!pull) throw notFound();
  return pull;
}

/** Opens a pull request between two branches of the repository. @throws 422 as GitHub does. */
export function createPull(world: World, repo: Repo, user: User, input: PullInput): Promise<PullIssue> {
  return exclusively(repo, async () => {
    checkText('PullRequest', input);
    for (const field of ['head', 'base'] as const)
      if (!input[field]) throw validationFailed({ resource: 'PullRequest', code: 'missing_field', field });
    const head = input.head.split(':').at(-1) ?? input.head;
    const [headSha, baseSha] = await Promise.all(
      [head, input.base].map((ref) => readRef(repo.directory, `refs/heads/${ref}`)),
    );
    if (!headSha) throw validationFailed({ resource: 'PullRequest', code: 'invalid', field: 'head' });
    if (!baseSha) throw validationFailed({ resource: 'PullRequest', code: 'invalid', field: 'base' });
    const custom = (message: string) => validationFailed({ resource: 'PullRequest', code: 'custom', message });
    const open = [...repo.issues.values()]
      .map(asPull)
      .find((issue) => issue?.state === 'open' && issue.pull.head.ref === head && issue.pull.base.ref === input.base);
    if (open) throw custom(`A pull request already exists for ${repo.owner.login}:${head}.`);
    if ((await countBetween(repo.directory, baseSha, headSha)) === 0)
      throw custom(`No commits between ${input.base} and ${head}`);
    const issue = draftIssue(world, repo, user, { title: input.title, body: input.body ?? null });
    const created: PullIssue = Object.assign(issue, {
      pull: {
        id: world.nextId(),
        draft: input.draft ?? false,
        head: { ref: head, sha: headSha },
        base: { ref: input.base, sha: baseSha },
        mergedAt: null,
        mergedBy: null,
        mergeCommitSha: null,
        reviews: [],
        reviewComments: [],
        requestedReviewers: [],
        resolved: new Set<number>(),
      },
    });
    await writeRef(repo.directory, `refs/pull/${created.number}/head`, headSha);
    await pullFacts(repo, created);
    announcePull(world, repo, user, created, 'opened');
    await world.actions.onPullRequest(repo, created, 'opened', user);
    return created;
  });
}

export interface PullPatch extends IssuePatch {
  base?: string;
}

export async function updatePull(
  world: World,
  repo: Repo,
  user: User,
  issue: PullIssue,
  patch: PullPatch,
): Promise<void> {
  if (patch.state === 'open' && issue.state === 'closed' && !issue.pull.mergedAt) await refuseLostHead(repo, issue);
  if (patch.base && patch.base !== issue.pull.base.ref) {
    const sha = await readRef(repo.directory, `refs/heads/${patch.base}`);
    if (!sha) throw validationFailed({ resource: 'PullRequest', code: 'invalid', field: 'base' });
    const from = issue.pull.base;
    issue.pull.base = { ref: patch.base, sha };
    const changes = { base: { ref: { from: from.ref }, sha: { from: from.sha } } };
    announcePull(world, repo, user, issue, 'edited', { changes });
  }
  const reopened = patch.state === 'open' && issue.state === 'closed';
  updateIssue(world, repo, user, issue, patch);
  if (reopened) await world.actions.onPullRequest(repo, issue, 'reopened', user);
}

async function refuseLostHead(repo: Repo, issue: PullIssue): Promise<void> {
  if (await readRef(repo.directory, `refs/heads/${issue.pull.head.ref}`)) return;
  const message = `state cannot be changed. The ${issue.pull.head.ref} branch has been deleted.`;
  throw validationFailed({ resource: 'PullRequest', code: 'custom', field: 'state', message });
}

export function setDraft(world: World, repo: Repo, user: User, issue: PullIssue, draft: boolean): void {
  if (issue.pull.draft === draft) return;
  if (issue.state === 'closed') throw unprocessable('Pull request is closed');
  issue.pull.draft = draft;
  issue.updatedAt = now();
  announcePull(world, repo, user, issue, draft ? 'converted_to_draft' : 'ready_for_review');
}

export interface MergeInput {
  method?: 'merge' | 'squash' | 'rebase';
  /** The head the caller expects. */
  sha?: string;
  title?: string;
  message?: string;
}

/** Merges in the bare repository. @throws 405 not mergeable, 409 head moved. Returns the new commit. */
export function mergePull(world: World, repo: Repo, user: User, issue: PullIssue, input: MergeInput): Promise<string> {
  return exclusively(repo, async () => {
    const { pull } = issue;
    if (issue.state === 'closed' || pull.draft)
      throw new GitHubApiError(405, pull.draft ? 'Pull Request is still a draft' : 'Pull Request is not mergeable');
    if (input.sha && input.sha !== pull.head.sha)
      throw new GitHubApiError(409, 'Head branch was modified. Review and try the merge again.');
    const base = `refs/heads/${pull.base.ref}`;
    const before = await readRef(repo.directory, base);
    if (!before) throw new GitHubApiError(405, 'Base branch was deleted.');
    const method = input.method ?? 'merge';
    const title =
      input.title ??
      (method === 'squash'
        ? `${issue.title} (#${issue.number})`
        : `Merge pull request #${issue.number} from ${repo.owner.login}/${pull.head.ref}`);
    const message = [title, input.message ?? issue.title].join('\n\n');
    const author = { name: user.name, email: user.email };
    const merged = await mergeCommits(repo.directory, { base: before, head: pull.head.sha, method, message, author });
    if (!merged) throw new GitHubApiError(405, 'Pull Request is not mergeable');
    await writeRef(repo.directory, base, merged);
    markMerged(world, repo, user, issue, merged);
    await applyRefChange(world, repo, user, { ref: base, before, after: merged });
    return merged;
  });
}

import { requireWrite } from './access.ts';
import type { Actor } from './auth.ts';
import { createComment, editComment, findComment, react } from './domain/comments.ts';
import { createIssue, deleteIssue, findIssue, type IssueInput, setLabels, updateIssue } from './domain/issues.ts';
import { createPull, findPull, type MergeInput, mergePull, type PullInput, updatePull } from './domain/pulls.ts';
import { applyRefChange } from './domain/pushes.ts';
import {
  createReview,
  createReviewComment,
  editReviewComment,
  findReviewComment,
  type ReviewCommentInput,
  type ReviewInput,
  replyToReviewComment,
} from './domain/reviews.ts';
import { deleteRef, readRef, ZERO } from './git/refs.ts';
import { writeCommit } from './git/write.ts';
import { exclusively } from './lock.ts';
import type {
  Comment,
  Issue,
  Permission,
  PullIssue,
  ReactionContent,
  Repo,
  Review,
  ReviewComment,
  User,
} from './model.ts';
import { findRepo, type World } from './world.ts';

/** A scripted human: what people do in the browser, with the same permission checks as the API. */
export interface GitHubPerson {
  login: string;
  user: User;
  /** A personal access token of this person. */
  token: string;
  openIssue(repo: string, input: IssueInput): Issue;
  openPull(repo: string, input: PullInput): Promise<PullIssue>;
  comment(repo: string, number: number, body: string): Comment;
  editComment(repo: string, commentId: number, body: string): void;
  /** On a comment, a review comment, or an issue or pull request by its number. */
  react(repo: string, on: { comment: number } | { number: number }, content: ReactionContent): void;
  label(repo: string, number: number, ...names: string[]): void;
  review(repo: string, number: number, input: ReviewInput): Promise<Review>;
  reviewComment(repo: string, number: number, input: ReviewCommentInput): Promise<ReviewComment>;
  replyToReviewComment(repo: string, number: number, commentId: number, body: string): ReviewComment;
  merge(repo: string, number: number, input?: MergeInput): Promise<string>;
  close(repo: string, number: number): void;
  /** Only administrators may. */
  deleteIssue(repo: string, number: number): void;
  reopen(repo: string, number: number): Promise<void>;
  /** Commits files (null removes one) on a branch; a new branch starts at the default branch. `force` replaces the branch by one commit on the default branch. */
  push(
    repo: string,
    branch: string,
    files: Record<string, string | Buffer | null>,
    message: string,
    options?: { force?: boolean },
  ): Promise<string>;
  deleteBranch(repo: string, branch: string): Promise<void>;
}

export function createPerson(world: World, user: User, token: string): GitHubPerson {
  const actor: Actor = { user, token: { value: token, user } };
  const at = (name: string): Repo => {
    const repo = findRepo(world, name);
    if (!repo) throw new Error(`GitHub sim: no repository ${name}`);
    return repo;
  };
  const may = (name: string, scope: string, least: Permission): Repo => {
    const repo = at(name);
    requireWrite(repo, actor, scope, least);
    return repo;
  };
  return {
    login: user.login,
    user,
    token,
    openIssue: (name, input) => createIssue(world, may(name, 'issues', 'read'), user, input),
    openPull: (name, input) => createPull(world, may(name, 'pull_requests', 'write'), user, input),
    comment(name, number, body) {
      const repo = may(name, 'issues', 'read');
      return createComment(world, repo, user, findIssue(repo, number), body);
    },
    editComment(name, id, body) {
      const repo = may(name, 'issues', 'read');
      const found = findComment(repo, id);
      if (found) return editComment(world, repo, user, found.issue, found.comment, body);
      const review = findReviewComment(repo, id);
      if (!review) throw new Error(`GitHub sim: no comment ${id} in ${name}`);
      editReviewComment(world, repo, user, review.issue, review.comment, body);
    },
    react(name, on, content) {
      const repo = may(name, 'issues', 'read');
      const target =
        'number' in on
          ? findIssue(repo, on.number)
          : (findComment(repo, on.comment) ?? findReviewComment(repo, on.comment))?.comment;
      if (!target) throw new Error(`GitHub sim: nothing to react to in ${name}`);
      react(world, repo, user, target, content);
    },
    label(name, number, ...names) {
      const repo = may(name, 'issues', 'triage');
      const issue = findIssue(repo, number);
      setLabels(world, repo, user, issue, [...new Set([...issue.labels.map((label) => label.name), ...names])]);
    },
    review(name, number, input) {
      const repo = may(name, 'pull_requests', 'read');
      return createReview(world, repo, user, findPull(repo, number), input);
    },
    reviewComment(name, number, input) {
      const repo = may(name, 'pull_requests', 'read');
      return createReviewComment(world, repo, user, findPull(repo, number), input);
    },
    replyToReviewComment(name, number, id, body) {
      const repo = may(name, 'pull_requests', 'read');
      return replyToReviewComment(world, repo, user, findPull(repo, number), id, body);
    },
    merge(name, number, input = {}) {
      const repo = may(name, 'contents', 'write');
      return mergePull(world, repo, user, findPull(repo, number), input);
    },
    close(name, number) {
      const repo = may(name, 'issues', 'triage');
      updateIssue(world, repo, user, findIssue(repo, number), { state: 'closed' });
    },
    deleteIssue(name, number) {
      const repo = may(name, 'issues', 'admin');
      deleteIssue(world, repo, user, findIssue(repo, number));
    },
    async reopen(name, number) {
      const repo = may(name, 'issues', 'triage');
      const issue = findIssue(repo, number);
      if (issue.pull) await updatePull(world, repo, user, findPull(repo, number), { state: 'open' });
      else updateIssue(world, repo, user, issue, { state: 'open' });
    },
    push(name, branch, files, message, { force = false } = {}) {
      const repo = may(name, 'contents', 'write');
      const ref = `refs/heads/${branch}`;
      return exclusively(repo, async () => {
        const before = await readRef(repo.directory, ref);
        const trunk = await readRef(repo.directory, `refs/heads/${repo.defaultBranch}`);
        const parent = force ? trunk : (before ?? trunk);
        const after = await writeCommit(repo.directory, {
          ref,
          parent,
          message,
          files,
          author: { name: user.name, email: user.email },
        });
        await applyRefChange(world, repo, user, { ref, before: before ?? ZERO, after });
        return after;
      });
    },
    deleteBranch(name, branch) {
      const repo = may(name, 'contents', 'write');
      const ref = `refs/heads/${branch}`;
      return exclusively(repo, async () => {
        const before = await readRef(repo.directory, ref);
        if (!before) throw new Error(`GitHub sim: no branch ${branch} in ${name}`);
        await deleteRef(repo.directory, ref);
        await applyRefChange(world, repo, user, { ref, before, after: ZERO });
      });
    },
  };
}

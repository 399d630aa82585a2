/** What the code host is to us, as `adapters/github` implements it. Every implementation throws {@link ./errors.ts Failure} and nothing else. */
import type { CheckItem } from './domain/ci.ts';
import type { DiffStat } from './domain/diff.ts';
import type { RepoName } from './domain/ids.ts';

export interface Repository {
  readonly name: RepoName;
  readonly defaultBranch: string;
  readonly empty: boolean;
  readonly url: string;
}

export interface Issue {
  readonly number: number;
  readonly url: string;
}

export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly draft: boolean;
  readonly head: string;
  readonly headBranch: string;
  readonly base: string;
  /** Null while the host is still computing it. */
  readonly mergeable: boolean | null;
}

/** Something a person wrote on an issue or pull request. Bots' and our own writings are never among them. */
export interface HostComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly url: string;
}

/** A review that asks for something: its body and its inline comments. */
export interface HostReview {
  readonly id: number;
  readonly author: string;
  readonly state: 'approved' | 'changes_requested' | 'commented' | 'dismissed';
  readonly body: string;
  readonly at: number;
  readonly url: string;
}

export interface HostReviewComment extends HostComment {
  readonly path: string;
  readonly line: number | null;
  readonly diff: string;
  readonly review: number | null;
  /** The comment that began the thread, when this one is a reply in it. */
  readonly replyTo: number | null;
}

/** What a webhook tells: where to look. Nothing in it is believed beyond that. */
export interface HostHint {
  readonly delivery: string;
  readonly repo: RepoName;
  readonly issue?: number;
  readonly pull?: number;
  readonly branch?: string;
  readonly sha?: string;
}

/** Files that act before a person has looked at a change: workflows run with the repository's secrets, owners say who must review. */
export const guardedPaths = ['.github/workflows', '.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;
export type Guarded = Readonly<Record<(typeof guardedPaths)[number], string | null>>;

/**
 * The code host. Every write is idempotent: by a marker (an invisible comment in the text, `<!-- mainloop:KEY -->`) or by a
 * natural key (a branch has one open pull request). Failures: `repository_not_found`, `forbidden`, `invalid_credentials`,
 * `rate_limited`, `unavailable`, `conflict`, `gone`.
 */
export interface CodeHost {
  repository(repo: RepoName): Promise<Repository>;
  ensureIssue(
    repo: RepoName,
    issue: { marker: string; title: string; body: string; labels: readonly string[] },
  ): Promise<Issue>;
  /** Sets what is given and leaves the rest. */
  updateIssue(
    repo: RepoName,
    issue: number,
    change: {
      body?: string;
      state?: 'open' | 'closed';
      addLabels?: readonly string[];
      removeLabels?: readonly string[];
    },
  ): Promise<void>;
  /** Creates the comment with this marker, or brings its body up to date. Works on issues and pull requests. */
  ensureComment(
    repo: RepoName,
    issue: number,
    comment: { marker: string; body: string },
  ): Promise<{ id: number; url: string }>;
  /** People's comments after `since` (milliseconds), oldest first, all pages. */
  comments(repo: RepoName, issue: number, since: number): Promise<HostComment[]>;
  /** What a login may do in the repository. */
  permission(repo: RepoName, login: string): Promise<'admin' | 'write' | 'read' | 'none'>;
  /** The commit a branch points to, or null when there is no such branch. */
  head(repo: RepoName, branch: string): Promise<string | null>;
  /** Whether `sha` contains `ancestor`. */
  contains(repo: RepoName, sha: string, ancestor: string): Promise<boolean>;
  /** Creates the branch at the head of `base` unless it exists; answers its head. */
  ensureBranch(repo: RepoName, branch: string, base: string): Promise<string>;
  /** Opens the draft pull request of a branch, or answers the one that is open. Throws `no_commits` when there is nothing in it. */
  ensurePullRequest(
    repo: RepoName,
    pull: { branch: string; base: string; title: string; body: string },
  ): Promise<PullRequest>;
  pullRequest(repo: RepoName, number: number): Promise<PullRequest>;
  updatePullRequest(repo: RepoName, number: number, change: { title?: string; body?: string }): Promise<void>;
  markReady(repo: RepoName, number: number): Promise<void>;
  /** Check runs and commit statuses of a commit, the latest of each name. */
  checks(repo: RepoName, sha: string): Promise<CheckItem[]>;
  /** The end of the failed step's log, at most `maxCharacters`, with what surrounds the error kept; empty when there is none. */
  failureLog(repo: RepoName, item: CheckItem, maxCharacters: number): Promise<string>;
  reviews(
    repo: RepoName,
    pull: number,
    since: number,
  ): Promise<{ reviews: HostReview[]; comments: HostReviewComment[] }>;
  /** 👀 on a review comment; repeated is success. */
  acknowledge(repo: RepoName, comment: { id: number; kind: 'issue' | 'review' }): Promise<void>;
  /** Replies in a review comment's thread, once per marker. */
  replyInThread(repo: RepoName, pull: number, comment: number, reply: { marker: string; body: string }): Promise<void>;
  /** What `head` changes since it left `base`; a branch or a commit each. Absent where a host cannot tell. */
  readonly diffStat?: (repo: RepoName, base: string, head: string) => Promise<DiffStat>;
  /** What of {@link guardedPaths} a commit has: the id of each one's content, null where there is none. */
  guarded(repo: RepoName, sha: string): Promise<Guarded>;
  /** The commit from which two commits went apart, or null when they have nothing in common. */
  mergeBase(repo: RepoName, one: string, other: string): Promise<string | null>;
  /** A short-lived credential for git over HTTP to this one repository, and the repository's git address. */
  gitAccess(repo: RepoName): Promise<{ url: string; username: string; password: string }>;
}

/** What the miniature GitHub remembers. Dates are ISO 8601 with seconds, as GitHub prints them. */
import type { CheckRun, CheckSuite, CommitStatus, WorkflowJob, WorkflowRun } from './model-checks.ts';

export type Permission = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';
export type ReactionContent = '+1' | '-1' | 'laugh' | 'confused' | 'heart' | 'hooray' | 'rocket' | 'eyes';
export type Association = 'OWNER' | 'MEMBER' | 'COLLABORATOR' | 'CONTRIBUTOR' | 'NONE';
export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'PENDING' | 'DISMISSED';

export interface User {
  id: number;
  login: string;
  name: string;
  email: string;
  type: 'User' | 'Bot' | 'Organization';
}

export interface Label {
  id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface Reaction {
  id: number;
  user: User;
  content: ReactionContent;
  createdAt: string;
}

export interface Authored {
  id: number;
  user: User;
  /** Posted by the GitHub App rather than by a person's token. */
  viaApp: boolean;
  createdAt: string;
  updatedAt: string;
  reactions: Reaction[];
}

export interface Comment extends Authored {
  body: string;
}

export interface ReviewComment extends Comment {
  reviewId: number;
  path: string;
  line: number | null;
  side: 'LEFT' | 'RIGHT';
  commitId: string;
  diffHunk: string;
  inReplyTo: number | null;
}

export interface Review extends Omit<Authored, 'reactions'> {
  body: string;
  state: ReviewState;
  commitId: string;
}

export interface Pull {
  id: number;
  draft: boolean;
  head: { ref: string; sha: string };
  base: { ref: string; sha: string };
  mergedAt: string | null;
  mergedBy: User | null;
  mergeCommitSha: string | null;
  reviews: Review[];
  reviewComments: ReviewComment[];
  requestedReviewers: User[];
  /** Root comment ids of review threads that were resolved. */
  resolved: Set<number>;
}

export interface Issue extends Authored {
  number: number;
  title: string;
  body: string | null;
  labels: Label[];
  assignees: User[];
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'reopened' | null;
  closedAt: string | null;
  closedBy: User | null;
  locked: boolean;
  lockReason: string | null;
  comments: Comment[];
  /** A pull request is an issue with this part. */
  pull?: Pull;
}

export type PullIssue = Issue & { pull: Pull };

export interface Repo {
  id: number;
  owner: User;
  name: string;
  fullName: string;
  description: string | null;
  private: boolean;
  archived: boolean;
  hasIssues: boolean;
  /** Numbers of issues that somebody deleted. */
  deleted: Set<number>;
  installed: boolean;
  defaultBranch: string;
  /** The bare repository. */
  directory: string;
  permissions: Map<string, Permission>;
  labels: Label[];
  issues: Map<number, Issue>;
  statuses: CommitStatus[];
  suites: CheckSuite[];
  checks: CheckRun[];
  runs: WorkflowRun[];
  jobs: WorkflowJob[];
  createdAt: string;
  pushedAt: string;
  updatedAt: string;
}

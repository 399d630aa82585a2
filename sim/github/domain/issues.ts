import { now } from '../clock.ts';
import { checkText, GitHubApiError, notFound, validationFailed } from '../errors.ts';
import type { Issue, Label, Repo, User } from '../model.ts';
import { issueShape, labelShape } from '../shapes/issue.ts';
import { simpleUser } from '../shapes/user.ts';
import { ensureUser, type World } from '../world.ts';
import { announce } from './announce.ts';
import { announcePull, asPull } from './pull-events.ts';

export interface IssueInput {
  title: string;
  body?: string | null;
  labels?: string[];
  assignees?: string[];
}

export interface IssuePatch {
  title?: string;
  body?: string | null;
  state?: 'open' | 'closed';
  stateReason?: 'completed' | 'not_planned' | 'reopened' | null;
  labels?: string[];
  assignees?: string[];
}

/** A new issue without number or announcement; pull requests start from one too. */
export function draftIssue(world: World, repo: Repo, user: User, input: IssueInput): Issue {
  checkText('Issue', input);
  if (!input.title?.trim()) throw validationFailed({ resource: 'Issue', code: 'missing_field', field: 'title' });
  const at = now();
  const issue: Issue = {
    id: world.nextId(),
    number: repo.issues.size + repo.deleted.size + 1,
    title: input.title,
    body: input.body ?? null,
    user,
    viaApp: user.id === world.app.bot.id,
    labels: labelsNamed(world, repo, input.labels ?? []),
    assignees: (input.assignees ?? []).map((login) => ensureUser(world, login)),
    state: 'open',
    stateReason: null,
    closedAt: null,
    closedBy: null,
    locked: false,
    lockReason: null,
    createdAt: at,
    updatedAt: at,
    reactions: [],
    comments: [],
  };
  repo.issues.set(issue.number, issue);
  return issue;
}

export function createIssue(world: World, repo: Repo, user: User, input: IssueInput): Issue {
  requireIssues(repo);
  const issue = draftIssue(world, repo, user, input);
  announceIssue(world, repo, user, issue, 'opened');
  for (const label of issue.labels) announceLabel(world, repo, user, issue, 'labeled', label);
  return issue;
}

/** @throws 410 when the repository has issues switched off. */
export function requireIssues(repo: Repo): void {
  if (!repo.hasIssues) throw new GitHubApiError(410, 'Issues has been disabled in this repository.');
}

export function deleteIssue(world: World, repo: Repo, user: User, issue: Issue): void {
  repo.issues.delete(issue.number);
  repo.deleted.add(issue.number);
  announceIssue(world, repo, user, issue, 'deleted');
}

/** @throws 404 when there was none, 410 when it was deleted. */
export function findIssue(repo: Repo, number: number): Issue {
  if (repo.deleted.has(number)) throw new GitHubApiError(410, 'This issue was deleted');
  const issue = repo.issues.get(number);
  if (issue && !issue.pull) requireIssues(repo);
  if (!issue) throw notFound();
  return issue;
}

/** Changes an issue or a pull request; each kind of change is announced by itself. */
export function updateIssue(world: World, repo: Repo, user: User, issue: Issue, patch: IssuePatch): void {
  checkText('Issue', patch);
  const changes: Record<string, { from: unknown }> = {};
  if (patch.title !== undefined && patch.title !== issue.title) {
    changes.title = { from: issue.title };
    issue.title = patch.title;
  }
  if (patch.body !== undefined && patch.body !== issue.body) {
    changes.body = { from: issue.body ?? '' };
    issue.body = patch.body;
  }
  issue.updatedAt = now();
  if (Object.keys(changes).length > 0) announceIssue(world, repo, user, issue, 'edited', { changes });
  if (patch.labels) setLabels(world, repo, user, issue, patch.labels);
  if (patch.assignees) issue.assignees = patch.assignees.map((login) => ensureUser(world, login));
  if (patch.state && patch.state !== issue.state)
    setState(world, repo, user, issue, patch.state, patch.stateReason ?? null);
}

function setState(
  world: World,
  repo: Repo,
  user: User,
  issue: Issue,
  state: Issue['state'],
  reason: Issue['stateReason'],
) {
  if (state === 'open' && issue.pull?.mergedAt)
    throw validationFailed({
      resource: 'PullRequest',
      code: 'custom',
      field: 'state',
      message: 'state cannot be changed. The pull request cannot be reopened.',
    });
  issue.state = state;
  issue.closedAt = state === 'closed' ? now() : null;
  issue.closedBy = state === 'closed' ? user : null;
  issue.stateReason = issue.pull ? null : state === 'closed' ? (reason ?? 'completed') : 'reopened';
  announceIssue(world, repo, user, issue, state === 'closed' ? 'closed' : 'reopened');
}

/** The repository's labels with these names; new names become new labels, as GitHub does. */
export function labelsNamed(world: World, repo: Repo, names: string[]): Label[] {
  return names.map((name) => {
    const known = repo.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
    if (known) return known;
    const label: Label = { id: world.nextId(), name, color: 'ededed', description: null };
    repo.labels.push(label);
    return label;
  });
}

/** Makes the issue's labels exactly these. */
export function setLabels(world: World, repo: Repo, user: User, issue: Issue, names: string[]): void {
  const wanted = labelsNamed(world, repo, names);
  const before = issue.labels;
  issue.labels = wanted;
  issue.updatedAt = now();
  for (const label of before.filter((old) => !wanted.includes(old)))
    announceLabel(world, repo, user, issue, 'unlabeled', label);
  for (const label of wanted.filter((fresh) => !before.includes(fresh)))
    announceLabel(world, repo, user, issue, 'labeled', label);
}

function announceLabel(world: World, repo: Repo, user: User, issue: Issue, action: string, label: Label): void {
  announceIssue(world, repo, user, issue, action, { label: labelShape(world, repo, label) });
}

/** The `issues` webhook, or `pull_request` when the issue is one. */
export function announceIssue(
  world: World,
  repo: Repo,
  user: User,
  issue: Issue,
  action: string,
  extra: Record<string, unknown> = {},
): void {
  const pull = asPull(issue);
  if (pull) {
    announcePull(world, repo, user, pull, action, extra);
    return;
  }
  announce(world, repo, user, 'issues', action, { issue: issueShape(world, repo, issue), ...extra });
  world.events.emit('issue', { repo: repo.fullName, number: issue.number, action, by: user.login, title: issue.title });
}

export function lockIssue(
  world: World,
  repo: Repo,
  user: User,
  issue: Issue,
  locked: boolean,
  reason: string | null,
): void {
  issue.locked = locked;
  issue.lockReason = locked ? reason : null;
  announceIssue(world, repo, user, issue, locked ? 'locked' : 'unlocked', { assignee: simpleUser(world, user) });
}

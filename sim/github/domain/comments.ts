import { atLeast, permissionOf } from '../access.ts';
import { now } from '../clock.ts';
import { checkText, forbidden, validationFailed } from '../errors.ts';
import type { Authored, Comment, Issue, Reaction, ReactionContent, Repo, User } from '../model.ts';
import { commentShape, issueShape } from '../shapes/issue.ts';
import type { World } from '../world.ts';
import { announce } from './announce.ts';

export function createComment(world: World, repo: Repo, user: User, issue: Issue, body: string): Comment {
  if (!body?.trim()) throw validationFailed({ resource: 'IssueComment', code: 'missing_field', field: 'body' });
  checkText('IssueComment', { body });
  if (issue.locked && !atLeast(permissionOf(repo, user), 'write') && user.id !== world.app.bot.id)
    throw forbidden('Unable to create comment because issue is locked.');
  const comment: Comment = { ...newAuthored(world, user), body };
  issue.comments.push(comment);
  issue.updatedAt = comment.createdAt;
  announceComment(world, repo, user, issue, comment, 'created');
  return comment;
}

export function newAuthored(world: World, user: User): Authored {
  const at = now();
  return {
    id: world.nextId(),
    user,
    viaApp: user.id === world.app.bot.id,
    createdAt: at,
    updatedAt: at,
    reactions: [],
  };
}

export function editComment(world: World, repo: Repo, user: User, issue: Issue, comment: Comment, body: string): void {
  checkText('IssueComment', { body });
  const from = comment.body;
  comment.body = body;
  comment.updatedAt = now();
  issue.updatedAt = comment.updatedAt;
  announceComment(world, repo, user, issue, comment, 'edited', { changes: { body: { from } } });
}

export function deleteComment(world: World, repo: Repo, user: User, issue: Issue, comment: Comment): void {
  issue.comments = issue.comments.filter((other) => other !== comment);
  announceComment(world, repo, user, issue, comment, 'deleted');
}

function announceComment(
  world: World,
  repo: Repo,
  user: User,
  issue: Issue,
  comment: Comment,
  action: string,
  extra: Record<string, unknown> = {},
): void {
  announce(world, repo, user, 'issue_comment', action, {
    issue: issueShape(world, repo, issue),
    comment: commentShape(world, repo, issue, comment),
    ...extra,
  });
  const { id, body } = comment;
  world.events.emit('comment', { repo: repo.fullName, number: issue.number, action, by: user.login, id, body });
}

export function findComment(repo: Repo, id: number): { issue: Issue; comment: Comment } | undefined {
  for (const issue of repo.issues.values()) {
    const comment = issue.comments.find((known) => known.id === id);
    if (comment) return { issue, comment };
  }
  return undefined;
}

/** Adds a reaction; a second one of the same kind by the same person is the first one. GitHub sends no webhook for reactions. */
export function react(
  world: World,
  repo: Repo,
  user: User,
  target: Authored,
  content: ReactionContent,
): { reaction: Reaction; created: boolean } {
  const known = target.reactions.find((reaction) => reaction.user.id === user.id && reaction.content === content);
  if (known) return { reaction: known, created: false };
  const reaction: Reaction = { id: world.nextId(), user, content, createdAt: now() };
  target.reactions.push(reaction);
  world.events.emit('reaction', { repo: repo.fullName, by: user.login, content, on: 'item', id: target.id });
  return { reaction, created: true };
}

import { associationOf } from '../access.ts';
import type { Authored, Comment, Issue, Label, Reaction, Repo } from '../model.ts';
import type { World } from '../world.ts';
import { appShape } from './app.ts';
import { repoApi, repoHtml } from './repository.ts';
import { nodeId, simpleUser } from './user.ts';

const CONTENTS = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'] as const;

export function reactionRollup(url: string, reactions: Reaction[]) {
  const count = (content: string) => reactions.filter((reaction) => reaction.content === content).length;
  return {
    url: `${url}/reactions`,
    total_count: reactions.length,
    ...Object.fromEntries(CONTENTS.map((content) => [content, count(content)])),
  };
}

export function reactionShape(world: World, reaction: Reaction) {
  return {
    id: reaction.id,
    node_id: nodeId('REA', reaction.id),
    user: simpleUser(world, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

export function labelShape(world: World, repo: Repo, label: Label) {
  return {
    id: label.id,
    node_id: nodeId('LA', label.id),
    url: `${repoApi(world, repo)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

/** Author, dates and standing: the same on issues, comments and reviews. */
export function authored(world: World, repo: Repo, item: Omit<Authored, 'reactions'>) {
  return {
    user: simpleUser(world, item.user),
    created_at: item.createdAt,
    updated_at: item.updatedAt,
    author_association: associationOf(world, repo, item.user),
  };
}

export function issueUrls(world: World, repo: Repo, issue: Issue) {
  return {
    api: `${repoApi(world, repo)}/issues/${issue.number}`,
    html: `${repoHtml(world, repo)}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`,
  };
}

/** `issue` of GitHub's API description; a pull request shows its `pull_request` part. */
export function issueShape(world: World, repo: Repo, issue: Issue) {
  const { api, html } = issueUrls(world, repo, issue);
  const assignees = issue.assignees.map((user) => simpleUser(world, user));
  return {
    url: api,
    repository_url: repoApi(world, repo),
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    timeline_url: `${api}/timeline`,
    html_url: html,
    id: issue.id,
    node_id: issue.pull ? nodeId('PR', repo.id, issue.number) : nodeId('I', repo.id, issue.number),
    number: issue.number,
    title: issue.title,
    ...authored(world, repo, issue),
    labels: issue.labels.map((label) => labelShape(world, repo, label)),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: issue.locked,
    active_lock_reason: issue.lockReason,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments: issue.comments.length,
    closed_at: issue.closedAt,
    closed_by: issue.closedBy ? simpleUser(world, issue.closedBy) : null,
    body: issue.body,
    reactions: reactionRollup(api, issue.reactions),
    performed_via_github_app: issue.viaApp ? appShape(world) : null,
    ...(issue.pull
      ? {
          draft: issue.pull.draft,
          pull_request: {
            url: `${repoApi(world, repo)}/pulls/${issue.number}`,
            html_url: html,
            diff_url: `${html}.diff`,
            patch_url: `${html}.patch`,
            merged_at: issue.pull.mergedAt,
          },
        }
      : {}),
  };
}

/** `issue-comment` of GitHub's API description. */
export function commentShape(world: World, repo: Repo, issue: Issue, comment: Comment) {
  const { api, html } = issueUrls(world, repo, issue);
  const url = `${repoApi(world, repo)}/issues/comments/${comment.id}`;
  return {
    url,
    html_url: `${html}#issuecomment-${comment.id}`,
    issue_url: api,
    id: comment.id,
    node_id: nodeId('IC', repo.id, comment.id),
    ...authored(world, repo, comment),
    body: comment.body,
    reactions: reactionRollup(url, comment.reactions),
    performed_via_github_app: comment.viaApp ? appShape(world) : null,
  };
}

import type { CodeHost, HostComment } from '../../core/code-host.ts';
import type { Api, Target } from './api.ts';
import { isPerson, since as notBefore } from './authors.ts';
import { REPEATABLE } from './client.ts';
import { ensure } from './ensure.ts';
import { markerOf, withMarker } from './marker.ts';

type Part = Pick<CodeHost, 'ensureComment' | 'comments' | 'acknowledge'>;

/** Comments below issues and pull requests. */
export function comments(api: Api): Part {
  return {
    ensureComment: (repo, issue, { marker, body }) =>
      api.inTurn(`${repo}#${issue} comment ${marker}`, () =>
        api.call(repo, async (target) => {
          const { octokit, at } = target;
          const login = await api.login();
          const text = withMarker(body, marker);
          const comment = await ensure(
            () => findComment(target, issue, login, marker),
            async () => (await octokit.rest.issues.createComment({ ...at, issue_number: issue, body: text })).data,
          );
          if (comment.body !== text)
            await octokit.rest.issues.updateComment({ ...at, comment_id: comment.id, body: text, ...REPEATABLE });
          return { id: comment.id, url: comment.html_url };
        }),
      ),

    comments: (repo, issue, since) =>
      api.call(repo, async ({ octokit, at }) => {
        const login = await api.login();
        // The API's own `since` is about the last edit: it only narrows, the moment of writing decides.
        const query = { ...at, issue_number: issue, since: new Date(notBefore(since)).toISOString(), per_page: 100 };
        const all = await octokit.paginate(octokit.rest.issues.listComments, query);
        return all
          .filter((comment) => isPerson(comment, login) && Date.parse(comment.created_at) >= notBefore(since))
          .map(
            (comment): HostComment => ({
              id: comment.id,
              author: comment.user?.login ?? '',
              body: comment.body ?? '',
              at: Date.parse(comment.created_at),
              url: comment.html_url,
            }),
          )
          .sort((a, b) => a.at - b.at || a.id - b.id);
      }),

    acknowledge: (repo, { id, kind }) =>
      api.call(repo, async ({ octokit, at }) => {
        const reaction = { ...at, comment_id: id, content: 'eyes', ...REPEATABLE } as const;
        if (kind === 'issue') await octokit.rest.reactions.createForIssueComment(reaction);
        else await octokit.rest.reactions.createForPullRequestReviewComment(reaction);
      }),
  };
}

async function findComment({ octokit, at }: Target, issue: number, login: string, marker: string) {
  const query = { ...at, issue_number: issue, per_page: 100 };
  for await (const { data } of octokit.paginate.iterator(octokit.rest.issues.listComments, query)) {
    const found = data.find((comment) => comment.user?.login === login && markerOf(comment.body) === marker);
    if (found) return found;
  }
  return null;
}

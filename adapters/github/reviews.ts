import type { CodeHost, HostReview, HostReviewComment } from '../../core/code-host.ts';
import type { Api, Target } from './api.ts';
import { isPerson, since as notBefore } from './authors.ts';
import { ensure } from './ensure.ts';
import { markerOf, withMarker } from './marker.ts';
import { resolvedThreads } from './review-threads.ts';

/** Reviews, their inline comments and our replies to them. */
export function reviews(api: Api): Pick<CodeHost, 'reviews' | 'replyInThread'> {
  return {
    reviews: (repo, pull, since) =>
      api.call(repo, async (target) => {
        const login = await api.login();
        const all = await listReviews(target, pull);
        const published = new Map(all.map((review) => [review.id, Date.parse(review.submitted_at ?? '')]));
        const fresh = (at: number) => at >= notBefore(since);
        const written = (await listComments(target, pull))
          .filter((comment) => isPerson(comment, login))
          .map((comment) => toComment(comment, published))
          .filter((comment) => fresh(comment.at));
        const resolved = written.length > 0 ? await resolvedThreads(target, pull) : new Set<number>();
        return {
          reviews: all
            .filter((review) => isPerson(review, login))
            .flatMap(toReview)
            .filter((review) => fresh(review.at))
            .sort(oldestFirst),
          comments: written.filter((comment) => !resolved.has(comment.replyTo ?? comment.id)).sort(oldestFirst),
        };
      }),

    replyInThread: (repo, pull, comment, { marker, body }) =>
      api.inTurn(`${repo}#${pull} reply ${marker}`, () =>
        api.call(repo, async (target) => {
          const { octokit, at } = target;
          const login = await api.login();
          const sent = async () => {
            const all = await listComments(target, pull);
            return all.some((other) => other.user.login === login && markerOf(other.body) === marker) || null;
          };
          await ensure(sent, async () => {
            const root = await rootOf(target, comment);
            const reply = { pull_number: pull, comment_id: root, body: withMarker(body, marker) };
            await octokit.rest.pulls.createReplyForReviewComment({ ...at, ...reply });
            return true;
          });
        }),
      ),
  };
}

function listReviews({ octokit, at }: Target, pull: number) {
  return octokit.paginate(octokit.rest.pulls.listReviews, { ...at, pull_number: pull, per_page: 100 });
}

/**
 * All of them, without the API's `since`: a comment of a pending review keeps the time at which it was drafted, so one
 * that was drafted before `since` and published after it would be lost.
 */
function listComments({ octokit, at }: Target, pull: number) {
  return octokit.paginate(octokit.rest.pulls.listReviewComments, { ...at, pull_number: pull, per_page: 100 });
}

/** Replies go to the comment that began the thread; GitHub refuses a reply to a reply. */
async function rootOf({ octokit, at }: Target, comment: number): Promise<number> {
  const { data } = await octokit.rest.pulls.getReviewComment({ ...at, comment_id: comment });
  return data.in_reply_to_id ?? data.id;
}

type GitHubReview = Awaited<ReturnType<typeof listReviews>>[number];
type GitHubComment = Awaited<ReturnType<typeof listComments>>[number];

/** Nothing for a pending review, and for one that only carries inline comments. */
function toReview(review: GitHubReview): HostReview[] {
  const state = stateOf(review.state);
  if (!state || !review.submitted_at || (state === 'commented' && !review.body.trim())) return [];
  const author = review.user?.login ?? '';
  return [
    { id: review.id, author, state, body: review.body, at: Date.parse(review.submitted_at), url: review.html_url },
  ];
}

function stateOf(state: string): HostReview['state'] | null {
  switch (state.toUpperCase()) {
    case 'APPROVED':
      return 'approved';
    case 'CHANGES_REQUESTED':
      return 'changes_requested';
    case 'COMMENTED':
      return 'commented';
    case 'DISMISSED':
      return 'dismissed';
    default:
      return null;
  }
}

/** `at` is when others could first read it: a review's comments are drafted earlier than they are published. */
function toComment(comment: GitHubComment, published: Map<number, number>): HostReviewComment {
  const created = Date.parse(comment.created_at);
  const review = comment.pull_request_review_id ?? null;
  return {
    id: comment.id,
    author: comment.user.login,
    body: comment.body,
    at: Math.max(created, (review !== null && published.get(review)) || 0),
    url: comment.html_url,
    path: comment.path,
    line: comment.line ?? comment.original_line ?? null,
    diff: comment.diff_hunk,
    review,
    replyTo: comment.in_reply_to_id ?? null,
  };
}

function oldestFirst(a: { at: number; id: number }, b: { at: number; id: number }): number {
  return a.at - b.at || a.id - b.id;
}

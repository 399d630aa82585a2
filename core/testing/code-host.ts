import type { CodeHost, Guarded, HostComment, HostReview, HostReviewComment, PullRequest } from '../code-host.ts';
import type { CheckItem } from '../domain/ci.ts';
import { Failure } from '../errors.ts';

export interface FakeCodeHost extends CodeHost {
  readonly heads: Map<string, string>;
  readonly issues: { number: number; marker: string; title: string; body: string; state: 'open' | 'closed' }[];
  readonly pulls: (PullRequest & { title: string; body: string })[];
  /** Our own comments, by marker. */
  readonly ours: { issue: number; id: number; marker: string; body: string }[];
  readonly written: (HostComment & { issue: number })[];
  readonly reviewed: { reviews: HostReview[]; comments: HostReviewComment[] };
  readonly acknowledged: number[];
  /** What commits have of the guarded files, where they have any. */
  readonly guardedAt: Map<string, Partial<Guarded>>;
  readonly permissions: Map<string, 'admin' | 'write' | 'read' | 'none'>;
  checked: CheckItem[];
  /** Calls of this method fail so until it is null again. */
  failing: { method: keyof CodeHost; failure: Failure; after?: Promise<void> } | null;
  change(pull: number, change: Partial<PullRequest>): void;
}

const noGuarded: Guarded = {
  '.github/workflows': null,
  '.github/CODEOWNERS': null,
  CODEOWNERS: null,
  'docs/CODEOWNERS': null,
};

const missing = (what: string) =>
  new Failure(`${what} does not exist.`, { code: 'repository_not_found', remedy: 'never' });

/** A code host in memory with the one repository `acme/web`. */
export function createFakeCodeHost(): FakeCodeHost {
  const heads = new Map([['main', 'a'.repeat(40)]]);
  let last = 0;
  const next = () => {
    last += 1;
    return last;
  };
  const url = (kind: string, number: number) => `https://host.example/acme/web/${kind}/${number}`;

  const host: FakeCodeHost = {
    ...{ heads, issues: [], pulls: [], ours: [], written: [], reviewed: { reviews: [], comments: [] } },
    guardedAt: new Map(),
    ...{ acknowledged: [], permissions: new Map([['ana', 'write']]), checked: [], failing: null },
    change(number, change) {
      Object.assign(pullOf(number), change);
    },
    async repository(repo) {
      if (repo.toLowerCase() !== 'acme/web') throw missing(repo);
      return { name: 'acme/web', defaultBranch: 'main', empty: false, url: 'https://host.example/acme/web' };
    },
    async ensureIssue(_repo, { marker, title, body }) {
      const found = host.issues.find((issue) => issue.marker === marker);
      const issue = found ?? { number: next(), marker, title, body, state: 'open' as const };
      if (!found) host.issues.push(issue);
      return { number: issue.number, url: url('issues', issue.number) };
    },
    async updateIssue(_repo, number, { body, state }) {
      const issue = host.issues.find((item) => item.number === number);
      Object.assign(issue ?? pullOf(number), { ...(body && { body }), ...(state && { state }) });
    },
    async ensureComment(_repo, issue, { marker, body }) {
      const found = host.ours.find((comment) => comment.issue === issue && comment.marker === marker);
      const comment = found ?? { issue, id: next(), marker, body };
      if (!found) host.ours.push(comment);
      comment.body = body;
      return { id: comment.id, url: url('issues', issue) };
    },
    comments: async (_repo, issue, since) =>
      host.written.filter((comment) => comment.issue === issue && comment.at >= since - 1000),
    permission: async (_repo, login) => host.permissions.get(login) ?? 'none',
    head: async (_repo, branch) => heads.get(branch) ?? null,
    contains: async (_repo, sha, ancestor) => sha === ancestor,
    async ensureBranch(_repo, branch, base) {
      const head = heads.get(branch) ?? heads.get(base);
      if (!head) throw missing(base);
      heads.set(branch, head);
      return head;
    },
    async ensurePullRequest(_repo, { branch, base, title, body }) {
      const found = host.pulls.find((pull) => pull.headBranch === branch && pull.state === 'open');
      if (found) return found;
      const head = heads.get(branch);
      if (!head || head === heads.get(base))
        throw new Failure('There is nothing in it.', { code: 'no_commits', remedy: 'never' });
      const number = next();
      const open = { state: 'open', draft: true, head, headBranch: branch, base, mergeable: true } as const;
      const pull = { ...open, number, url: url('pull', number), title, body };
      host.pulls.push(pull);
      return pull;
    },
    pullRequest: async (_repo, number) => pullOf(number),
    async updatePullRequest(_repo, number, change) {
      Object.assign(pullOf(number), change);
    },
    async markReady(_repo, number) {
      Object.assign(pullOf(number), { draft: false });
    },
    checks: async () => host.checked,
    failureLog: async () => 'it failed',
    reviews: async (_repo, _pull, since) => ({
      reviews: host.reviewed.reviews.filter((item) => item.at >= since - 1000),
      comments: host.reviewed.comments.filter((item) => item.at >= since - 1000),
    }),
    async acknowledge(_repo, { id }) {
      host.acknowledged.push(id);
    },
    async replyInThread(repo, pull, _comment, reply) {
      await host.ensureComment(repo, pull, reply);
    },
    guarded: async (_repo, sha) => ({ ...noGuarded, ...host.guardedAt.get(sha) }),
    mergeBase: async () => heads.get('main') ?? null,
    gitAccess: async (repo) => ({ url: `https://host.example/${repo}.git`, username: 'x', password: 'y' }),
  };

  function pullOf(number: number) {
    const pull = host.pulls.find((item) => item.number === number);
    if (!pull) throw missing(`pull request ${number}`);
    return pull;
  }

  return new Proxy(host, {
    get(target, name: keyof FakeCodeHost) {
      const { failing } = target;
      if (failing?.method !== name) return target[name];
      return async () => {
        await failing.after;
        throw failing.failure;
      };
    },
  });
}

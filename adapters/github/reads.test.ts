import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGitHubSim, type GitHubPerson, type GitHubSim } from '../../sim/github/index.ts';
import { createGitHub, type GitHubHost } from './index.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const repo = 'acme/web';

let sim: GitHubSim;
let github: GitHubHost;
let ana: GitHubPerson;
beforeEach(async () => {
  sim = await createGitHubSim();
  await sim.createRepo(repo);
  ana = sim.person('ana', { permission: 'write' });
  github = createGitHub({ auth: { token: sim.token }, apiUrl: sim.apiUrl, url: sim.url, log: silent });
});
afterEach(() => sim.close());

async function openPull(): Promise<number> {
  await ana.push(repo, 'fix', { 'a.txt': 'one\ntwo\n' }, 'Add a');
  return (await github.ensurePullRequest(repo, { branch: 'fix', base: 'main', title: 'Fix', body: '' })).number;
}

describe('repository', () => {
  it('tells its default branch, and whether it is empty', async () => {
    await sim.createRepo('acme/new', { empty: true });
    const url = `${sim.url}/acme/web`;
    expect(await github.repository(repo)).toEqual({ name: repo, defaultBranch: 'main', empty: false, url });
    expect((await github.repository('acme/new')).empty).toBe(true);
  });

  it('throws repository_not_found with advice for the token, and repository_archived', async () => {
    await sim.createRepo('acme/secret', { private: true, installed: false });
    await sim.createRepo('acme/old', { archived: true });
    for (const name of ['acme/secret', 'acme/none'])
      await expect(github.repository(name)).rejects.toMatchObject({
        code: 'repository_not_found',
        advice: /GITHUB_TOKEN/,
      });
    await expect(github.repository('acme/old')).rejects.toMatchObject({ code: 'repository_archived', remedy: 'never' });
  });
});

describe('head and contains', () => {
  it('read a branch, and say which commit holds which', async () => {
    const main = await github.head(repo, 'main');
    const fix = await ana.push(repo, 'feature/größe#1', { 'a.txt': 'a' }, 'Add a');
    const forced = await ana.push(repo, 'main', { 'b.txt': 'b' }, 'Add b');
    expect(await github.head(repo, 'feature/größe#1')).toBe(fix);
    expect(await github.head(repo, 'gone')).toBeNull();
    expect(await github.contains(repo, fix, main ?? '')).toBe(true);
    expect(await github.contains(repo, fix, fix)).toBe(true);
    expect(await github.contains(repo, main ?? '', fix)).toBe(false);
    expect(await github.contains(repo, fix, forced)).toBe(false);
    expect(await github.contains(repo, fix, 'f'.repeat(40))).toBe(false);
  });

  it('a branch of a repository that vanished is not merely absent', async () => {
    await expect(github.head('acme/none', 'main')).rejects.toMatchObject({ code: 'repository_not_found' });
    await expect(github.contains('acme/none', 'a', 'b')).rejects.toMatchObject({ code: 'repository_not_found' });
  });
});

describe('permission', () => {
  it('tells what a login may do, none for strangers and unknown ones', async () => {
    await sim.createRepo('acme/secret', { private: true });
    sim.person('mia', { permission: { [repo]: 'maintain' } });
    sim.person('stranger');
    expect(await github.permission(repo, 'ana')).toBe('write');
    expect(await github.permission(repo, 'mia')).toBe('write');
    expect(await github.permission('acme/secret', 'stranger')).toBe('none');
    expect(await github.permission(repo, 'nobody-at-all')).toBe('none');
  });
});

describe('comments', () => {
  it('reads all pages of what people wrote, oldest first, without bots and our own', async () => {
    const { number } = await github.ensureIssue(repo, { marker: 'm', title: 't', body: 'b', labels: [] });
    await github.ensureComment(repo, number, { marker: 'progress', body: 'Working' });
    for (let i = 0; i < 120; i++) ana.comment(repo, number, `${i}`);
    sim.person('ci[bot]').comment(repo, number, 'coverage 90 %');
    const read = await github.comments(repo, number, 0);
    expect(read.map((comment) => comment.body)).toEqual(Array.from({ length: 120 }, (_, i) => `${i}`));
    expect(read[0]).toMatchObject({ author: 'ana', url: expect.stringContaining('#issuecomment-') });
  });

  it('hears the person whose token it uses, but not its own writings', async () => {
    const { number } = await github.ensureIssue(repo, { marker: 'm', title: 't', body: 'b', labels: [] });
    await github.ensureComment(repo, number, { marker: 'progress', body: 'Working' });
    sim.person('mainloop-bot').comment(repo, number, 'Looks good');
    expect((await github.comments(repo, number, 0)).map((comment) => comment.body)).toEqual(['Looks good']);
  });

  it('leaves out what was written before, though edited since, and loses none of the same second', async () => {
    const { number } = await github.ensureIssue(repo, { marker: 'm', title: 't', body: 'b', labels: [] });
    const old = ana.comment(repo, number, 'old');
    old.createdAt = '2026-01-01T00:00:00Z';
    ana.editComment(repo, old.id, 'old, edited');
    const fresh = ana.comment(repo, number, 'fresh');
    const sameSecond = Date.parse(fresh.createdAt) + 999;
    expect((await github.comments(repo, number, sameSecond)).map((comment) => comment.body)).toEqual(['fresh']);
    expect(await github.comments(repo, number, sameSecond + 1)).toEqual([]);
  });

  it('throws gone for an issue that is not there', async () => {
    await expect(github.comments(repo, 999, 0)).rejects.toMatchObject({ code: 'gone', remedy: 'never' });
  });
});

describe('reviews', () => {
  it('reads reviews and inline comments with their threads, oldest first', async () => {
    const number = await openPull();
    await ana.review(repo, number, { event: 'REQUEST_CHANGES', body: 'Not yet' });
    const first = await ana.reviewComment(repo, number, { path: 'a.txt', line: 2, body: 'Why two?' });
    const reply = ana.replyToReviewComment(repo, number, first.id, 'Still asking');
    const { reviews, comments } = await github.reviews(repo, number, 0);
    expect(reviews).toMatchObject([{ author: 'ana', state: 'changes_requested', body: 'Not yet' }]);
    expect(comments).toMatchObject([
      { id: first.id, path: 'a.txt', line: 2, replyTo: null, diff: expect.stringContaining('@@') },
      { id: reply.id, replyTo: first.id },
    ]);
  });

  it('leaves out resolved threads', async () => {
    const number = await openPull();
    const done = await ana.reviewComment(repo, number, { path: 'a.txt', line: 1, body: 'done' });
    ana.replyToReviewComment(repo, number, done.id, 'agreed');
    const open = await ana.reviewComment(repo, number, { path: 'a.txt', line: 2, body: 'open' });
    sim.prs(repo)[0]?.pull.resolved.add(done.id);
    expect((await github.reviews(repo, number, 0)).comments.map(({ id }) => id)).toEqual([open.id]);
  });

  it('finds a comment that was drafted before and published after the last look', async () => {
    const number = await openPull();
    const review = await ana.review(repo, number, {
      body: 'See below',
      comments: [{ path: 'a.txt', line: 1, body: 'x' }],
    });
    const drafted = sim.prs(repo)[0]?.pull.reviewComments.find((comment) => comment.reviewId === review.id);
    if (drafted) drafted.createdAt = drafted.updatedAt = '2026-01-01T00:00:00Z';
    const { comments } = await github.reviews(repo, number, Date.parse(review.createdAt));
    expect(comments).toMatchObject([{ body: 'x', at: Date.parse(review.createdAt) }]);
  });

  it('answers once per marker in the thread, also to a reply, and acknowledges as often as one likes', async () => {
    const number = await openPull();
    const first = await ana.reviewComment(repo, number, { path: 'a.txt', line: 2, body: 'Why?' });
    const second = ana.replyToReviewComment(repo, number, first.id, 'And why?');
    sim.faults.add({ kind: 'drop_after', method: 'POST', path: /replies$/ });
    for (let i = 0; i < 2; i++) {
      await github.replyInThread(repo, number, second.id, { marker: 'reply-1', body: 'Done in abc' });
      await github.acknowledge(repo, { id: second.id, kind: 'review' });
    }
    const all = sim.prs(repo)[0]?.pull.reviewComments ?? [];
    expect(all.map((comment) => comment.inReplyTo)).toEqual([null, first.id, first.id]);
    expect(all[1]?.reactions.map((reaction) => reaction.content)).toEqual(['eyes']);
    expect((await github.reviews(repo, number, 0)).comments).toHaveLength(2);
  });

  it('acknowledges a comment below the issue', async () => {
    const { number } = await github.ensureIssue(repo, { marker: 'm', title: 't', body: 'b', labels: [] });
    const comment = ana.comment(repo, number, 'Go');
    await github.acknowledge(repo, { id: comment.id, kind: 'issue' });
    expect(comment.reactions).toHaveLength(1);
    await expect(github.acknowledge(repo, { id: 99_999, kind: 'issue' })).rejects.toMatchObject({ code: 'gone' });
  });
});

describe('failures', () => {
  it('a read is repeated through bad gateways, and is retryable when they go on', async () => {
    sim.faults.add({ kind: 'error502', method: 'GET', times: 2 });
    expect(await github.head(repo, 'main')).toBe(await sim.head(repo, 'main'));
    sim.faults.add({ kind: 'error502', method: 'GET', times: 20 });
    await expect(github.head(repo, 'main')).rejects.toMatchObject({ code: 'unavailable', remedy: 'retry' });
  });

  it('a refusal is not repeated', async () => {
    sim.requests.length = 0;
    await expect(github.pullRequest(repo, 99)).rejects.toMatchObject({ code: 'gone' });
    expect(sim.requests.map(({ path, status }) => [path, status])).toEqual([
      ['/repos/acme/web/pulls/99', 404],
      ['/repos/acme/web', 200],
    ]);
  });

  it('a long rate limit is told with its length instead of waited out', async () => {
    for (const kind of ['rate_limit', 'secondary_rate_limit'] as const) {
      sim.faults.clear();
      sim.faults.add({ kind, retryAfterSeconds: 600, times: 10 });
      const failure = await github.head(repo, 'main').catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'rate_limited', remedy: 'retry', retryAfterMs: expect.any(Number) });
      expect((failure as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(590_000);
    }
  });

  it('a write that is never answered well says: look', async () => {
    sim.faults.add({ kind: 'error500', method: 'POST', times: 20 });
    const issue = { marker: 'm', title: 't', body: 'b', labels: [] };
    await expect(github.ensureIssue(repo, issue)).rejects.toMatchObject({ code: 'unavailable', remedy: 'look' });
  });

  it('a server that is not there is unavailable', async () => {
    const nowhere = createGitHub({ auth: { token: 'x' }, apiUrl: 'http://127.0.0.1:9/api/v3', log: silent });
    await expect(nowhere.head(repo, 'main')).rejects.toMatchObject({ code: 'unavailable', remedy: 'retry' });
  });
});

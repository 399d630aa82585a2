import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fixture, openFixture, repo } from '../fixture.ts';
import type { GitHubPerson } from '../index.ts';

let fixture: Fixture;
let ana: GitHubPerson;
const rest = () => fixture.octokit.rest;

beforeEach(async () => {
  fixture = await openFixture();
  await fixture.sim.createRepo('acme/web', { files: { 'a.txt': 'one\n', 'b.txt': 'one\n' } });
  ana = fixture.sim.person('ana', { permission: 'write' });
});
afterEach(() => fixture.close());

const open = (head: string, more = {}) =>
  rest().pulls.create({ ...repo, title: `From ${head}`, head, base: 'main', ...more });
const get = async (pull_number: number) => (await rest().pulls.get({ ...repo, pull_number })).data;

test('a pull request is refused in the words of GitHub', async () => {
  await ana.push('acme/web', 'fix', { 'a.txt': 'two\n' }, 'Two');
  await open('fix');
  await expect(open('acme:fix')).rejects.toMatchObject({
    status: 422,
    message: expect.stringContaining('A pull request already exists for acme:fix.'),
  });
  const sha = (await fixture.sim.head('acme/web', 'main')) ?? '';
  await rest().git.createRef({ ...repo, ref: 'refs/heads/same', sha });
  await expect(open('same')).rejects.toMatchObject({
    message: expect.stringContaining('No commits between main and same'),
  });
  await expect(open('none')).rejects.toMatchObject({ status: 422, message: expect.stringContaining('"field":"head"') });
});

test('it is found by its head, changed, listed with files and commits, closed and reopened', async () => {
  await ana.push('acme/web', 'fix', { 'a.txt': 'two\n' }, 'Two');
  const { data: pr } = await open('fix', { body: 'why', draft: true });
  const find = async (query: object) =>
    (await rest().pulls.list({ ...repo, ...query })).data.map(({ number }) => number);
  expect(await find({ head: 'acme:fix' })).toEqual([pr.number]);
  expect(await find({ head: 'acme:other' })).toEqual([]);
  expect((await rest().pulls.listFiles({ ...repo, pull_number: 1 })).data[0]?.patch).toBe('@@ -1 +1 @@\n-one\n+two');
  expect(
    (await rest().pulls.listCommits({ ...repo, pull_number: 1 })).data.map(({ commit }) => commit.message),
  ).toEqual(['Two']);
  await rest().pulls.update({ ...repo, pull_number: 1, title: 'Better', body: 'because' });
  await rest().pulls.update({ ...repo, pull_number: 1, state: 'closed' });
  expect([await find({}), await find({ state: 'closed' })]).toEqual([[], [1]]);
  await rest().pulls.update({ ...repo, pull_number: 1, state: 'open' });
  expect(await get(1)).toMatchObject({ title: 'Better', body: 'because', state: 'open', draft: true });
  await rest().pulls.requestReviewers({ ...repo, pull_number: 1, reviewers: ['ana'] });
  expect(
    (await rest().pulls.listRequestedReviewers({ ...repo, pull_number: 1 })).data.users.map(({ login }) => login),
  ).toEqual(['ana']);
  await expect(rest().pulls.requestReviewers({ ...repo, pull_number: 1, reviewers: ['nobody'] })).rejects.toMatchObject(
    { status: 422 },
  );
});

test('a conflict makes it dirty and a merge impossible', async () => {
  await ana.push('acme/web', 'fix', { 'a.txt': 'two\n' }, 'Two');
  await open('fix');
  expect(await get(1)).toMatchObject({ mergeable: true, mergeable_state: 'clean' });
  await ana.push('acme/web', 'main', { 'a.txt': 'three\n' }, 'Three');
  expect(await get(1)).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
  await expect(rest().pulls.merge({ ...repo, pull_number: 1 })).rejects.toMatchObject({ status: 405 });
  await expect(rest().pulls.merge({ ...repo, pull_number: 1, sha: '1'.repeat(40) })).rejects.toMatchObject({
    status: 409,
  });
});

test.each(['merge', 'squash', 'rebase'] as const)('%s really merges', async (merge_method) => {
  await ana.push('acme/web', 'fix', { 'a.txt': 'two\n' }, 'Two');
  await ana.push('acme/web', 'fix', { 'c.txt': 'new\n' }, 'Three');
  await ana.push('acme/web', 'main', { 'b.txt': 'other\n' }, 'Meanwhile');
  await open('fix');
  const { data } = await rest().pulls.merge({ ...repo, pull_number: 1, merge_method });
  const { data: log } = await rest().repos.listCommits({ ...repo, sha: 'main' });
  const subjects = log.map(({ commit }) => commit.message.split('\n')[0]);
  const expected = {
    merge: ['Merge pull request #1 from acme/fix', 'Meanwhile', 'Three', 'Two', 'Initial commit'],
    squash: ['From fix (#1)', 'Meanwhile', 'Initial commit'],
    rebase: ['Three', 'Two', 'Meanwhile', 'Initial commit'],
  };
  expect(subjects[0]).toBe(expected[merge_method][0]);
  expect([...subjects].sort()).toEqual([...expected[merge_method]].sort());
  expect(await get(1)).toMatchObject({
    state: 'closed',
    merged: true,
    merge_commit_sha: data.sha,
    merged_by: { login: 'mainloop-bot' },
  });
  expect((await rest().pulls.checkIfMerged({ ...repo, pull_number: 1 })).status).toBe(204);
  await expect(rest().pulls.merge({ ...repo, pull_number: 1 })).rejects.toMatchObject({ status: 405 });
});

test('what people do to the branch shows in the pull request', async () => {
  await ana.push('acme/web', 'fix', { 'a.txt': 'two\n' }, 'Two');
  await open('fix');
  const forced = await ana.push('acme/web', 'fix', { 'a.txt': 'three\n' }, 'Again', { force: true });
  expect(await get(1)).toMatchObject({ head: { sha: forced }, commits: 1 });
  await ana.deleteBranch('acme/web', 'fix');
  expect(await get(1)).toMatchObject({ state: 'closed', merged: false, head: { sha: forced } });
  await expect(rest().pulls.update({ ...repo, pull_number: 1, state: 'open' })).rejects.toMatchObject({ status: 422 });
});

test('a head that reaches the base by a push counts as merged', async () => {
  const sha = await ana.push('acme/web', 'fix', { 'a.txt': 'two\n' }, 'Two');
  await open('fix');
  await rest().git.updateRef({ ...repo, ref: 'heads/main', sha });
  expect(await get(1)).toMatchObject({ state: 'closed', merged: true });
});

test('reviews, comments on lines, replies and resolved threads', async () => {
  await ana.push('acme/web', 'fix', { 'a.txt': 'two\n' }, 'Two');
  const { data: pr } = await open('fix');
  await expect(rest().pulls.createReview({ ...repo, pull_number: 1, event: 'APPROVE' })).rejects.toMatchObject({
    status: 422,
  });
  await ana.review('acme/web', 1, {
    event: 'REQUEST_CHANGES',
    body: 'Not yet',
    comments: [{ path: 'a.txt', line: 1, body: 'Why two?' }],
  });
  const { data: reviews } = await rest().pulls.listReviews({ ...repo, pull_number: 1 });
  expect(reviews.map(({ state, user }) => [state, user?.login])).toEqual([['CHANGES_REQUESTED', 'ana']]);
  const comments = async () => (await rest().pulls.listReviewComments({ ...repo, pull_number: 1 })).data;
  const [root] = await comments();
  expect(root).toMatchObject({
    path: 'a.txt',
    line: 1,
    diff_hunk: '@@ -1 +1 @@\n-one\n+two',
    author_association: 'COLLABORATOR',
  });
  const id = root?.id ?? 0;
  await rest().reactions.createForPullRequestReviewComment({ ...repo, comment_id: id, content: 'eyes' });
  const { data: reply } = await rest().pulls.createReplyForReviewComment({
    ...repo,
    pull_number: 1,
    comment_id: id,
    body: 'Because',
  });
  expect(reply.in_reply_to_id).toBe(id);
  ana.replyToReviewComment('acme/web', 1, reply.id, 'I see');
  expect((await comments()).map(({ in_reply_to_id }) => in_reply_to_id)).toEqual([undefined, id, id]);
  await rest().pulls.updateReviewComment({ ...repo, comment_id: reply.id, body: 'Because!' });
  expect((await rest().pulls.getReviewComment({ ...repo, comment_id: reply.id })).data.body).toBe('Because!');
  expect(
    (await rest().pulls.listCommentsForReview({ ...repo, pull_number: 1, review_id: reviews[0]?.id ?? 0 })).data,
  ).toHaveLength(1);
  await rest().pulls.createReviewComment({
    ...repo,
    pull_number: 1,
    path: 'a.txt',
    line: 1,
    commit_id: pr.head.sha,
    body: 'Mine',
  });
  await expect(ana.reviewComment('acme/web', 1, { path: 'b.txt', line: 1, body: 'x' })).rejects.toMatchObject({
    status: 422,
  });
});

test('a merge into the default branch closes the issues that the text names', async () => {
  for (const title of ['one', 'two', 'three']) ana.openIssue('acme/web', { title });
  await ana.push('acme/web', 'fix', { 'a.txt': 'two\n' }, 'Two');
  const { data: pr } = await open('fix', { body: 'Closes #1, fixes: #2, see #3' });
  await rest().pulls.merge({ ...repo, pull_number: pr.number });
  expect(fixture.sim.issues('acme/web').map(({ state }) => state)).toEqual(['closed', 'closed', 'open']);
});

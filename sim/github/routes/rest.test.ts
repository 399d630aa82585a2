import { afterAll, beforeAll, expect, test } from 'vitest';
import { FILES, type Fixture, openApi, openFixture, repo } from '../fixture.ts';
import type { GitHubPerson } from '../index.ts';

// One world for all: the tests read what earlier ones wrote, as a repository grows.
let fixture: Fixture;
let ana: GitHubPerson;
const rest = () => fixture.octokit.rest;

beforeAll(async () => {
  fixture = await openFixture();
  const { sim } = fixture;
  await sim.createRepo('acme/web', { files: FILES });
  await sim.createRepo('acme/secret', { private: true, installed: false });
  await sim.createRepo('acme/old', { archived: true });
  await sim.createRepo('acme/empty', { empty: true });
  ana = sim.person('ana', { permission: { 'acme/web': 'write' } });
});
afterAll(() => fixture.close());

async function refused(work: Promise<unknown>): Promise<{ status: number; message: string }> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error && 'status' in error)) throw error ?? new Error('was not refused');
  return { status: Number(error.status), message: error.message.replace(/ - https:\S+$/, '') };
}

test('users, repositories and permissions', async () => {
  expect((await rest().users.getAuthenticated()).data.login).toBe('mainloop-bot');
  expect((await rest().users.getByUsername({ username: 'ana' })).data.type).toBe('User');
  const { data } = await rest().repos.get(repo);
  expect(data).toMatchObject({
    full_name: 'acme/web',
    default_branch: 'main',
    permissions: { push: true, admin: false },
  });
  const permission = async (username: string) =>
    (await rest().repos.getCollaboratorPermissionLevel({ ...repo, username })).data;
  expect(await permission('ana')).toMatchObject({ permission: 'write', role_name: 'write' });
  fixture.sim.person('stranger');
  expect((await permission('stranger')).permission).toBe('read');
  expect((await rest().rateLimit.get()).data.rate.limit).toBe(5000);
});

test('what one may not see does not exist', async () => {
  expect(await refused(rest().repos.get({ owner: 'acme', repo: 'secret' }))).toEqual({
    status: 404,
    message: 'Not Found',
  });
  expect(await refused(rest().issues.get({ ...repo, issue_number: 99 }))).toMatchObject({ status: 404 });
  expect(await refused(fixture.as('ghp_wrong').rest.users.getAuthenticated())).toEqual({
    status: 401,
    message: 'Bad credentials',
  });
  expect(await refused(rest().issues.create({ owner: 'acme', repo: 'old', title: 'x' }))).toMatchObject({
    status: 403,
  });
  const stranger = fixture.as(fixture.sim.person('stranger').token);
  expect(await refused(stranger.rest.git.deleteRef({ ...repo, ref: 'heads/main' }))).toMatchObject({ status: 403 });
});

test('issues, labels and comments, page by page', async () => {
  const { data: issue } = await rest().issues.create({ ...repo, title: 'First', body: 'marker-123', labels: ['task'] });
  expect(issue).toMatchObject({ number: 1, author_association: 'COLLABORATOR', state: 'open' });
  await rest().issues.update({ ...repo, issue_number: 1, title: 'First!', body: null });
  await rest().issues.update({ ...repo, issue_number: 1, body: 'marker-123' });
  await rest().issues.createLabel({ ...repo, name: 'plan', color: 'ff0000' });
  expect(await refused(rest().issues.createLabel({ ...repo, name: 'Plan' }))).toMatchObject({ status: 422 });
  expect((await rest().issues.getLabel({ ...repo, name: 'plan' })).data.color).toBe('ff0000');
  await rest().issues.addLabels({ ...repo, issue_number: 1, labels: ['plan'] });
  expect(
    (await rest().issues.removeLabel({ ...repo, issue_number: 1, name: 'task' })).data.map(({ name }) => name),
  ).toEqual(['plan']);
  expect(await refused(rest().issues.removeLabel({ ...repo, issue_number: 1, name: 'task' }))).toMatchObject({
    status: 404,
  });
  await rest().issues.setLabels({ ...repo, issue_number: 1, labels: ['plan', 'bug'] });
  expect((await rest().issues.listLabelsOnIssue({ ...repo, issue_number: 1 })).data).toHaveLength(2);
  expect((await rest().issues.listLabelsForRepo(repo)).data.map(({ name }) => name)).toEqual(['task', 'plan', 'bug']);
  for (let n = 1; n <= 5; n++) await rest().issues.createComment({ ...repo, issue_number: 1, body: `comment ${n}` });
  const comments = await fixture.octokit.paginate(rest().issues.listComments, {
    ...repo,
    issue_number: 1,
    per_page: 2,
  });
  expect(comments.map(({ body }) => body)).toEqual([1, 2, 3, 4, 5].map((n) => `comment ${n}`));
  const id = comments[0]?.id ?? 0;
  await rest().issues.updateComment({ ...repo, comment_id: id, body: 'changed' });
  expect((await rest().issues.getComment({ ...repo, comment_id: id })).data.body).toBe('changed');
  await rest().issues.deleteComment({ ...repo, comment_id: id });
  expect((await rest().issues.listCommentsForRepo({ ...repo, since: '2020-01-01T00:00:00Z' })).data).toHaveLength(4);
  expect((await rest().issues.listComments({ ...repo, issue_number: 1, since: '2999-01-01T00:00:00Z' })).data).toEqual(
    [],
  );
  const count = async (query: object) => (await rest().issues.listForRepo({ ...repo, ...query })).data.length;
  expect(await count({ labels: 'bug', state: 'all', creator: 'mainloop-bot' })).toBe(1);
  expect(await count({ labels: 'none' })).toBe(0);
  await rest().issues.update({ ...repo, issue_number: 1, state: 'closed', state_reason: 'not_planned' });
  expect([await count({}), await count({ state: 'closed' })]).toEqual([0, 1]);
  const { data: found } = await rest().search.issuesAndPullRequests({
    q: '"marker-123" in:body repo:acme/web is:issue',
    advanced_search: 'true',
  });
  expect(found.items.map(({ number }) => number)).toEqual([1]);
});

test('texts that are too long and titles that are missing are refused', async () => {
  const long = 'x'.repeat(65_537);
  expect(await refused(rest().issues.create({ ...repo, title: 'x', body: long }))).toMatchObject({ status: 422 });
  expect((await refused(rest().issues.createComment({ ...repo, issue_number: 1, body: long }))).message).toContain(
    'maximum is 65536',
  );
  expect(await refused(rest().issues.create({ ...repo, title: '' }))).toMatchObject({ status: 422 });
});

test('reactions are one per person and kind', async () => {
  const { data: comment } = await rest().issues.createComment({ ...repo, issue_number: 1, body: 'react' });
  const react = () => rest().reactions.createForIssueComment({ ...repo, comment_id: comment.id, content: '+1' });
  expect((await react()).status).toBe(201);
  const { status, data } = await react();
  expect(status).toBe(200);
  ana.react('acme/web', { comment: comment.id }, '+1');
  const list = () => rest().reactions.listForIssueComment({ ...repo, comment_id: comment.id });
  expect((await list()).data.map(({ user }) => user?.login)).toEqual(['mainloop-bot', 'ana']);
  await rest().reactions.deleteForIssueComment({ ...repo, comment_id: comment.id, reaction_id: data.id });
  expect((await list()).data).toHaveLength(1);
  await rest().reactions.createForIssue({ ...repo, issue_number: 1, content: 'eyes' });
  expect((await rest().reactions.listForIssue({ ...repo, issue_number: 1 })).data).toHaveLength(1);
});

test('a locked issue takes no more words from strangers', async () => {
  await rest().issues.lock({ ...repo, issue_number: 1, lock_reason: 'resolved' });
  const stranger = fixture.sim.person('stranger');
  expect(() => stranger.comment('acme/web', 1, 'but')).toThrow('locked');
  await rest().issues.unlock({ ...repo, issue_number: 1 });
  stranger.comment('acme/web', 1, 'thanks');
  expect((await rest().issues.listComments({ ...repo, issue_number: 1 })).data.at(-1)?.author_association).toBe('NONE');
});

test('refs, commits, comparisons and contents', async () => {
  const main = (await rest().git.getRef({ ...repo, ref: 'heads/main' })).data.object.sha;
  const create = (ref: string, sha = main) => rest().git.createRef({ ...repo, ref, sha });
  await create('refs/heads/side/one');
  expect(await refused(create('refs/heads/side/one'))).toEqual({ status: 422, message: 'Reference already exists' });
  expect(await refused(create('refs/heads/x', '1'.repeat(40)))).toMatchObject({
    status: 422,
    message: 'Object does not exist',
  });
  expect(await refused(create('heads'))).toMatchObject({ status: 422 });
  expect((await rest().git.listMatchingRefs({ ...repo, ref: 'heads/side' })).data).toHaveLength(1);
  const pushed = await ana.push('acme/web', 'side/one', { 'ä b.txt': 'one\ntwo\n', value: null }, 'Side');
  expect(await refused(rest().git.updateRef({ ...repo, ref: 'heads/side/one', sha: main }))).toMatchObject({
    status: 422,
    message: 'Update is not a fast forward',
  });
  await rest().git.updateRef({ ...repo, ref: 'heads/side/one', sha: main, force: true });
  await rest().git.updateRef({ ...repo, ref: 'heads/side/one', sha: pushed });
  const { data: comparison } = await rest().repos.compareCommitsWithBasehead({ ...repo, basehead: 'main...side/one' });
  expect(comparison).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0 });
  expect(comparison.files?.map(({ filename, status, additions }) => [filename, status, additions])).toEqual([
    ['value', 'removed', 0],
    ['ä b.txt', 'added', 2],
  ]);
  expect(comparison.files?.[1]?.patch).toBe('@@ -0,0 +1,2 @@\n+one\n+two');
  expect((await rest().repos.compareCommitsWithBasehead({ ...repo, basehead: 'side/one...main' })).data.status).toBe(
    'behind',
  );
  const { data: commit } = await rest().repos.getCommit({ ...repo, ref: 'side/one' });
  expect(commit).toMatchObject({ sha: pushed, author: { login: 'ana' }, stats: { total: 3 } });
  expect((await rest().git.getCommit({ ...repo, commit_sha: pushed })).data.message).toBe('Side');
  expect((await rest().repos.listCommits({ ...repo, sha: 'side/one' })).data).toHaveLength(2);
  expect((await rest().repos.getBranch({ ...repo, branch: 'side/one' })).data.commit.sha).toBe(pushed);
  expect((await rest().repos.listBranches(repo)).data.map(({ name }) => name)).toEqual(['main', 'side/one']);
  const { data: file } = await rest().repos.getContent({ ...repo, path: 'ä b.txt', ref: 'side/one' });
  expect('content' in file && Buffer.from(file.content, 'base64').toString()).toBe('one\ntwo\n');
  const { data: folder } = await rest().repos.getContent({ ...repo, path: '.github/workflows' });
  expect(Array.isArray(folder) && folder.map(({ path }) => path)).toEqual(['.github/workflows/ci.yml']);
  expect(await refused(rest().repos.getContent({ ...repo, path: 'none' }))).toMatchObject({ status: 404 });
  await rest().git.deleteRef({ ...repo, ref: 'heads/side/one' });
  expect(await refused(rest().git.getRef({ ...repo, ref: 'heads/side/one' }))).toMatchObject({ status: 404 });
  const empty = { owner: 'acme', repo: 'empty' };
  expect(await refused(rest().repos.listCommits(empty))).toMatchObject({
    status: 409,
    message: 'Git Repository is empty.',
  });
  expect(await refused(rest().git.getRef({ ...empty, ref: 'heads/main' }))).toMatchObject({ status: 404 });
});

test('a client that has the answer already is told 304 and pays nothing', async () => {
  const first = await rest().repos.get(repo);
  const again = () => rest().repos.get({ ...repo, headers: { 'if-none-match': first.headers.etag ?? '' } });
  expect(await refused(again())).toMatchObject({ status: 304 });
  const used = async () => (await rest().rateLimit.get()).data.rate.used;
  const before = await used();
  await refused(again());
  // The first look at the limit is the only request that counted.
  expect((await used()) - before).toBe(1);
});

test('commit statuses combine to the worst of the newest', async () => {
  const sha = (await rest().repos.getBranch({ ...repo, branch: 'main' })).data.commit.sha;
  const combined = async () => (await rest().repos.getCombinedStatusForRef({ ...repo, ref: sha })).data.state;
  expect(await combined()).toBe('pending');
  for (const state of ['failure', 'success'] as const) {
    await rest().repos.createCommitStatus({
      ...repo,
      sha,
      state,
      context: 'ci/old',
      description: 'x',
      target_url: 'https://example.com',
    });
    expect(await combined()).toBe(state);
  }
  expect((await rest().repos.listCommitStatusesForRef({ ...repo, ref: sha })).data.map(({ state }) => state)).toEqual([
    'success',
    'failure',
  ]);
  await fixture.sim.check('acme/web', { sha, name: 'lint', conclusion: 'failure' });
  await fixture.sim.settled();
  const { data: suites } = await rest().checks.listSuitesForRef({ ...repo, ref: sha });
  expect(suites.check_suites.map(({ app, conclusion }) => [app?.slug, conclusion])).toEqual([
    ['github-actions', 'success'],
    ['github-actions', 'success'],
    ['third-party-checks', 'failure'],
  ]);
  const { data: checks } = await rest().checks.listForRef({ ...repo, ref: sha });
  expect((await rest().checks.get({ ...repo, check_run_id: checks.check_runs.at(-1)?.id ?? 0 })).data.name).toBe(
    'lint',
  );
});

test('issues that are switched off or deleted are gone, not missing', async () => {
  const { sim } = fixture;
  await sim.createRepo('acme/quiet', { issues: false });
  const quiet = { owner: 'acme', repo: 'quiet' };
  expect((await rest().repos.get(quiet)).data.has_issues).toBe(false);
  expect(await refused(rest().issues.create({ ...quiet, title: 'x' }))).toMatchObject({ status: 410 });
  const root = sim.person('root', { permission: { 'acme/web': 'admin' } });
  const { number } = root.openIssue('acme/web', { title: 'A mistake' });
  root.deleteIssue('acme/web', number);
  expect(await refused(rest().issues.get({ ...repo, issue_number: number }))).toEqual({
    status: 410,
    message: 'This issue was deleted',
  });
  expect(root.openIssue('acme/web', { title: 'Next' }).number).toBe(number + 1);
});

test('all that was asked above is described by GitHub', () => {
  expect([...openApi.seen].filter((operation) => / 2\d\d$/.test(operation)).length).toBeGreaterThan(35);
});

test('webhooks are shown to administrators only', async () => {
  const { sim, as } = fixture;
  sim.webhook({ url: 'http://127.0.0.1:9/hooks', secret: 's', events: [] });
  const { token } = sim.person('root', { permission: { 'acme/web': 'admin' } });
  const { data } = await as(token).rest.repos.listWebhooks(repo);
  expect(data.map(({ config }) => config.url)).toEqual(['http://127.0.0.1:9/hooks']);
  expect((await refused(rest().repos.listWebhooks(repo))).status).toBe(403);
});

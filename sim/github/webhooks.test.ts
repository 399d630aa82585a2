import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, Webhooks } from '@octokit/webhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FILES, type Fixture, openApi, openFixture, repo } from './fixture.ts';

let fixture: Fixture;
let server: Server;
let received: { id: string; name: string; action: string | null; payload: unknown }[];

beforeEach(async () => {
  fixture = await openFixture();
  received = [];
  const webhooks = new Webhooks({ secret: 'hush' });
  webhooks.onAny(({ id, name, payload }) => {
    received.push({ id, name, action: 'action' in payload ? payload.action : null, payload });
  });
  server = createServer(createNodeMiddleware(webhooks, { path: '/hook' }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await fixture.sim.createRepo('acme/web', { files: FILES });
  fixture.sim.webhook({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, secret: 'hush' });
});
afterEach(async () => {
  await fixture.close();
  server.close();
});

const names = () => received.map(({ name, action }) => (action ? `${name}.${action}` : name));

test('every kind of webhook is signed and has the payload GitHub describes', async () => {
  const { sim } = fixture;
  const ana = sim.person('ana', { permission: 'write' });
  const ben = sim.person('ben', { permission: 'maintain', member: true });
  ana.openIssue('acme/web', { title: 'A bug', labels: ['bug'] });
  const comment = ben.comment('acme/web', 1, 'Looks bad');
  ben.editComment('acme/web', comment.id, 'Looks very bad');
  await ana.push('acme/web', 'fix', { value: '1 \n', 'new/file.txt': 'new' }, 'Fix');
  const pr = await ana.openPull('acme/web', { title: 'Fix', head: 'fix', base: 'main', draft: true });
  await sim.actions.idle();
  await ana.push('acme/web', 'fix', { value: '1\n' }, 'Again');
  await sim.actions.idle();
  await ben.review('acme/web', pr.number, {
    event: 'REQUEST_CHANGES',
    body: 'No',
    comments: [{ path: 'new/file.txt', line: 1, body: 'Why?' }],
  });
  const [root] = pr.pull.reviewComments;
  ana.replyToReviewComment('acme/web', pr.number, root?.id ?? 0, 'Because');
  await sim.status('acme/web', pr.pull.head.sha, { state: 'success', context: 'deploy' });
  await sim.check('acme/web', { sha: pr.pull.head.sha, name: 'lint', conclusion: 'success' });
  ana.close('acme/web', pr.number);
  await ana.reopen('acme/web', pr.number);
  const { data: ready } = await fixture.octokit.rest.pulls.get({ ...repo, pull_number: pr.number });
  await fixture.octokit.graphql(
    'mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { clientMutationId } }',
    { id: ready.node_id },
  );
  await ben.merge('acme/web', pr.number);
  ana.close('acme/web', 1);
  const admin = sim.person('root', { permission: 'admin' });
  admin.deleteIssue('acme/web', 1);
  await sim.createRepo('other/site');
  await sim.settled();
  const problems = received.flatMap(({ name, payload }) =>
    openApi.webhookProblems(name, payload as Record<string, unknown>),
  );
  expect(problems).toEqual([]);
  expect(new Set(names())).toEqual(
    new Set([
      'check_run.completed',
      'check_run.created',
      'check_suite.completed',
      'check_suite.requested',
      'issue_comment.created',
      'issue_comment.edited',
      'installation.created',
      'issues.closed',
      'issues.deleted',
      'issues.labeled',
      'issues.opened',
      'pull_request.closed',
      'pull_request.opened',
      'pull_request.ready_for_review',
      'pull_request.reopened',
      'pull_request.synchronize',
      'pull_request_review.submitted',
      'pull_request_review_comment.created',
      'push',
      'status',
      'workflow_job.completed',
      'workflow_job.in_progress',
      'workflow_job.queued',
      'workflow_run.completed',
      'workflow_run.in_progress',
      'workflow_run.requested',
    ]),
  );
  expect(received[0]?.payload).toMatchObject({
    sender: { login: 'ana' },
    installation: { id: expect.any(Number) },
    organization: { login: 'acme' },
  });
  const said = received.find(({ name }) => name === 'issue_comment')?.payload;
  expect(said).toMatchObject({ comment: { author_association: 'MEMBER', user: { login: 'ben' } } });
});

test('deliveries can be held, dropped, doubled and reordered', async () => {
  const { sim } = fixture;
  const ana = sim.person('ana', { permission: 'write' });
  const open = (title: string) => ana.openIssue('acme/web', { title });
  const titles = () => received.map(({ payload }) => (payload as { issue: { title: string } }).issue.title);
  sim.webhooks.hold();
  open('one');
  open('two');
  await sim.webhooks.idle();
  expect(titles()).toEqual([]);
  sim.webhooks.release();
  await sim.webhooks.idle();
  expect(titles()).toEqual(['one', 'two']);
  sim.webhooks.drop(1);
  open('lost');
  sim.webhooks.duplicate = true;
  open('twice');
  await sim.webhooks.idle();
  sim.webhooks.duplicate = false;
  expect(titles().slice(2)).toEqual(['twice', 'twice']);
  expect(received[2]?.id).toBe(received[3]?.id);
  sim.webhooks.reorder = true;
  open('first');
  open('second');
  await sim.webhooks.idle();
  expect(titles().slice(4)).toEqual(['second', 'first']);
  expect(sim.webhooks.deliveries.map(({ state }) => state)).toEqual([
    'delivered',
    'delivered',
    'dropped',
    'delivered',
    'delivered',
    'delivered',
  ]);
});

test('a delivery that fails is not repeated until somebody asks for it', async () => {
  const { sim, octokit } = fixture;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await octokit.rest.issues.create({ ...repo, title: 'Nobody hears' });
  await sim.webhooks.idle();
  const [delivery] = sim.webhooks.deliveries;
  expect(delivery).toMatchObject({ state: 'failed', status: null });
  expect(received).toEqual([]);
  const port = Number(new URL(delivery?.url ?? '').port);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  sim.webhooks.redeliver(delivery?.id ?? '');
  await sim.webhooks.idle();
  expect(received.map(({ id }) => id)).toEqual([delivery?.id]);
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HostHint } from '../../core/code-host.ts';
import { createGitHubSim, type GitHubSim } from '../../sim/github/index.ts';
import { receiveWebhook } from './webhooks.ts';

const repo = 'acme/web';
const secret = 'a secret';
const workflow = 'on: [push, pull_request]\njobs:\n  unit:\n    runs-on: x\n    steps:\n      - run: "true"\n';

let sim: GitHubSim;
let server: Server;
const heard: { event: string; hint: HostHint | null }[] = [];
const refused: unknown[] = [];
beforeEach(async () => {
  sim = await createGitHubSim();
  server = createServer(async (request, response) => {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const hint = await receiveWebhook({ headers: request.headers, rawBody: Buffer.concat(chunks), secret });
      heard.push({ event: String(request.headers['x-github-event']), hint });
    } catch (error) {
      refused.push(error);
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sim.webhook({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, secret });
});
afterEach(async () => {
  await sim.close();
  server.close();
});

it('every delivery of a whole story is verified, and points at its issue, pull request, branch or commit', async () => {
  await sim.createRepo(repo, { files: { '.github/workflows/ci.yml': workflow } });
  const ana = sim.person('ana', { permission: 'write' });
  const issue = ana.openIssue(repo, { title: 'größer 😀', body: '' });
  ana.comment(repo, issue.number, 'Go');
  const head = await ana.push(repo, 'fix', { 'a.txt': 'a\n' }, 'Add a');
  const pull = await ana.openPull(repo, { title: 'Fix', body: '', head: 'fix', base: 'main' });
  await sim
    .person('bo', { permission: 'write' })
    .reviewComment(repo, pull.number, { path: 'a.txt', line: 1, body: 'Why?' });
  ana.comment(repo, pull.number, 'Because');
  await sim.status(repo, head, { state: 'success' });
  await sim.settled();
  await ana.merge(repo, pull.number);
  await ana.deleteBranch(repo, 'fix');
  await sim.settled();

  expect(refused).toEqual([]);
  const of = (event: string) => heard.filter((each) => each.event === event).map(({ hint }) => hint);
  expect(of('issues')).toMatchObject([{ repo, issue: issue.number }]);
  expect(of('issue_comment')).toMatchObject([{ issue: issue.number }, { pull: pull.number }]);
  expect(of('pull_request_review_comment')).toMatchObject([{ pull: pull.number, sha: head }]);
  expect(of('status')).toMatchObject([{ sha: head }]);
  expect(of('check_run').length).toBeGreaterThan(0);
  for (const hint of [...of('check_run'), ...of('workflow_run')].filter((each) => each?.branch === 'fix'))
    expect(hint).toMatchObject({ repo, sha: head });
  const pointless = heard.filter(({ hint }) => hint && !(hint.issue ?? hint.pull ?? hint.branch ?? hint.sha));
  expect(pointless).toEqual([]);
});

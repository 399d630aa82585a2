import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createGitHubSim, type GitHubSim } from '../../sim/github/index.ts';
import { type Auth, createGitHub } from './index.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const repo = 'acme/web';
let sim: GitHubSim;
beforeEach(async () => {
  sim = await createGitHubSim();
  await sim.createRepo(repo);
});
afterEach(() => sim.close());
const look = (auth: Auth, webhook?: string) =>
  createGitHub({ auth, apiUrl: sim.apiUrl, url: sim.url, log: silent }).lookClosely(repo, webhook);

test('what can push needs no note, and nothing is written', async () => {
  expect(await look({ token: sim.token })).toEqual([]);
  expect(await look({ appId: sim.app.id, privateKey: sim.app.privateKey })).toEqual([]);
  expect(sim.issues(repo)).toEqual([]);
});

test('an account that may only read is refused', async () => {
  const { token } = sim.person('ben', { permission: { [repo]: 'read' } });
  await expect(look({ token })).rejects.toMatchObject({ code: 'forbidden', advice: /Write/ });
});

test('a push that git refuses is told, though the API sees the role', async () => {
  const deaf = await listening((_path) => [403, 'Write access to repository not granted.']);
  const github = createGitHub({ auth: { token: sim.token }, apiUrl: sim.apiUrl, url: deaf, log: silent });
  await expect(github.lookClosely(repo)).rejects.toMatchObject({
    message: `Nothing can be pushed to ${repo} (403).`,
    advice: expect.stringContaining('Contents: write'),
  });
});

test('a fine-grained token is told which permissions it lacks, without any issue made', async () => {
  const posts: string[] = [];
  const url = await listening((path, method) => {
    if (method === 'POST') posts.push(path);
    if (path === '/repos/acme/web/issues')
      return [403, { message: 'Resource not accessible by personal access token' }];
    if (path === '/repos/acme/web/pulls') return [422, { message: 'Invalid request.' }];
    return [200, { has_issues: true, permissions: { push: true }, workflow_runs: [], total_count: 0 }];
  });
  const github = createGitHub({ auth: { token: 'github_pat_1' }, apiUrl: url, url, log: silent });
  await expect(github.lookClosely(repo)).rejects.toMatchObject({
    advice: 'Grant the fine-grained token: Issues: write.',
  });
  expect(posts).toEqual(['/repos/acme/web/issues', '/repos/acme/web/pulls']);
});

test('Actions that cannot be read are a note', async () => {
  sim.faults.add({ kind: 'not_found', path: /actions\/runs/ });
  expect(await look({ token: sim.token })).toEqual([expect.stringContaining('Actions: read')]);
});

test('a webhook that is missing is a note, to who may see webhooks', async () => {
  const { token } = sim.person('ana', { permission: { [repo]: 'admin' } });
  const { token: writer } = sim.person('ben', { permission: { [repo]: 'write' } });
  const wanted = 'https://mainloop.example.com/github/webhooks';
  expect(await look({ token }, wanted)).toEqual([expect.stringContaining(`no webhook to ${wanted}`)]);
  expect(await look({ token: writer }, wanted)).toEqual([]);
  sim.webhook({ url: wanted, secret: 's' });
  expect(await look({ token }, wanted)).toEqual([]);
});

/** A stand-in for what the miniature never answers. */
async function listening(answer: (path: string, method: string) => [status: number, body: unknown]): Promise<string> {
  const server = createServer((request, response) => {
    const [status, body] = answer((request.url ?? '').replace(/\?.*/, ''), request.method ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGitHubSim, type GitHubSim } from '../../sim/github/index.ts';
import { type Auth, createGitHub, type GitHubHost } from './index.ts';

const run = promisify(execFile);
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const repo = 'acme/web';
const issue = { marker: 'm', title: 't', body: 'b', labels: ['mainloop'] };

let sim: GitHubSim;
beforeEach(async () => {
  sim = await createGitHubSim();
  await sim.createRepo(repo);
});
afterEach(async () => {
  vi.useRealTimers();
  await sim.close();
});

const connect = (auth: Auth): GitHubHost => createGitHub({ auth, apiUrl: sim.apiUrl, url: sim.url, log: silent });
const asApp = () => connect({ appId: sim.app.id, privateKey: sim.app.privateKey });
const asUser = () => connect({ token: sim.token });
const tokensMade = () => sim.requests.filter(({ path }) => path.endsWith('/access_tokens')).length;

async function lsRemote({ url, username, password }: { url: string; username: string; password: string }) {
  const address = new URL(url);
  Object.assign(address, { username, password });
  return (await run('git', ['ls-remote', address.href])).stdout;
}

/** A stand-in that answers everything alike, for what the miniature never does. */
async function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const server: Server = createServer((_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

describe('a GitHub App', () => {
  it('works through its installation, with one token for many calls', async () => {
    const github = asApp();
    const { number } = await github.ensureIssue(repo, issue);
    await github.ensureComment(repo, number, { marker: 'progress', body: 'Working' });
    expect((await github.ensureIssue(repo, issue)).number).toBe(number);
    expect(sim.issues(repo)[0]?.user.login).toBe(`${sim.app.slug}[bot]`);
    expect(await github.comments(repo, number, 0)).toEqual([]);
    expect(tokensMade()).toBe(1);
  });

  it('makes a new token five minutes before the old one ends', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const github = asApp();
    const first = await github.gitAccess(repo);
    vi.setSystemTime(Date.now() + 54 * 60_000);
    expect((await github.gitAccess(repo)).password).toBe(first.password);
    vi.setSystemTime(Date.now() + 2 * 60_000);
    expect((await github.gitAccess(repo)).password).not.toBe(first.password);
  });

  it('makes a new token after GitHub refused the one it had', async () => {
    const github = asApp();
    const sent = vi.spyOn(globalThis, 'fetch');
    await github.repository(repo);
    const authorization = String(new Headers(sent.mock.lastCall?.[1]?.headers).get('authorization'));
    sent.mockRestore();
    await fetch(`${sim.apiUrl}/installation/token`, { method: 'DELETE', headers: { authorization } });
    // A token younger than five seconds may not have reached all of GitHub's servers, so the library would wait for it.
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 10_000);
    await expect(github.repository(repo)).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect((await github.repository(repo)).name).toBe(repo);
  });

  it('gives git a token for this one repository that can do nothing but read and write its contents', async () => {
    await sim.createRepo('acme/secret', { private: true });
    await sim.createRepo('acme/other', { private: true });
    const access = await asApp().gitAccess('acme/secret');
    expect(access).toMatchObject({ url: `${sim.url}/acme/secret.git`, username: 'x-access-token' });
    expect(await lsRemote(access)).toContain('refs/heads/main');
    await expect(lsRemote({ ...access, url: `${sim.url}/acme/other.git` })).rejects.toThrow();
    const bearer = { authorization: `Bearer ${access.password}` };
    const other = await fetch(`${sim.apiUrl}/repos/acme/other`, { headers: bearer });
    const write = await fetch(`${sim.apiUrl}/repos/acme/secret/issues`, {
      method: 'POST',
      headers: bearer,
      body: '{"title":"x"}',
    });
    expect([other.status, write.status]).toEqual([404, 403]);
  });

  it('a repository where it is not installed is told with the link to install it', async () => {
    await sim.createRepo('acme/closed', { private: true, installed: false });
    await expect(asApp().repository('acme/closed')).rejects.toMatchObject({
      code: 'repository_not_found',
      remedy: 'never',
      advice: `Install the App on acme/closed: ${sim.url}/github-apps/mainloop/installations/new`,
    });
  });

  it('found later works without a restart', async () => {
    const github = asApp();
    await expect(github.repository('acme/later')).rejects.toMatchObject({ code: 'repository_not_found' });
    await sim.createRepo('acme/later');
    expect((await github.repository('acme/later')).name).toBe('acme/later');
  });
});

describe('a token', () => {
  it('is what git gets', async () => {
    const access = await asUser().gitAccess(repo);
    expect(access).toEqual({ url: `${sim.url}/${repo}.git`, username: 'x-access-token', password: sim.token });
    expect(await lsRemote(access)).toContain('refs/heads/main');
  });
});

describe('check', () => {
  it('tells who we are', async () => {
    expect(await asUser().check()).toMatchObject({ login: 'mainloop-bot', kind: 'token' });
    expect(await asApp().check()).toEqual({ login: `${sim.app.slug}[bot]`, kind: 'app' });
  });

  it('names GITHUB_TOKEN when it is not accepted', async () => {
    await expect(connect({ token: 'ghp_wrong' }).check()).rejects.toMatchObject({
      code: 'invalid_credentials',
      message: expect.stringContaining('GITHUB_TOKEN'),
    });
  });

  it('names GITHUB_APP_PRIVATE_KEY when it is unreadable, and both when they do not belong together', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs1',
      format: 'pem',
    });
    const check = (appId: number, privateKey: string) => connect({ appId, privateKey }).check();
    await expect(check(sim.app.id, 'app.pem')).rejects.toThrow(/GITHUB_APP_PRIVATE_KEY is not a private key/);
    await expect(check(sim.app.id, other.toString())).rejects.toThrow(/GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY/);
    await expect(check(1, sim.app.privateKey)).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  it('names GITHUB_API_URL when nothing or something else is there', async () => {
    const at = (apiUrl: string) => createGitHub({ auth: { token: 'x' }, apiUrl, log: silent }).check();
    await expect(at('http://127.0.0.1:9')).rejects.toThrow(/GITHUB_API_URL/);
    await expect(at(sim.url)).rejects.toThrow(/is not GitHub's REST API/);
    const page = await answering(200, 'a web page');
    await expect(at(page.apiUrl)).rejects.toThrow(/is not GitHub's REST API/);
    page.close();
  });

  it('says which scope a classic token lacks', async () => {
    const weak = await answering(200, { login: 'ana' }, { 'x-oauth-scopes': 'gist, read:org' });
    await expect(
      createGitHub({ auth: { token: 'x' }, apiUrl: weak.apiUrl, log: silent }).check(),
    ).rejects.toMatchObject({
      code: 'forbidden',
      message: 'GITHUB_TOKEN of ana has the scopes gist, read:org; repo is missing.',
    });
    weak.close();
    const good = await answering(200, { login: 'ana' }, { 'x-oauth-scopes': 'repo, workflow' });
    const identity = await createGitHub({ auth: { token: 'x' }, apiUrl: good.apiUrl, log: silent }).check();
    expect(identity).toEqual({ login: 'ana', kind: 'token', scopes: ['repo', 'workflow'] });
    good.close();
  });

  it('says which permissions an App lacks', async () => {
    const weak = await answering(200, {
      id: 1,
      name: 'Mainloop',
      slug: 'mainloop',
      permissions: { contents: 'read', metadata: 'read' },
    });
    const { appId, privateKey } = { appId: 1, privateKey: sim.app.privateKey };
    const github = createGitHub({ auth: { appId, privateKey }, apiUrl: weak.apiUrl, log: silent });
    await expect(github.check()).rejects.toThrow(
      'lacks permissions: contents: write, issues: write, pull_requests: write, checks: read, statuses: read, actions: read.',
    );
    weak.close();
  });
});

describe('checkRepository', () => {
  it('resolves where tasks can run, for token and App', async () => {
    await asUser().checkRepository(repo);
    await asApp().checkRepository(repo);
  });

  it('says precisely what stands in the way', async () => {
    await sim.createRepo('acme/old', { archived: true });
    await sim.createRepo('acme/foreign', { installed: false });
    const github = asUser();
    await expect(github.checkRepository('acme/none')).rejects.toMatchObject({ code: 'repository_not_found' });
    await expect(github.checkRepository('acme/old')).rejects.toMatchObject({ code: 'repository_archived' });
    await expect(github.checkRepository('acme/foreign')).rejects.toMatchObject({
      code: 'forbidden',
      advice: /role Write/,
    });
    await expect(asApp().checkRepository('acme/foreign')).rejects.toMatchObject({ code: 'repository_not_found' });
  });

  it('a refused call names the permission that it needs', async () => {
    const refusing = await answering(
      403,
      { message: 'Resource not accessible by integration' },
      {
        'x-accepted-github-permissions': 'issues=write; pull_requests=write',
      },
    );
    const github = createGitHub({ auth: { token: 'x' }, apiUrl: refusing.apiUrl, log: silent });
    await expect(github.acknowledge(repo, { id: 1, kind: 'issue' })).rejects.toMatchObject({
      code: 'forbidden',
      remedy: 'never',
      advice: 'Grant the token or App this permission: issues=write or pull_requests=write.',
    });
    refusing.close();
  });
});

describe('an Enterprise server', () => {
  it('is spoken to below /api/v3, GraphQL at /api/graphql, git and links at its root', async () => {
    const github = createGitHub({
      auth: { token: sim.token },
      apiUrl: `${sim.apiUrl}/`,
      url: `${sim.url}/`,
      log: silent,
    });
    await sim.person('ana', { permission: 'write' }).push(repo, 'fix', { 'a.txt': 'a' }, 'Add a');
    const { number, url } = await github.ensurePullRequest(repo, { branch: 'fix', base: 'main', title: 't', body: '' });
    await github.markReady(repo, number);
    expect(url).toBe(`${sim.url}/${repo}/pull/${number}`);
    expect((await github.gitAccess(repo)).url).toBe(`${sim.url}/${repo}.git`);
    expect(sim.requests.map(({ path }) => path)).toContain('/graphql');
  });
});

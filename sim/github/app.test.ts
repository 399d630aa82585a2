import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Fixture, openApi, openFixture, repo } from './fixture.ts';

let fixture: Fixture;
let app: Octokit;

beforeEach(async () => {
  fixture = await openFixture();
  const { sim } = fixture;
  await sim.createRepo('acme/web', { private: true });
  await sim.createRepo('acme/api', { private: true });
  await sim.createRepo('other/site', { private: true, installed: false });
  app = appClient({ appId: sim.app.id, privateKey: sim.app.privateKey });
});
afterEach(() => {
  vi.useRealTimers();
  return fixture.close();
});

function appClient(auth: object): Octokit {
  const { sim, as } = fixture;
  const { log } = as(sim.token);
  return new Octokit({
    baseUrl: sim.apiUrl,
    authStrategy: createAppAuth,
    auth,
    log,
    request: { fetch: openApi.fetch(sim.apiUrl) },
  });
}

test('the App signs in with its key, finds its installation and acts as its bot', async () => {
  const { sim } = fixture;
  expect((await app.rest.apps.getAuthenticated()).data?.slug).toBe('mainloop');
  const { data: installation } = await app.rest.apps.getRepoInstallation(repo);
  expect((await app.rest.apps.listInstallations()).data.map(({ id }) => id)).toEqual([installation.id]);
  expect((await app.rest.apps.getInstallation({ installation_id: installation.id })).data.account).toMatchObject({
    login: 'acme',
  });
  await expect(app.rest.apps.getRepoInstallation({ owner: 'other', repo: 'site' })).rejects.toMatchObject({
    status: 404,
  });
  const installed = appClient({ appId: sim.app.id, privateKey: sim.app.privateKey, installationId: installation.id });
  const { data: issue } = await installed.rest.issues.create({ ...repo, title: 'By the App' });
  expect(issue.user).toMatchObject({ login: 'mainloop[bot]', type: 'Bot' });
  expect(issue.performed_via_github_app?.slug).toBe('mainloop');
  expect((await installed.rest.apps.listReposAccessibleToInstallation()).data.total_count).toBe(2);
});

test('a token for one repository reaches no other, and no more than its permissions', async () => {
  const { as, git, scratch, remote } = fixture;
  const { data: installation } = await app.rest.apps.getRepoInstallation(repo);
  const { data } = await app.rest.apps.createInstallationAccessToken({
    installation_id: installation.id,
    repositories: ['web'],
    permissions: { contents: 'read', issues: 'write' },
  });
  expect(data).toMatchObject({ repository_selection: 'selected', repositories: [{ full_name: 'acme/web' }] });
  const limited = as(data.token);
  expect((await limited.rest.issues.create({ ...repo, title: 'may' })).status).toBe(201);
  await expect(limited.rest.repos.get({ owner: 'acme', repo: 'api' })).rejects.toMatchObject({ status: 404 });
  await expect(limited.rest.pulls.create({ ...repo, title: 'x', head: 'a', base: 'main' })).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining('Resource not accessible by integration'),
  });
  await git(scratch, 'clone', '-q', remote(data.token), 'web');
  await expect(git(`${scratch}/web`, 'push', 'origin', 'HEAD:refs/heads/x')).rejects.toThrow('403');
  await expect(git(scratch, 'clone', '-q', remote(data.token, 'acme/api'), 'api')).rejects.toThrow('not found');
});

test('tokens that were not granted, have expired or were revoked do not work', async () => {
  const { as } = fixture;
  const { data: installation } = await app.rest.apps.getRepoInstallation(repo);
  const create = (more: object) =>
    app.rest.apps.createInstallationAccessToken({ installation_id: installation.id, ...more });
  await expect(create({ repositories: ['site'] })).rejects.toMatchObject({ status: 422 });
  await expect(create({ permissions: { administration: 'write' } })).rejects.toMatchObject({ status: 422 });
  const { data } = await create({});
  expect((await as(data.token).rest.repos.get(repo)).status).toBe(200);
  vi.useFakeTimers({ now: Date.now() + 3_601_000, toFake: ['Date'] });
  await expect(as(data.token).rest.repos.get(repo)).rejects.toMatchObject({ status: 401 });
  vi.useRealTimers();
  await as(data.token).rest.apps.revokeInstallationAccessToken();
  await expect(as(data.token).rest.repos.get(repo)).rejects.toMatchObject({ status: 401 });
  const stranger = appClient({ appId: 4711, privateKey: fixture.sim.app.privateKey });
  await expect(stranger.rest.apps.getAuthenticated()).rejects.toMatchObject({ status: 401 });
});

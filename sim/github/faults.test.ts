import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fixture, openFixture, repo } from './fixture.ts';

let fixture: Fixture;
let patient: Octokit;
let limited: string[];

beforeEach(async () => {
  fixture = await openFixture();
  const { sim, as } = fixture;
  await sim.createRepo('acme/web');
  limited = [];
  const again = (kind: string) => (seconds: number, _options: object, _octokit: object, retries: number) => {
    limited.push(`${kind} ${seconds}`);
    return retries < 2;
  };
  patient = new (Octokit.plugin(retry, throttling))({
    baseUrl: sim.apiUrl,
    auth: sim.token,
    log: as(sim.token).log,
    throttle: {
      onRateLimit: again('primary'),
      onSecondaryRateLimit: again('secondary'),
      fallbackSecondaryRateRetryAfter: 1,
    },
    retry: { retryAfterBaseValue: 10 },
  });
});
afterEach(() => fixture.close());

const titles = () => fixture.sim.issues('acme/web').map(({ title }) => title);
const create = (title: string, client = fixture.octokit) => client.rest.issues.create({ ...repo, title });

test('before the work: nothing happened, and a retrying client gets through', async () => {
  for (const kind of ['error500', 'error502', 'not_found'] as const) {
    fixture.sim.faults.add({ kind, method: 'POST', path: /\/issues$/ });
    await expect(create(kind)).rejects.toMatchObject({
      status: { error500: 500, error502: 502, not_found: 404 }[kind],
    });
  }
  expect(titles()).toEqual([]);
  fixture.sim.faults.add({ kind: 'error502', times: 2 });
  expect((await patient.rest.repos.get(repo)).status).toBe(200);
  expect(fixture.sim.requests.slice(-3).map(({ status }) => status)).toEqual([502, 502, 200]);
});

test('after the work: it is done although the client does not know', async () => {
  const { sim } = fixture;
  sim.faults.add({ kind: 'error502_after', method: 'POST' });
  await expect(create('a 502')).rejects.toMatchObject({ status: 502 });
  sim.faults.add({ kind: 'drop_after', method: 'POST' });
  await expect(create('a broken line')).rejects.toThrow();
  sim.faults.add({ kind: 'timeout_after', method: 'POST' });
  const signal = AbortSignal.timeout(200);
  await expect(
    fixture.octokit.rest.issues.create({ ...repo, title: 'silence', request: { signal } }),
  ).rejects.toThrow();
  expect(titles()).toEqual(['a 502', 'a broken line', 'silence']);
  expect(sim.faults.pending).toBe(0);
});

test('rate limits carry the headers by which clients wait', async () => {
  const { sim } = fixture;
  sim.faults.add({ kind: 'rate_limit' });
  await expect(fixture.octokit.rest.repos.get(repo)).rejects.toMatchObject({
    status: 403,
    response: { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': expect.stringMatching(/^\d+$/) } },
  });
  sim.faults.add({ kind: 'rate_limit', retryAfterSeconds: 0 });
  sim.faults.add({ kind: 'secondary_rate_limit', retryAfterSeconds: 1 });
  expect((await patient.rest.repos.get(repo)).data.name).toBe('web');
  expect(limited.map((line) => line.split(' ')[0])).toEqual(['primary', 'secondary']);
  const { headers } = await fixture.octokit.rest.repos.get(repo);
  expect(headers).toMatchObject({ 'x-ratelimit-limit': '5000', 'x-ratelimit-resource': 'core' });
});

test('the sim closes although somebody still waits for an answer', async () => {
  const other = await openFixture();
  await other.sim.createRepo('acme/web');
  other.sim.faults.add({ kind: 'timeout_after' });
  const waiting = other.octokit.rest.repos.get(repo).catch((error: unknown) => error);
  await other.sim.waitFor(() => other.sim.faults.pending === 0);
  await other.close();
  expect(await waiting).toBeInstanceOf(Error);
});

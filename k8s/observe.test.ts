import type { V1Job, V1Pod } from '@kubernetes/client-node';
import pino from 'pino';
import { expect, test } from 'vitest';
import { Failure } from '../core/errors.ts';
import type { Seen } from './classify.ts';
import { refused, unreachable } from './kube-error.ts';
import { createObserver } from './observe.ts';

const nothing: Seen = { job: null, pod: null, events: [] };
const pod = (phase: string, exitCode?: number): Seen => ({
  ...nothing,
  pod: {
    status: {
      phase,
      ...(exitCode !== undefined && {
        containerStatuses: [{ state: { terminated: { exitCode } } }],
      }),
    },
  } as V1Pod,
});
const created: Seen = { ...nothing, job: { metadata: { creationTimestamp: new Date(0) } } as V1Job };

/** An observer whose cluster is `world.seen` (or throws it), at a time that stands still until it is moved. */
function house(seen: Seen | Failure | Error) {
  const lines: string[] = [];
  const world = { seen, now: 0, looks: 0 };
  const observer = createObserver({
    now: () => world.now,
    log: pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(JSON.parse(line).msg) }),
    async look() {
      world.looks += 1;
      if (world.seen instanceof Error) throw world.seen;
      return world.seen;
    },
  });
  return { world, lines, observer, status: () => observer.status('41.2.1') };
}
const away = () => unreachable(new TypeError('fetch failed'));

/** How often the cluster is asked in a minute of somebody asking every two seconds. */
async function looksPerMinute(seen: Seen): Promise<number> {
  const { world, status } = house(seen);
  for (let n = 0; n < 30; n += 1) {
    await status();
    world.now += 2_000;
  }
  return world.looks;
}

test('the cluster is asked once in six seconds of a worker that runs, and no more of one that has ended', async () => {
  expect(await looksPerMinute(pod('Running'))).toBe(10);
  expect(await looksPerMinute(pod('Succeeded', 0))).toBe(1);
});

test('a worker that starts is looked at more often', async () => {
  const { world, status } = house(created);
  await status();
  world.now += 2_999;
  await status();
  expect(world.looks).toBe(1);
  world.now += 1;
  await status();
  expect(world.looks).toBe(2);
});

test('who asks at the same time gets the same answer, for one request', async () => {
  const { world, status } = house(pod('Running'));
  expect(new Set(await Promise.all([status(), status(), status()])).size).toBe(1);
  expect(world.looks).toBe(1);
});

test('while the cluster does not answer the last that was seen holds; it is left alone, and said once', async () => {
  const { world, lines, status } = house(pod('Running'));
  await status();
  world.seen = away();
  for (let n = 0; n < 60; n += 1) {
    world.now += 2_000;
    expect((await status()).state).toBe('running');
  }
  expect((await status()).detail).toMatch(/^the cluster has not answered for 1 min$/);
  expect(world.looks).toBeLessThan(25);
  expect(lines).toEqual(['the cluster does not answer']);
  world.seen = pod('Succeeded', 0);
  world.now += 10_000;
  expect(await status()).toEqual({ state: 'exited', detail: 'exit code 0' });
  expect(lines).toEqual(['the cluster does not answer', 'the cluster answers again']);
});

test('of what nobody has ever seen nothing is claimed while the cluster does not answer', async () => {
  const { world, status } = house(away());
  await expect(status()).rejects.toMatchObject({ code: 'cluster_unreachable', remedy: 'retry' });
  world.seen = pod('Running');
  expect((await status()).state).toBe('running');
});

test('a refusal is nobody’s outage', async () => {
  const { world, lines, status } = house(pod('Running'));
  await status();
  world.now += 10_000;
  world.seen = new Failure('no', { code: 'forbidden', remedy: 'never' });
  await expect(status()).rejects.toMatchObject({ code: 'forbidden' });
  expect(lines).toEqual([]);
});

test('an attempt whose Job is gone was deleted by somebody; once it is forgotten, it is unknown', async () => {
  const { world, observer, status } = house(pod('Running'));
  await status();
  world.now += 10_000;
  world.seen = nothing;
  expect(await status()).toEqual({ state: 'exited', detail: 'somebody deleted its Job', cause: 'killed' });
  observer.forget(410);
  expect((await status()).state).toBe('exited');
  observer.forget(41);
  expect((await status()).state).toBe('unknown');
});

test('what is noted holds without asking', async () => {
  const { world, observer, status } = house(nothing);
  observer.note('41.2.1', { state: 'exited', detail: 'stopped' });
  expect((await status()).detail).toBe('stopped');
  expect(world.looks).toBe(0);
});

test('where nothing was bound yet nothing was begun; but a right that was lost later is told', async () => {
  const forbidden = refused(403, null, JSON.stringify({ reason: 'Forbidden', message: 'pods is forbidden' }));
  expect((await house(forbidden).status()).state).toBe('unknown');
  const early = house(nothing);
  await early.status();
  early.world.seen = forbidden;
  expect((await early.status()).state).toBe('unknown');
  const { world, status } = house(pod('Running'));
  await status();
  world.now += 6_000;
  world.seen = forbidden;
  await expect(status()).rejects.toThrow('pods is forbidden');
});

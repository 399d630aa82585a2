import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { FaultKind } from '../../sim/github/index.ts';
import type { House } from '../testing/house.ts';
import {
  anaOnGitHub,
  asked,
  begin,
  command,
  inThread,
  issuesOf,
  model,
  noteOf,
  openQuickHouse,
  pullsOf,
  reaches,
  repo,
} from './testing.ts';

vi.setConfig({ testTimeout: 180_000 });

let house: House;
beforeAll(async () => {
  house = await openQuickHouse(model());
});
afterEach(() => {
  const { github } = house.world;
  github.faults.clear();
  Object.assign(github.webhooks, { duplicate: false, reorder: false });
});
afterAll(() => house?.close());

const kinds: readonly FaultKind[] = [
  'error502',
  'error500',
  'error502_after',
  'drop_after',
  'rate_limit',
  'secondary_rate_limit',
];

test('when every kind of write meets every kind of failure, there is one issue, one PR and one comment of each', async () => {
  const { github, ana } = house.world;
  const writes: [string, RegExp][] = [
    ['POST', /\/issues$/],
    ['PATCH', /\/issues\/\d+$/],
    ['POST', /\/pulls$/],
    ['POST', /\/comments$/],
    ['POST', /\/graphql$/],
    ['GET', /\/check-runs/],
  ];
  for (const kind of kinds) for (const [method, path] of writes) github.faults.add({ kind, method, path });
  const wishes = ['survive one with a plan', 'survive two with a plan', 'survive three with a plan'];
  await Promise.all(
    wishes.map(async (wish) => {
      const { task } = await begin(house, wish);
      await ana.press(await asked(house, task, /wants you to read its plan/), { text: 'Approve plan' });
      const found = await reaches(house, task, 'review');
      expect(issuesOf(house, wish)).toHaveLength(1);
      expect(pullsOf(house, found)).toHaveLength(1);
      expect(found.issue?.number).toBe(issuesOf(house, wish)[0]?.number);
      expect(pullsOf(house, found)[0]?.pull.draft).toBe(false);
      const said = github.comments(repo, found.pull?.number ?? 0).map(({ body }) => body);
      expect(new Set(said).size).toBe(said.length);
      await anaOnGitHub(house).merge(repo, found.pull?.number ?? 0);
    }),
  );
});

test('when git is refused with 502 at every first try, the work still arrives', async () => {
  house.world.github.faults.add({ kind: 'error502', path: /quick\.git/, times: 2 });
  const { task } = await begin(house, 'survive a bad gateway of git');
  const found = await reaches(house, task, 'review');
  expect(pullsOf(house, found)).toHaveLength(1);
});

test('duplicate and out-of-order webhooks change nothing', async () => {
  const { github, ana } = house.world;
  Object.assign(github.webhooks, { duplicate: true, reorder: true });
  const { task, thread } = await begin(house, 'survive repeated webhooks with a plan');
  const plan = await asked(house, task, /wants you to read its plan/);
  await ana.press(plan, { text: 'Approve plan' });
  const found = await reaches(house, task, 'review');
  const pull = found.pull?.number ?? 0;
  await anaOnGitHub(house).review(repo, pull, {
    event: 'COMMENT',
    body: '',
    comments: [{ path: noteOf(found), line: 1, body: 'Say more.' }],
  });
  await house.until('the second request for review', async () => {
    const runs = await house.store.runs.of(task);
    const { status } = await house.store.tasks.get(task);
    return (runs.some((run) => run.kind === 'address') && status.phase === 'review') || undefined;
  });
  await anaOnGitHub(house).merge(repo, pull);
  await reaches(house, task, 'merged');
  await inThread(house, thread, /merged/i);
  expect(issuesOf(house, 'survive repeated webhooks')).toHaveLength(1);
  expect(pullsOf(house, found)).toHaveLength(1);
  expect((await house.store.runs.of(task)).map((run) => run.kind)).toEqual(['plan', 'implement', 'address']);
});

test('with every webhook lost, the slow look finds checks, review and merge', async () => {
  const { github } = house.world;
  github.webhooks.hold();
  const { task } = await begin(house, 'live without webhooks');
  const found = await reaches(house, task, 'review');
  const pull = found.pull?.number ?? 0;
  await anaOnGitHub(house).review(repo, pull, { event: 'REQUEST_CHANGES', body: 'Write it twice.' });
  await reaches(house, task, 'addressing');
  await reaches(house, task, 'review');
  await anaOnGitHub(house).merge(repo, pull);
  await reaches(house, task, 'merged');
  github.webhooks.drop?.(1_000_000);
  github.webhooks.release();
  expect(pullsOf(house, found)).toHaveLength(1);
});

test('when GitHub stays away, the task is parked with the reason, and Try again goes on', async () => {
  house.world.github.faults.add({ kind: 'not_found', method: 'POST', path: /\/pulls$/, times: 1_000 });
  const { task } = await begin(house, 'outlive a lost access');
  const card = await asked(house, task, /is parked/);
  const why = await command(house, `why #${task}`);
  expect(why).toMatch(/parked/i);
  house.world.github.faults.clear();
  await house.world.ana.press(card, { text: 'Try again' });
  const found = await reaches(house, task, 'review');
  expect(pullsOf(house, found)).toHaveLength(1);
  expect(issuesOf(house, 'outlive a lost access')).toHaveLength(1);
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CheckItem } from '../domain/ci.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore({ ciSettleMs: 300 });
  await house.admit('ana', 'owner');
  await house.core.start();
});
beforeEach(() => {
  house.host.checks = async () => house.host.checked;
  house.host.checked = [check('build', 'success')];
});
afterAll(() => house.close());

const check = (name: string, state: CheckItem['state']): CheckItem => ({
  ...{ id: name, name, state, source: 'check_run', url: '' },
});
const red = [check('build', 'success'), check('test', 'failure')];

async function started() {
  const place = house.newPlace();
  const proposal = await house.propose(place);
  await house.press('ana', place, `confirm:${proposal}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task);
  return { place, task };
}

/** A task whose pull request waits for review. */
async function inReview() {
  const { task, place } = await started();
  await house.finish(await house.worker(task));
  await phase(task, 'review');
  const { pull } = await house.store.tasks.get(task);
  const number = pull?.number ?? 0;
  const look = async () => {
    await house.core.hint({ delivery: 'd', repo: 'acme/web', pull: number });
    await new Promise((resolve) => setTimeout(resolve, 200));
  };
  return { task, place, look };
}

const phase = (task: number, wanted: string) =>
  eventually(wanted, async () => (await house.status(task)).phase === wanted);
const openAsk = (task: number, kind: string) =>
  eventually(`an ask ${kind}`, async () => (await house.store.asks.openOf(task)).find((ask) => ask.kind === kind));
const asksFor = async (task: number, kind: string) =>
  (await house.store.asks.of(task)).filter((ask) => ask.kind === kind).length;
const kindsOf = async (task: number) => (await house.store.runs.of(task)).map(({ kind }) => kind);

describe('green', () => {
  test('that is followed by a red a moment later was none', async () => {
    const seen = [[check('build', 'success')], red];
    house.host.checks = async () => seen.shift() ?? red;
    const { task } = await started();
    await house.finish(await house.worker(task));
    await phase(task, 'fixing');
    expect(await asksFor(task, 'review')).toBe(0);
  });

  test('that turns red while a person reviews is mended by one fix run, and asked for again once', async () => {
    const { task, look } = await inReview();
    house.host.checked = red;
    await look();
    await look();
    await phase(task, 'fixing');
    house.host.checked = [check('build', 'success'), check('test', 'success')];
    await house.finish(await house.worker(task, `${task}.2.1`));
    await phase(task, 'review');
    await look();
    expect(await kindsOf(task)).toEqual(['implement', 'fix']);
    expect(await asksFor(task, 'review')).toBe(2);
    expect((await house.store.asks.openOf(task)).map(({ kind }) => kind)).toEqual(['review']);
  });

  test('that turns red for good parks the task, and what a person ignores is not asked about again', async () => {
    const { task, place, look } = await inReview();
    house.host.checked = red;
    await look();
    await house.finish(await house.worker(task, `${task}.2.1`));
    const ask = await openAsk(task, 'failure');
    await house.press('ana', place, `answer:${ask.id}:ignore`);
    await phase(task, 'review');
    await look();
    await look();
    expect(await house.status(task)).toMatchObject({ phase: 'review', holder: 'reviewer' });
    expect(await kindsOf(task)).toEqual(['implement', 'fix']);
  });

  test('whose checks run again during the review stays in review', async () => {
    const { task, look } = await inReview();
    house.host.checked = [check('build', 'pending'), check('test', 'failure')];
    await look();
    expect(await house.status(task)).toMatchObject({ phase: 'review', holder: 'reviewer' });
  });
});

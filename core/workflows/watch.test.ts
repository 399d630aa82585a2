import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CheckItem } from '../domain/ci.ts';
import { Failure } from '../errors.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore({ ciSettleMs: 300 });
  await house.admit('ana', 'owner');
  await house.core.start();
});
beforeEach(() => {
  house.host.failing = null;
  house.host.checks = async () => house.host.checked;
  house.host.checked = [check('build', 'success')];
  house.host.reviewed.comments.length = 0;
});
afterAll(() => house.close());

const gone = new Failure('It is gone.', { code: 'gone', remedy: 'never' });
const check = (name: string, state: CheckItem['state']): CheckItem => ({
  ...{ id: name, name, state, source: 'check_run', url: '' },
});
const red = [check('build', 'success'), check('test', 'failure')];

async function started(planFirst = false) {
  const place = house.newPlace();
  const proposal = await house.propose(place, { planFirst });
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
  return { task, place, pull: number, look };
}

const phase = (task: number, wanted: string) =>
  eventually(wanted, async () => (await house.status(task)).phase === wanted);
const openAsk = (task: number, kind: string) =>
  eventually(`an ask ${kind}`, async () => (await house.store.asks.openOf(task)).find((ask) => ask.kind === kind));
const asksFor = async (task: number, kind: string) =>
  (await house.store.asks.of(task)).filter((ask) => ask.kind === kind).length;
const kindsOf = async (task: number) => (await house.store.runs.of(task)).map(({ kind }) => kind);
const said = (words: RegExp, place: { channel: string }) =>
  house.chat.messages.filter(({ ref, doc }) => ref.place.channel === place.channel && words.test(doc.text ?? ''));

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

describe('an issue that is deleted', () => {
  test('is told once, and the merge is noticed all the same', async () => {
    const { task, place, pull, look } = await inReview();
    house.host.failing = { method: 'comments', failure: gone };
    await look();
    await look();
    expect(said(/gone from GitHub/, place)).toHaveLength(1);
    house.host.change(pull, { state: 'merged' });
    await look();
    await phase(task, 'merged');
  });

  test('keeps nobody from approving the plan', async () => {
    const { task, place } = await started(true);
    house.host.failing = { method: 'updateIssue', failure: gone };
    const worker = await house.worker(task);
    await house.core.door.result(worker, { type: 'plan', plan: 'The plan.', summary: 'Do it.', session: 's' });
    const ask = await openAsk(task, 'plan');
    await house.press('ana', place, `answer:${ask.id}:approve`);
    await phase(task, 'implementing');
  });
});

test.each(['acknowledge', 'replyInThread'] as const)(
  'a review comment that is deleted before %s is addressed all the same',
  async (method) => {
    const { task, look } = await inReview();
    const note = { author: 'ana', path: 'a.ts', line: 1, diff: '', review: null, replyTo: null, url: '' };
    house.host.reviewed.comments.push({ ...note, id: 77, body: 'Rename it.', at: Date.now() + 1_000 });
    house.host.failing = { method, failure: gone };
    await look();
    const worker = await house.worker(task, `${task}.2.1`);
    house.host.heads.set(worker.branch, 'd'.repeat(40));
    const words = { title: 'Renamed', summary: 'It is renamed.', session: 's', checks: [] };
    const replies = [{ comment: 77, text: 'Renamed.' }];
    await house.core.door.result(worker, { type: 'work', head: 'd'.repeat(40), replies, ...words });
    await phase(task, 'review');
    expect(await house.store.asks.openOf(task)).toMatchObject([{ kind: 'review' }]);
    expect(await kindsOf(task)).toEqual(['implement', 'address']);
  },
);

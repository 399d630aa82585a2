import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { Failure } from '../errors.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore({ maxWorkers: 50 });
  await house.admit('ana', 'owner');
  await house.core.start();
});
beforeEach(() => {
  house.host.failing = null;
  house.host.checked = [];
  house.host.reviewed.reviews.length = 0;
  house.host.reviewed.comments.length = 0;
});
afterAll(() => house.close());

async function started() {
  const place = house.newPlace();
  const proposal = await house.propose(place);
  await house.press('ana', place, `confirm:${proposal}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task);
  return { place, task };
}

const openAsk = (task: number, kind: string) =>
  eventually(`an ask ${kind}`, async () => (await house.store.asks.openOf(task)).find((ask) => ask.kind === kind));

const phase = (task: number, wanted: string) =>
  eventually(wanted, async () => (await house.status(task)).phase === wanted);

const check = (state: 'success' | 'failure' | 'pending') =>
  ({ id: '1', name: 'test', source: 'check_run', state, url: '' }) as const;

/** A task whose pull request waits for review. */
async function inReview() {
  house.host.checked = [check('success')];
  const { task, place } = await started();
  await house.finish(await house.worker(task));
  await phase(task, 'review');
  const { pull } = await house.store.tasks.get(task);
  return {
    task,
    place,
    pull: pull?.number ?? 0,
    look: () => house.core.hint({ delivery: 'd', repo: 'acme/web', pull: pull?.number ?? 0 }),
  };
}

const never = (code: string) => new Failure(`It is ${code}.`, { code, remedy: 'never' });

test('a cancel that comes while another failure is tidied up is not lost', async () => {
  const stopping = Promise.withResolvers<void>();
  const failing = Promise.withResolvers<void>();
  onTestFinished(() => {
    stopping.resolve();
    house.sandbox.stopping = null;
  });
  house.sandbox.stopping = stopping.promise;
  house.host.failing = { method: 'ensureIssue', failure: never('forbidden'), after: failing.promise };
  const { task, place } = await started();
  await house.worker(task);
  failing.resolve();
  await new Promise((wait) => setTimeout(wait, 300));
  await house.press('ana', place, `cancel:${task}`);
  await new Promise((wait) => setTimeout(wait, 300));
  stopping.resolve();
  await phase(task, 'cancelled');
});

test('an old budget warning that is answered late takes no money away', async () => {
  const { task, place } = await started();
  const worker = await house.worker(task);
  const usage = { id: 'late', model: 'm', inputTokens: 1, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 1 };
  await house.core.door.spend(worker, { ...usage, usd: 4.5 });
  const warning = await openAsk(task, 'budget');
  await house.store.tasks.allow(task, 40);
  await house.press('ana', place, `answer:${warning.id}:raise`);
  await eventually('an answer', async () => (await house.store.asks.find(warning.id))?.state === 'answered');
  await new Promise((wait) => setTimeout(wait, 200));
  expect((await house.store.tasks.get(task)).budgetUsd).toBe(40);
});

test('a parked task stays parked while its checks run again', async () => {
  house.host.checked = [check('failure')];
  const { task } = await started();
  await house.finish(await house.worker(task));
  await house.finish(await house.worker(task, `${task}.2.1`));
  const ask = await openAsk(task, 'failure');
  house.host.checked = [check('pending')];
  const { branch } = await house.store.tasks.get(task);
  await house.core.hint({ delivery: 'd', repo: 'acme/web', branch });
  await new Promise((wait) => setTimeout(wait, 300));
  expect(await house.status(task)).toMatchObject({ holder: 'you', parked: true });
  house.host.checked = [check('success')];
  await house.core.hint({ delivery: 'd', repo: 'acme/web', branch });
  await phase(task, 'review');
  expect((await house.store.asks.find(ask.id))?.state).toBe('withdrawn');
});

test('a review that was begun before another and sent after it is heard', async () => {
  const { task, look } = await inReview();
  const review = { author: 'ana', state: 'changes_requested', url: '' } as const;
  house.host.reviewed.reviews.push({ ...review, id: 900, body: 'Rename it.', at: Date.now() });
  await look();
  const first = await house.worker(task, `${task}.2.1`);
  await house.finish(first);
  await phase(task, 'review');
  const note = { author: 'ana', path: 'a.ts', line: 1, diff: '', review: 800, replyTo: null, url: '' };
  house.host.reviewed.reviews.push({ ...review, id: 800, body: 'And this.', at: Date.now() });
  house.host.reviewed.comments.push({ ...note, id: 801, body: 'Here.', at: Date.now() });
  await look();
  const second = await house.worker(task, `${task}.3.1`);
  const { prompt } = await house.core.door.job(second);
  expect(prompt).toContain('And this.');
  expect(prompt).toContain('Here.');
  expect(prompt).not.toContain('Rename it.');
});

test('a plain yes that was heard twice over a fault still starts its task', async () => {
  const place = house.newPlace();
  const proposal = await house.propose(place);
  const { add } = house.store.history;
  let failures = 1;
  house.store.history.add = async (event) => {
    failures -= 1;
    if (failures === 0) throw new Error('the connection was lost');
    return add(event);
  };
  await house.say('ana', place, 'yes, go');
  const task = await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task);
  await house.worker(task);
  house.store.history.add = add;
});

test('a steer that was recorded but not noted is noted when its event is sent again', async () => {
  const { task, place } = await started();
  const worker = await house.worker(task);
  await house.command('ana', place, `steer #${task} Use vitest.`);
  const [steer] = await eventually('the steer', async () => {
    const pending = await house.store.worker.pendingSteers(task);
    return pending.length > 0 && pending;
  });
  const event = { seq: 1, at: 1, event: { type: 'steered' as const, id: steer?.id ?? 0 } };
  await house.store.worker.record(worker.id, task, [event]);
  expect((await house.core.door.events(worker, { events: [event] })).items).toEqual([]);
});

test('an empty answer is no answer', async () => {
  const { task, place } = await started();
  const worker = await house.worker(task);
  const question = { question: 'Which?', header: '', options: [], multiSelect: false };
  await house.core.door.result(worker, { type: 'question', questions: [question], session: 's' });
  const ask = await openAsk(task, 'question');
  await house.press('ana', place, `answer:${ask.id}:other`, '  ');
  await house.press('ana', place, `answer:${ask.id}:revise`);
  await new Promise((wait) => setTimeout(wait, 300));
  expect((await house.store.asks.find(ask.id))?.state).toBe('open');
  expect(house.chat.replies.at(-1)?.text).toContain('empty');
});

test('a worker that claims to have heard what was said to another task takes nothing from it', async () => {
  const [mine, other] = [await started(), await started()];
  const thief = await house.worker(mine.task);
  const worker = await house.worker(other.task);
  const none = new AbortController().signal;
  const said = () => house.core.door.steering(worker, 0, none).then(({ items }) => items);
  await house.command('ana', other.place, `steer #${other.task} Leave the footer alone.`);
  const [item] = await eventually('what was said', async () => (await said()).length > 0 && (await said()));
  const heard = { events: [{ seq: 1, at: 1, event: { type: 'steered' as const, id: item?.id ?? 0 } }] };
  await house.core.door.events(thief, heard);
  expect(await said()).toMatchObject([{ text: 'Leave the footer alone.' }]);
  await house.core.door.events(worker, heard);
  expect(await said()).toEqual([]);
});

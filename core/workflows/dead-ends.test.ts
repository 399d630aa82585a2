import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Failure } from '../errors.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';

let house: CoreHouse;
beforeAll(async () => {
  house = await openCore({ maxWorkers: 30 });
  await house.admit('ana', 'owner');
  await house.core.start();
});
beforeEach(() => {
  house.sandbox.refuses = null;
  house.host.failing = null;
});
afterAll(() => house.close());

const never = (code: string) => new Failure(`It is ${code}.`, { code, remedy: 'never' });

async function started() {
  const place = house.newPlace();
  const proposal = await house.propose(place);
  await house.press('ana', place, `confirm:${proposal}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task);
  return { place, task };
}

const openAsk = (task: number, kind: string) =>
  eventually(`an ask ${kind}`, async () => (await house.store.asks.openOf(task)).find((ask) => ask.kind === kind));

test('a sandbox that refuses to start parks the task, and a retry goes on', async () => {
  house.sandbox.refuses = never('no_space');
  const { task, place } = await started();
  const ask = await openAsk(task, 'failure');
  house.sandbox.refuses = null;
  await house.press('ana', place, `answer:${ask.id}:retry`);
  await house.worker(task);
});

test('what a person writes to a parked task reaches the next worker', async () => {
  house.sandbox.refuses = never('no_space');
  const { task, place } = await started();
  const ask = await openAsk(task, 'failure');
  house.sandbox.refuses = null;
  await house.press('ana', place, `answer:${ask.id}:revise`, 'Leave the footer alone.');
  const worker = await house.worker(task);
  expect((await house.core.door.job(worker)).prompt).toMatch(/"ana" says to this:[\s\S]*Leave the footer alone\./);
  const heard = await house.core.door.steering(worker, 0, new AbortController().signal);
  expect(heard.items).toEqual([]);
});

test('a code host that refuses to be read when work is judged parks the task', async () => {
  const { task } = await started();
  const worker = await house.worker(task);
  house.host.failing = { method: 'head', failure: never('repository_not_found') };
  await house.finish(worker);
  await openAsk(task, 'failure');
});

test('a thread that can no longer be written to keeps no task from its work', async () => {
  house.chat.failNext('post', never('unreachable'));
  const { task } = await started();
  await house.worker(task);
});

test('a turn whose answer cannot be posted leaves its conversation free for the next', async () => {
  const place = house.newPlace();
  house.chat.failNext('post', never('unreachable'));
  await house.say('ana', place, 'Hello?');
  await eventually('the end of the turn', async () => (await house.store.conversations.activeTurns()).length === 0);
  await house.say('ana', place, 'Still there?');
  await eventually('an answer', async () =>
    house.chat.messages.find((item) => item.ref.place === place || item.ref.place.channel === place.channel),
  );
});

test('a result that was kept but not told is told by the next round', async () => {
  const { task } = await started();
  const worker = await house.worker(task);
  const said = { type: 'nothing', summary: 'All is well.', session: 's' } as const;
  await house.store.runs.result(worker.id, said, Date.now());
  house.sandbox.exit(worker.id);
  await openAsk(task, 'failure');
});

test('a cancel that comes while a failed start is tidied up is not lost', async () => {
  house.host.failing = { method: 'ensureIssue', failure: never('forbidden') };
  const { task, place } = await started();
  await house.press('ana', place, `cancel:${task}`);
  await eventually('the end', async () => (await house.status(task)).phase === 'cancelled');
  await eventually('an empty sandbox', async () => house.sandbox.removed.includes(task));
});

test('four hundred red checks are one signal', async () => {
  const { task } = await started();
  const item = { source: 'check_run', state: 'failure', url: '' } as const;
  house.host.checked = Array.from({ length: 400 }, (_, n) => ({ ...item, id: `4815162342${n * 7919}`, name: `c${n}` }));
  await house.finish(await house.worker(task));
  await eventually('a fix', async () => (await house.status(task)).phase === 'fixing');
});

const kinds = async (task: number) => (await house.store.runs.of(task)).map(({ kind }) => kind);

test('a pull request that could not be opened is opened by a retry, without working again', async () => {
  const { task, place } = await started();
  house.host.failing = { method: 'ensurePullRequest', failure: never('forbidden') };
  await house.finish(await house.worker(task));
  const ask = await openAsk(task, 'failure');
  house.host.failing = null;
  await house.press('ana', place, `answer:${ask.id}:retry`);
  await eventually('the pull request', async () => (await house.store.tasks.get(task)).pull);
  expect(await kinds(task)).toEqual(['implement']);
});

test('an approved plan stays approved when the code host refuses to hear of it', async () => {
  const place = house.newPlace();
  const proposal = await house.propose(place, { planFirst: true });
  await house.press('ana', place, `confirm:${proposal}`);
  const task = await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task);
  const worker = await house.worker(task);
  await house.core.door.result(worker, { type: 'plan', plan: 'The plan', summary: 'In short.', session: 's' });
  const plan = await openAsk(task, 'plan');
  house.host.failing = { method: 'updateIssue', failure: never('forbidden') };
  await house.press('ana', place, `answer:${plan.id}:approve`);
  const failure = await openAsk(task, 'failure');
  house.host.failing = null;
  await house.press('ana', place, `answer:${failure.id}:retry`);
  await house.worker(task, `${task}.2.1`);
  expect(await kinds(task)).toEqual(['plan', 'implement']);
});

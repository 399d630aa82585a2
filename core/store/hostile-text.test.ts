import { afterAll, beforeAll, expect, test } from 'vitest';
import { conversation, type OpenStore, openStore, place, proposalIn, runIn, taskIn } from './testing.ts';

/** What Postgres refuses in text and in jsonb, and a backslash before it that is none of its business. */
const bad = 'a\u0000b\ud800c \\u0000 \u{1F389}';
const good = 'ab\ufffdc \\u0000 \u{1F389}';

let house: OpenStore;
beforeAll(async () => {
  house = await openStore();
});
afterAll(() => house.close());

test('a question of the worker may hold anything, and is kept as it can be', async () => {
  const { store } = house;
  const question = { question: bad, header: bad, options: [{ label: bad, description: '' }], multiSelect: false };
  const task = await taskIn(store);
  const body = { kind: 'question' as const, questions: [question] };
  const ask = await store.asks.open({ origin: 'bad', task, kind: 'question', body, at: 1 });
  expect(ask.body).toMatchObject({ questions: [{ question: good }] });
  const answer = { type: 'reply' as const, answers: { [bad]: bad } };
  const { changed } = await store.asks.answer(ask.id, answer, { name: bad, platform: 'slack' }, 2);
  expect(changed).toBe(true);
  expect(await store.asks.find(ask.id)).toMatchObject({ answer: { answers: { [good]: good } }, answeredBy: good });
});

test('an event of the worker may hold anything, and its task still counts its commits', async () => {
  const { store } = house;
  const { task, run, attempt } = await runIn(store);
  await store.runs.openAttempt({ id: attempt, run, task, lastsMs: 1_000 }, 1);
  const commit = { type: 'commit' as const, sha: 'a'.repeat(40), title: bad };
  await store.worker.record(attempt, task, [
    { seq: 1, at: 1, event: { type: 'says', text: bad } },
    { seq: 2, at: 2, event: commit },
  ]);
  expect(await store.worker.commits(task)).toBe(1);
  expect((await store.worker.latest(task, 5)).at(-1)?.event).toEqual({ ...commit, title: good });
});

test("a run's result and outcome may hold anything", async () => {
  const { store } = house;
  const { task, run, attempt } = await runIn(store);
  await store.runs.openAttempt({ id: attempt, run, task, lastsMs: 9 }, 1);
  expect(await store.runs.result(attempt, { type: 'nothing', summary: bad, session: bad }, 2)).toBe(true);
  expect((await store.runs.attempt(attempt))?.result).toMatchObject({ summary: good });
  await store.runs.end(run, { type: 'nothing', summary: bad }, 3);
  expect((await store.runs.get(run)).outcome).toEqual({ type: 'nothing', summary: good });
});

test('names, files, history, status and steers may hold anything', async () => {
  const { store } = house;
  const task = await taskIn(store);
  const files = [{ name: bad, mimeType: 'text/plain', size: 1, handle: bad }];
  const said = { conversation, place, external: bad, account: 'slack:T1:U1', person: 1, author: bad, text: bad };
  expect(await store.conversations.receive({ ...said, files, ref: null, at: 1 })).toBe(`turn:${good}`);
  expect(await store.conversations.claim(conversation, `turn:${good}`)).toMatchObject([
    { text: good, files: [{ name: good }] },
  ]);
  await store.history.add({ key: bad, at: 1, actor: bad, subject: 'task:1', type: 'steered', data: { [bad]: bad } });
  await store.tasks.advance(task, { type: 'parked', detail: bad }, 'k', 1);
  expect((await store.tasks.get(task)).status.detail).toBe(good);
  await store.worker.steer({ origin: bad, task, author: bad, text: bad, at: 1 });
  expect(await store.worker.pendingSteers(task)).toMatchObject([{ text: good, by: good }]);
  const id = await proposalIn(store, { title: bad });
  expect((await store.proposals.close(id, 'declined', bad, 2)).proposal).toMatchObject({
    title: good,
    decidedBy: good,
  });
});

test('what a Claude session holds comes back exactly', async () => {
  const { store } = house;
  const task = await taskIn(store);
  const entry = { uuid: 'u', text: bad };
  await store.worker.appendSession(task, [{ uuid: 'u', entry }]);
  expect(await all(store.worker.session(task))).toEqual([entry]);
});

async function all(entries: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}

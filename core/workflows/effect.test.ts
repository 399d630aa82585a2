import { DBOS } from '@dbos-inc/dbos-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../errors.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { effect } from './effect.ts';

const quick = { tries: 3, firstPauseSeconds: 0.01 };
const acts = new Map<string, () => Promise<string>>();
const calls = new Map<string, number>();

/** Does the act of its name; a failure is told as a value, with the class it had. */
const attempt = DBOS.registerWorkflow(
  async (name: string): Promise<string> => {
    try {
      return await effect(name, () => count(name), quick);
    } catch (error) {
      return error instanceof Failure ? `${error.code}/${error.remedy}/${error.advice}` : `not a Failure: ${error}`;
    }
  },
  { name: 'attempt' },
);

function count(name: string): Promise<string> {
  calls.set(name, (calls.get(name) ?? 0) + 1);
  return acts.get(name)?.() ?? Promise.resolve('');
}

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  DBOS.setConfig({ name: 'test', systemDatabaseUrl: database.url });
  await DBOS.launch();
});
afterAll(async () => {
  await DBOS.shutdown({ deregister: true });
  await database.drop();
});

async function run(name: string, act: () => Promise<string>): Promise<string> {
  acts.set(name, act);
  return (await DBOS.startWorkflow(attempt, { workflowID: name })(name)).getResult();
}

test('what passes is tried again', async () => {
  const act = () => ((calls.get('passes') ?? 0) < 3 ? Promise.reject(new Error('away')) : Promise.resolve('done'));
  expect(await run('passes', act)).toBe('done');
  expect(calls.get('passes')).toBe(3);
});

test('what cannot pass is tried once and stays the Failure it was', async () => {
  const failure = new Failure('No.', { code: 'forbidden', remedy: 'never', advice: 'Ask an owner.' });
  expect(await run('never', () => Promise.reject(failure))).toBe('forbidden/never/Ask an owner.');
  expect(calls.get('never')).toBe(1);
});

test('what does not pass in time is a Failure that says how often it was tried', async () => {
  expect(await run('always', () => Promise.reject(new Error('away')))).toBe('unexpected/never/I tried 3 times.');
  const limited = new Failure('Slow.', { code: 'rate_limited', remedy: 'retry' });
  expect(await run('limited', () => Promise.reject(limited))).toBe('rate_limited/never/I tried 3 times.');
  expect(calls.get('limited')).toBe(3);
});

test('replayed, an effect is not done again and its failure is the same', async () => {
  const before = new Map(calls);
  for (const name of ['passes', 'never', 'limited']) {
    const result = await DBOS.retrieveWorkflow<string>(name).getResult();
    const replay = await DBOS.forkWorkflow<string>(name, 1);
    expect(await replay.getResult()).toBe(result);
  }
  expect(calls).toEqual(before);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenAttempt } from '../door.ts';
import { connect, type OpenDatabase } from '../store/database.ts';
import { createStore, type Store } from '../store/index.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { createModelWatch } from './model-watch.ts';

let database: TestDatabase;
let connection: OpenDatabase;
let store: Store;

beforeAll(async () => {
  database = await testDatabase();
  connection = await connect(database.url, () => undefined);
  store = createStore(connection.db);
});

afterAll(async () => {
  await connection.close();
  await database.drop();
});

async function attemptOfATask(): Promise<OpenAttempt> {
  const proposal = await store.proposals.create({
    origin: `model-watch:${Math.random()}`,
    conversation: 'slack:T1:C1:1.1',
    place: { platform: 'slack', space: 'T1', channel: 'C1', thread: '1.1', dm: false },
    repo: 'acme/web',
    base: 'main',
    title: 'Fix it',
    brief: 'Fix it.',
    model: 'claude-opus-5-5',
    planFirst: true,
    budgetUsd: 5,
    deadlineMinutes: 90,
    createdAt: Date.now(),
    expiresAt: Date.now() + 60_000,
  });
  const confirmed = await store.proposals.confirm(proposal.id, { person: 1, name: 'Ana' }, Date.now());
  const task = confirmed.proposal.task ?? 0;
  await store.tasks.advance(task, { type: 'run_started', kind: 'plan' }, `started:${task}`, Date.now());
  return {
    id: `${task}.1.1`,
    run: `${task}.1`,
    task,
    kind: 'plan',
    repo: 'acme/web',
    branch: 'mainloop/1-fix-it',
    checkpointRef: 'refs/mainloop/1/wip',
    model: 'claude-opus-5-5',
    allowedModels: [],
    budgetLeft: 10,
  };
}

describe('a worker that waits for the model', () => {
  it('is shown as held by the model until the model answers again', async () => {
    const touched: string[] = [];
    const watch = createModelWatch({
      store,
      presenter: {
        touch: (subject) => void touched.push(subject),
        resume: async () => undefined,
        stop: async () => undefined,
      },
    });
    const attempt = await attemptOfATask();
    await watch.answered(attempt, 200, null);
    expect((await store.tasks.get(attempt.task)).status.holder).toBe('worker');
    await watch.answered(attempt, 529, 30_000);
    await watch.answered(attempt, 529, 30_000);
    const waiting = (await store.tasks.get(attempt.task)).status;
    expect(waiting).toMatchObject({ holder: 'model', phase: 'planning', detail: expect.stringContaining('529') });
    expect(waiting.nextAt).toBeGreaterThan(Date.now());
    await watch.answered(attempt, 200, null);
    expect((await store.tasks.get(attempt.task)).status).toMatchObject({ holder: 'worker', phase: 'planning' });
    expect(touched).toEqual([`task:${attempt.task}`, `task:${attempt.task}`]);
  });

  it('is found again after the program was restarted meanwhile', async () => {
    const presenter = { touch: () => undefined, resume: async () => undefined, stop: async () => undefined };
    const attempt = await attemptOfATask();
    await createModelWatch({ store, presenter }).answered(attempt, 500, null);
    await createModelWatch({ store, presenter }).answered(attempt, 200, null);
    expect((await store.tasks.get(attempt.task)).status.holder).toBe('worker');
  });
});

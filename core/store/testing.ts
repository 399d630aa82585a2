/** A store on a database of its own, with ready-made proposals, tasks and runs, for the store's tests. */
import { conversationKey, type Place } from '../domain/chat.ts';
import { testDatabase } from '../testing/postgres.ts';
import { connect, type OpenDatabase } from './database.ts';
import { createStore, type Store } from './index.ts';

export interface OpenStore {
  readonly store: Store;
  readonly db: OpenDatabase['db'];
  close(): Promise<void>;
}

export async function openStore(connections = 10): Promise<OpenStore> {
  const database = await testDatabase();
  const { db, close } = await connect(database.url, () => undefined, connections);
  return {
    ...{ store: createStore(db), db },
    async close() {
      await close();
      await database.drop();
    },
  };
}

export const place: Place = { platform: 'slack', space: 'T1', channel: 'C1', thread: '1700.1', dm: false };
export const conversation = conversationKey(place);

let made = 0;

export async function proposalIn(store: Store, change: { expiresAt?: number; title?: string } = {}): Promise<number> {
  made += 1;
  const { id } = await store.proposals.create({
    ...{
      origin: `made:${made}`,
      conversation,
      place,
      repo: 'acme/web',
      base: 'main',
      title: 'Fix it',
      brief: 'As said.',
    },
    ...{ model: 'm', planFirst: true, budgetUsd: 5, deadlineMinutes: 90, createdAt: 1, expiresAt: 1_000_000 },
    ...change,
  });
  return id;
}

export async function taskIn(store: Store, at = 10): Promise<number> {
  const { proposal } = await store.proposals.confirm(await proposalIn(store), { person: 1, name: 'Ana' }, at);
  if (proposal.task === null) throw new Error('not confirmed');
  return proposal.task;
}

/** A queued run of a fresh task. */
export async function runIn(store: Store): Promise<{ task: number; run: string; attempt: string }> {
  const task = await taskIn(store);
  const run = `${task}.1`;
  await store.runs.queue({ id: run, task, kind: 'implement' }, 1, 20, () => 'Do it.');
  return { task, run, attempt: `${run}.1` };
}

import { DBOS } from '@dbos-inc/dbos-sdk';
import { pino } from 'pino';
import { patientUrl } from '../bot/dbos-database.ts';
import { dbosLogger } from '../bot/dbos-log.ts';
import { conversationKey, type Place } from '../core/domain/chat.ts';
import { type Core, createCore } from '../core/index.ts';
import { connect } from '../core/store/database.ts';
import { createStore, type Store } from '../core/store/index.ts';

/** The repository of the fakes. */
export const repository = 'acme/web';

/** The one person of these benchmarks. */
export const ana = { platform: 'fake', space: 'T1', id: 'ANA', name: 'Ana', bot: false };

/** The core as the program composes it, in this process, with the ports that are given. */
export async function startCore(
  databaseUrl: string,
  ports: Pick<Parameters<typeof createCore>[0], 'chats' | 'host' | 'sandbox' | 'model'>,
  before: (store: Store) => Promise<void> = async () => undefined,
  { maxWorkers = 40, restMs = 60_000 } = {},
): Promise<{ core: Core; store: Store }> {
  const { db } = await connect(databaseUrl, () => undefined);
  const store = createStore(db);
  const log = pino({ level: 'error' }, pino.destination(2));
  const core = createCore({
    ...ports,
    store,
    log,
    settings: {
      chatModel: 'claude-sonnet-5-5',
      workerModel: 'claude-opus-5-5',
      sideModel: 'claude-haiku-5-5',
      maxWorkers,
      taskBudgetUsd: 5,
      taskDeadlineMinutes: 90,
      ciRounds: 2,
      reconcileMs: 60_000,
      ciGraceMs: 120_000,
      ciSettleMs: 0,
      restMs,
      publicUrl: 'http://localhost:3000',
      escalateMs: 0,
    },
  });
  DBOS.setConfig({
    name: 'mainloop',
    systemDatabaseUrl: patientUrl(databaseUrl),
    applicationVersion: 'mainloop',
    enablePatching: true,
    executorID: 'local',
    logger: dbosLogger(log),
  });
  await store.people.admit(ana, 'owner', 1);
  await store.projects.put({ repo: repository, defaultBranch: 'main', url: `https://host.example/${repository}` }, 1);
  await before(store);
  await DBOS.launch();
  await Promise.all([...ports.chats.values()].map((chat) => chat.start((inbound) => core.receive(inbound))));
  await core.start();
  return { core, store };
}

/** A thread on the platform of the fakes. */
export const fakeThread = (thread: string): Place => ({
  platform: 'fake',
  space: 'T1',
  channel: 'C1',
  thread,
  dm: false,
});

/** A proposal, without the conversation that leads to it; answers its id. */
export async function proposal(store: Store, place: Place): Promise<number> {
  const at = Date.now();
  const { id } = await store.proposals.create({
    origin: `bench:${place.thread}`,
    conversation: conversationKey(place),
    place,
    repo: repository,
    base: 'main',
    title: 'Add a note',
    brief: 'Add a line to NOTES.md.',
    model: 'claude-opus-5-5',
    planFirst: true,
    budgetUsd: 5,
    deadlineMinutes: 90,
    createdAt: at,
    expiresAt: at + 86_400_000,
  });
  return id;
}

/** A task that a person has confirmed. */
export async function confirmedTask(store: Store, place: Place): Promise<void> {
  const person = (await store.people.of(ana))?.id ?? 0;
  await store.proposals.confirm(await proposal(store, place), { person, name: ana.name }, Date.now());
}

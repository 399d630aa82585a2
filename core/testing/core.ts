/** The whole core with the real engine and store, and fakes for everything outside. One per process (test file). */
import { DBOS } from '@dbos-inc/dbos-sdk';
import { pino } from 'pino';
import { accountKey, conversationKey, type Inbound, type Place } from '../domain/chat.ts';
import type { Role } from '../domain/policy.ts';
import type { OpenAttempt } from '../door.ts';
import { type Core, createCore } from '../index.ts';
import type { Result } from '../protocol.ts';
import { connect } from '../store/database.ts';
import { createStore } from '../store/index.ts';
import { accounts } from '../store/schema.ts';
import type { Settings } from '../workflows/deps.ts';
import { createFakeChat, type FakeOptions } from './chat.ts';
import { createFakeCodeHost } from './code-host.ts';
import { createFakeModel, type FakeAnswer } from './model.ts';
import { testDatabase } from './postgres.ts';
import { createFakeSandbox } from './sandbox.ts';

export type CoreHouse = Awaited<ReturnType<typeof openCore>>;

const settings: Settings = {
  ...{ chatModel: 'claude-sonnet-5-5', workerModel: 'claude-opus-5-5', sideModel: 'claude-haiku-5-5', maxWorkers: 5 },
  ...{
    taskBudgetUsd: 5,
    taskDeadlineMinutes: 90,
    ciRounds: 1,
    reconcileMs: 3_600_000,
    ciGraceMs: 0,
    ciSettleMs: 0,
    restMs: 60_000,
    publicUrl: 'http://localhost:3000',
    escalateMs: 0,
  },
};

/** @param others more platforms beside `fake`, whose ids of people are the same there. */
export async function openCore(change: Partial<Settings> = {}, others: readonly FakeOptions[] = []) {
  const database = await testDatabase();
  const { db, close } = await connect(database.url, () => undefined);
  const store = createStore(db);
  const chat = createFakeChat();
  const chats = new Map([chat, ...others.map(createFakeChat)].map((item) => [item.platform, item]));
  const host = createFakeCodeHost();
  const sandbox = createFakeSandbox();
  const state: { answer: () => FakeAnswer } = { answer: () => ({ text: 'Hello.' }) };
  const model = createFakeModel(() => state.answer());
  const core: Core = createCore({
    ...{ store, host, sandbox, model, chats, settings: { ...settings, ...change } },
    log: pino({ level: 'silent' }),
  });
  DBOS.setConfig({ name: 'test', systemDatabaseUrl: database.url, applicationVersion: 'test', enablePatching: true });
  await DBOS.launch();
  for (const item of chats.values()) await item.start((inbound) => core.receive(inbound), core.suggest);
  await store.projects.put({ repo: 'acme/web', defaultBranch: 'main', url: 'https://host.example/acme/web' }, 1);
  let count = 0;
  const id = () => {
    count += 1;
    return `${count}`;
  };
  const account = (name: string, platform = 'fake') => ({ platform, space: 'T1', id: name, name, bot: false });
  const newPlace = (platform = 'fake'): Place => ({
    ...{ platform, space: 'T1', channel: `C${id()}`, thread: '1.1', dm: false },
  });
  /** The direct messages of an account, where the bot writes to it too. */
  const dmOf = (name: string, platform = 'fake'): Place => ({
    ...{ platform, space: 'T1', channel: `dm-${name}`, dm: true },
  });
  const base = (by: string, place: Place) => ({
    ...{ dedupe: `${place.platform}:${id()}`, at: Date.now(), account: account(by, place.platform), place },
  });
  const handleOf = ({ dm }: Place) => ({ dm: String(dm) });
  const chatOf = ({ platform }: Pick<Place, 'platform'>) => {
    const found = chats.get(platform);
    if (!found) throw new Error(`no fake platform ${platform}`);
    return found;
  };

  return {
    ...{ core, store, chat, chats, host, sandbox, model, state, account, newPlace, dmOf, chatOf, db },
    admit: (name: string, role: Role, projects: readonly string[] | null = null) =>
      store.people.admit(account(name), role, 1, projects),
    /** Gives a person an account of the same name on another platform, where they were last. */
    async join(name: string, platform: string): Promise<void> {
      const person = await store.people.of(account(name));
      if (!person) throw new Error(`nobody is called ${name}`);
      const { id: externalId, ...values } = account(name, platform);
      const key = accountKey({ ...values, id: externalId });
      await db.insert(accounts).values({ ...values, key, externalId, person: person.id, lastSeenAt: 2 });
    },
    async say(by: string, place: Place, text: string, more: Partial<Extract<Inbound, { kind: 'message' }>> = {}) {
      const ref = { place, id: `m${id()}` };
      await chatOf(place).inbound({
        ...base(by, place),
        kind: 'message',
        ref,
        text,
        mentionsBot: true,
        files: [],
        ...more,
      });
    },
    press: (by: string, place: Place, token: string, text?: string) =>
      chatOf(place).inbound(
        text === undefined
          ? { ...base(by, place), kind: 'action', target: null, token, values: [], reply: handleOf(place) }
          : { ...base(by, place), kind: 'form', token, fields: { text }, reply: handleOf(place) },
      ),
    react: (by: string, target: { place: Place; id: string }, emoji: string) =>
      chatOf(target.place).inbound({ ...base(by, target.place), kind: 'reaction', target, emoji, added: true }),
    command: (by: string, place: Place, text: string) =>
      chatOf(place).inbound({ ...base(by, place), kind: 'command', text, reply: handleOf(place) }),
    /** A proposal of ours, as the assistant would have made it; its card is on its way. */
    async propose(
      place: Place,
      change: { planFirst?: boolean; repo?: string; proposer?: number } = {},
    ): Promise<number> {
      const at = Date.now();
      const { id: number } = await store.proposals.create({
        ...{ origin: `proposed:${id()}`, conversation: conversationKey(place), place, repo: 'acme/web', base: 'main' },
        ...{ title: 'Fix it', brief: 'As said.', model: 'claude-opus-5-5', planFirst: false, budgetUsd: 5 },
        ...{ deadlineMinutes: 90, createdAt: at, expiresAt: at + 60_000, ...change },
      });
      await store.posts.announce(`proposal:${number}`, place, `proposal:${number}`, at);
      return number;
    },
    /** The worker of an attempt of the task, once it has begun. */
    async worker(task: number, attempt?: string): Promise<OpenAttempt> {
      const token = await eventually(`a worker of #${task}`, async () => {
        const spec = sandbox.begun.findLast((item) => item.task === task && (!attempt || item.attempt === attempt));
        return spec && sandbox.running.has(spec.attempt) ? spec.token : undefined;
      });
      const open = await core.door.admit({ token });
      if (!open) throw new Error('the attempt is closed');
      return open;
    },
    /** Pushes a commit to the task's branch and says that the work is done. */
    async finish(worker: OpenAttempt, sha = `${Date.now()}`.padStart(40, 'b')): Promise<string> {
      host.heads.set(worker.branch, sha);
      for (const pull of host.pulls) if (pull.headBranch === worker.branch) host.change(pull.number, { head: sha });
      const words = { title: 'Fixed', summary: 'It is fixed.', session: 's' };
      const result: Result = { type: 'work', head: sha, checks: [], replies: [], ...words };
      await core.door.result(worker, result);
      return sha;
    },
    status: async (task: number) => (await store.tasks.get(task)).status,
    async close() {
      await core.stop();
      await DBOS.shutdown({ deregister: true });
      await close();
      await database.drop();
    },
  };
}

/** Also on a machine that does much else; a test has 30 s. */
const patienceMs = 25_000;

/** Asks until there is an answer, for at most {@link patienceMs}. */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined | null | false>): Promise<T> {
  for (const end = Date.now() + patienceMs; Date.now() < end; ) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain for ${what}`);
}

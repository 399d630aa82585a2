/** A house with people, a project and a real store, for the assistant's tests. */
import { pino } from 'pino';
import type { AskBody } from '../domain/ask.ts';
import { conversationKey, type FileRef, type Place } from '../domain/chat.ts';
import type { Person } from '../domain/policy.ts';
import type { ChatModel } from '../ports.ts';
import type { Ask } from '../store/asks.ts';
import { connect, type OpenDatabase } from '../store/database.ts';
import { createStore, type Store } from '../store/index.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { createDecisions } from '../workflows/decisions.ts';
import type { Deps, Settings } from '../workflows/deps.ts';
import { createAssistant } from './assistant.ts';
import type { AssistantDeps, Said, Turn } from './turn.ts';

const settings: Settings = {
  chatModel: 'claude-sonnet-5-5',
  workerModel: 'claude-opus-5-5',
  sideModel: 'claude-haiku-5-5',
  maxWorkers: 3,
  taskBudgetUsd: 5,
  taskDeadlineMinutes: 90,
  ciRounds: 3,
  reconcileMs: 60_000,
  ciGraceMs: 60_000,
  ciSettleMs: 0,
  restMs: 60_000,
  publicUrl: 'http://localhost:3000',
  escalateMs: 0,
};

export interface House {
  readonly store: Store;
  /** What tasks were told: number, signal, key. */
  readonly told: unknown[];
  readonly close: () => Promise<void>;
}

export async function openHouse(): Promise<House> {
  const database: TestDatabase = await testDatabase();
  const open: OpenDatabase = await connect(database.url, () => undefined);
  const store = createStore(open.db);
  await store.projects.put({ repo: 'acme/web', defaultBranch: 'main', url: 'https://github.com/acme/web' }, 1);
  const close = async () => {
    await open.close();
    await database.drop();
  };
  return { store, told: [], close };
}

/** `acme/web` has the branches `main` and `next`, all else has none. */
const head = async (repo: string, branch: string): Promise<string | null> =>
  repo === 'acme/web' && ['main', 'next'].includes(branch) ? 'a'.repeat(40) : null;

/** The assistant over the real decisions. */
export function assistantIn({ store, told }: House, model: ChatModel, host: AssistantDeps['host'] = { head }) {
  const log = pino({ level: 'silent' });
  const presenter = { touch: () => undefined, resume: () => undefined, stop: async () => undefined };
  const tellTask: Deps['tellTask'] = async (...letter) => {
    told.push(letter);
  };
  const needs = { store, log, settings, presenter, tellTask, steered: () => undefined } satisfies Partial<Deps>;
  const decisions = createDecisions(needs as unknown as Deps);
  return createAssistant({ store, model, settings, log, host, decisions });
}

export const channel = (name: string): Place => ({
  platform: 'slack',
  space: 'T1',
  channel: name,
  thread: '1700.1',
  dm: false,
});

let clock = Date.now();

/** Stores messages in one conversation and claims them for a turn, as the workflow does. */
export async function hear(
  { store }: House,
  place: Place,
  ...words: readonly { readonly by: Person | null; readonly text: string; readonly files?: readonly FileRef[] }[]
): Promise<Turn> {
  const conversation = conversationKey(place);
  let id: string | null = null;
  for (const { by, text, files = [] } of words) {
    clock += 1;
    const turn = await store.conversations.receive({
      conversation,
      place,
      external: `slack:m:${place.channel}:${clock}`,
      account: `slack:T1:U${by?.id ?? 'X'}`,
      person: by?.id ?? 0,
      author: by?.name ?? 'Stranger',
      text,
      files,
      ref: null,
      at: clock,
    });
    id ??= turn;
  }
  if (!id) throw new Error('another turn holds this conversation');
  const claimed = await store.conversations.claim(conversation, id);
  const said: Said[] = [];
  for (const message of claimed) {
    said.push({ ...message, person: message.person ? await store.people.byId(message.person) : null });
  }
  return { id, conversation, place, said };
}

/** Stores the answer and lets the conversation go. */
export async function settle({ store }: House, turn: Turn, text: string): Promise<void> {
  await store.conversations.answered(turn.conversation, turn.id, text, clock);
  await store.conversations.release(turn.conversation, turn.id);
}

let admitted = 0;

export function admit({ store }: House, name: string, role: Person['role']): Promise<Person> {
  admitted += 1;
  return store.people.admit({ platform: 'slack', space: 'T1', id: `U${admitted}`, name }, role, 1);
}

/** A task of a person in one place, just confirmed. */
export async function taskOf({ store }: House, person: Person, place: Place, title = 'A task'): Promise<number> {
  const at = Date.now();
  clock += 1;
  const { id } = await store.proposals.create({
    title,
    brief: 'As said.',
    origin: `${title}:${clock}`,
    conversation: conversationKey(place),
    place,
    repo: 'acme/web',
    base: 'main',
    model: settings.workerModel,
    planFirst: true,
    budgetUsd: 5,
    deadlineMinutes: 90,
    createdAt: at,
    expiresAt: at + 10_000,
  });
  const { proposal } = await store.proposals.confirm(id, { person: person.id, name: person.name }, at);
  return proposal.task ?? 0;
}

export const askOf = ({ store }: House, task: number, body: AskBody): Promise<Ask> =>
  store.asks.open({ origin: `${task}.${body.kind}`, task, kind: body.kind, body, at: Date.now() });

export const plan: AskBody = { kind: 'plan', summary: '1. Reject impossible days.', version: 1 };

/** A tool call under a fresh id. */
export const call = (name: string, input: unknown, id = `toolu_${Math.random()}`) => ({ id, name, input });

import { nextReminder } from '../domain/answering.ts';
import { type Account, accountKey, type Place } from '../domain/chat.ts';
import { describe, Failure } from '../errors.ts';
import type { Ask } from '../store/asks.ts';
import { channelOf } from '../store/posts.ts';
import { askLine } from '../words/ask.ts';
import { chatFor, deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { effect } from './effect.ts';
import { notice } from './notice.ts';
import { whoMayAnswer } from './recipients.ts';
import { escalationAt, quietNow, surfacesOf } from './surfaces.ts';

/**
 * Shows an ask to its person: in the DMs they want it in, else in the next one they can be reached in, else in the thread it
 * came from. With `person` it is shown to somebody it was handed or escalated to, or at the end of quiet hours.
 */
export const createAsk = (deps: Deps) =>
  async function ask(id: number, person?: number): Promise<void> {
    const found = await effect('whom to ask', () => (person ? alsoAsked(deps, id, person) : firstAsked(deps, id)));
    if (!found) return;
    // Before people could choose, it was a plain list, to be tried one by one.
    for (const group of found.map((item) => (Array.isArray(item) ? item : [item]))) {
      let isReached = false;
      for (const account of group) isReached = (await reached(deps, id, account)) || isReached;
      if (isReached) return notice(deps.log, 'say in thread', () => sayInThread(deps, id, person));
    }
    if (await effect('ask in thread', () => showInThread(deps, id, person))) return;
    deps.log.warn({ ask: id, person }, 'nobody asked');
  };

/**
 * The surfaces of the task's person; null when the ask needs no answer, waits for the end of their quiet hours, or is put to
 * others because they may no longer answer it.
 */
async function firstAsked(deps: Deps, id: number): Promise<Account[][] | null> {
  const { store } = deps;
  const ask = await store.asks.find(id);
  if (ask?.state !== 'open') return null;
  const { person } = await store.tasks.get(ask.task);
  const now = Date.now();
  const able = await whoMayAnswer(store, ask);
  if (able[0]?.id !== person) {
    const owners = able.filter(({ role }) => role === 'owner');
    const others = owners.length > 0 ? owners : able;
    for (const other of others)
      await store.askings.put({ ask: id, person: other.id, told: 0, dueAt: now }, escalationAt(deps, now));
    return others.length > 0 ? null : [];
  }
  const until = quietNow(await store.inbox.of(person), now);
  const asking = until === null ? { told: 1, dueAt: nextReminder(1, now) } : { told: 0, dueAt: until };
  await store.askings.put({ ask: id, person, ...asking }, escalationAt(deps, until ?? now));
  return until === null ? surfacesOf(deps, person) : null;
}

async function alsoAsked(deps: Deps, id: number, person: number): Promise<Account[][] | null> {
  const ask = await deps.store.asks.find(id);
  if (ask?.state !== 'open') return null;
  const isAble = (await whoMayAnswer(deps.store, ask)).some((able) => able.id === person);
  return isAble ? surfacesOf(deps, person) : null;
}

/** Whether the person can read it in their DM now; a DM that cannot be had, for good or for long, is no end. */
async function reached(deps: Deps, id: number, account: Account): Promise<boolean> {
  try {
    await effect(`ask ${accountKey(account)}`, async () => {
      const place = await chatFor(deps.chats, account.platform).dm(account);
      await showAsk(deps, id, cardKey(id, account), place);
    });
    return true;
  } catch (error) {
    if (!(error instanceof Failure) || error.remedy !== 'never') throw error;
    deps.log.warn({ ask: id, account: accountKey(account), error: describe(error) }, 'person not reachable');
    return false;
  }
}

/** Names an ask's card in the DM of an account. */
export const cardKey = (id: number, account: Account): string => `ask:${id}:${accountKey(account)}`;

/** Names an ask's card in the thread of its task. */
export const threadKey = (id: number): string => `ask:${id}:thread`;

/** False when it is not for them alone to answer: then the thread was told when its own person was asked. */
async function showInThread(deps: Deps, id: number, person: number | undefined): Promise<boolean> {
  if (!(await isTheirs(deps, id, person))) return false;
  const { place } = await deps.store.tasks.get((await required(deps, id)).task);
  await showAsk(deps, id, threadKey(id), place);
  return true;
}

/** One line, so that those who watch the thread know whom the task waits for; not where the card itself is. */
async function sayInThread(deps: Deps, id: number, person: number | undefined): Promise<void> {
  if (!(await isTheirs(deps, id, person))) return;
  const ask = await required(deps, id);
  // That a task is ready for review is news of its own in the thread.
  if (ask.kind === 'review') return;
  const task = await deps.store.tasks.get(ask.task);
  const cards = await deps.store.posts.of(`ask:${id}`);
  if (cards.some((card) => channelOf(card.place) === channelOf(task.place))) return;
  const asked = person ?? task.person;
  const name = (await deps.store.people.byId(asked))?.name ?? null;
  const doc = { text: askLine(ask, task, name) };
  await deliver(deps, { key: `ask:${id}:line:${asked}`, place: task.place, subject: null, doc, settled: true });
}

const isTheirs = async ({ store }: Deps, id: number, person: number | undefined): Promise<boolean> =>
  person === undefined || (await store.askings.find(id, person))?.reminds === true;

/** Sends a copy of an ask's card, once per key; it is kept true until the ask is settled. */
export async function showAsk(deps: Deps, id: number, key: string, place: Place): Promise<void> {
  const drawing = await deps.draw(`ask:${id}`);
  if (!drawing) return;
  await deliver(deps, { key, place, subject: `ask:${id}`, doc: drawing.doc, settled: false });
  deps.presenter.touch(`ask:${id}`);
}

async function required({ store }: Deps, id: number): Promise<Ask> {
  const ask = await store.asks.find(id);
  if (!ask) throw new Failure(`ask ${id} does not exist`, { code: 'no_ask', remedy: 'never' });
  return ask;
}

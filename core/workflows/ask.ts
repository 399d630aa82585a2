import type { Account, Place } from '../domain/chat.ts';
import { accountKey } from '../domain/chat.ts';
import { describe, Failure } from '../errors.ts';
import type { Ask } from '../store/asks.ts';
import { chatFor, deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { effect } from './effect.ts';
import { whoMayAnswer } from './recipients.ts';

/** Shows an ask where its person will see it: the DM of the platform they used last, else the thread it came from. */
export const createAsk = (deps: Deps) =>
  async function ask(id: number): Promise<void> {
    const accounts = await effect('whom to ask', () => accountsFor(deps, id));
    for (const account of accounts) {
      if (await reached(deps, id, account)) return;
    }
    await effect('ask in thread', () => showInThread(deps, id));
  };

async function accountsFor({ store, chats }: Deps, id: number): Promise<Account[]> {
  const ask = await store.asks.find(id);
  if (!ask) return [];
  const people = await whoMayAnswer(store, ask);
  const isFirst = people[0]?.id === (await store.tasks.get(ask.task)).person;
  // Where the task's person may no longer answer, the owners are asked, else whoever may.
  const owners = people.filter(({ role }) => role === 'owner');
  const asked = isFirst ? people.slice(0, 1) : owners.length > 0 ? owners : people;
  const accounts = await Promise.all(asked.map(({ id }) => store.people.accountsOf(id)));
  return accounts.flat().filter((account) => chats.has(account.platform));
}

/** Whether the person can read it in their DM now; a DM that cannot be had, for good or for long, is no end. */
async function reached(deps: Deps, id: number, account: Account): Promise<boolean> {
  try {
    await effect(`ask ${accountKey(account)}`, async () => {
      const place = await chatFor(deps.chats, account.platform).dm(account);
      await show(deps, id, `ask:${id}:${accountKey(account)}`, place);
    });
    return true;
  } catch (error) {
    if (!(error instanceof Failure) || error.remedy !== 'never') throw error;
    deps.log.warn({ ask: id, account: accountKey(account), error: describe(error) }, 'person not reachable');
    return false;
  }
}

async function showInThread(deps: Deps, id: number): Promise<void> {
  const ask = await required(deps, id);
  const { place } = await deps.store.tasks.get(ask.task);
  await show(deps, id, `ask:${id}:thread`, place);
}

async function show(deps: Deps, id: number, key: string, place: Place): Promise<void> {
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

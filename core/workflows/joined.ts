import { type Account, accountKey } from '../domain/chat.ts';
import { describe, Failure } from '../errors.ts';
import { chatFor, deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { effect } from './effect.ts';

/**
 * Tells a person on the account whose code was entered that another account is theirs now, with the way back. Where that
 * account cannot be written to, another one of theirs is told, but not the new one: it may be a thief's.
 */
export const createJoined = (deps: Deps) =>
  async function joined(id: number): Promise<void> {
    const accounts = await effect('whom to tell', () => accountsFor(deps, id));
    for (const account of accounts) {
      if (await told(deps, id, account)) return;
    }
    deps.log.warn({ join: id }, 'nobody could be told of a joined account');
  };

async function accountsFor({ store, chats }: Deps, id: number): Promise<Account[]> {
  const join = await store.joins.find(id);
  if (!join) return [];
  const accounts = await store.people.accountsOf(join.person);
  const others = accounts.filter((one) => accountKey(one) !== join.account && chats.has(one.platform));
  const isFirst = (account: Account) => accountKey(account) === join.through;
  return [...others.filter(isFirst), ...others.filter((account) => !isFirst(account))];
}

async function told(deps: Deps, id: number, account: Account): Promise<boolean> {
  const subject = `join:${id}`;
  try {
    await effect(`tell ${accountKey(account)}`, async () => {
      const drawing = await deps.draw(subject);
      if (!drawing) return;
      const place = await chatFor(deps.chats, account.platform).dm(account);
      await deliver(deps, {
        key: `${subject}:${accountKey(account)}`,
        place,
        subject,
        doc: drawing.doc,
        settled: false,
      });
      deps.presenter.touch(subject);
    });
    return true;
  } catch (error) {
    if (!(error instanceof Failure) || error.remedy !== 'never') throw error;
    deps.log.warn({ join: id, account: accountKey(account), error: describe(error) }, 'person not reachable');
    return false;
  }
}

import type { Account } from '../domain/chat.ts';
import { quietUntil } from '../domain/quiet.ts';
import { ownZone } from '../domain/zoned.ts';
import type { Inbox } from '../store/inbox.ts';
import type { Deps } from './deps.ts';

/** The time zone a person lives in, as far as they said. */
export const zoneOf = ({ zone }: Pick<Inbox, 'zone'>): string => zone ?? ownZone();

/** When the quiet hours of a person end that last at `now`; null when there are none. */
export const quietNow = (inbox: Inbox, now: number): number | null =>
  inbox.quiet && quietUntil(inbox.quiet, now, zoneOf(inbox));

/** When everybody else is asked what is shown at `shownAt`; null: never. */
export const escalationAt = ({ settings }: Pick<Deps, 'settings'>, shownAt: number): number | null =>
  settings.escalateMs > 0 ? shownAt + settings.escalateMs : null;

/**
 * Where a person is asked: groups of accounts, of which all of the first are used that can be reached at all. Those they
 * chose come first together, one per platform, then the others one by one, the last used first.
 */
export async function surfacesOf(
  { store, chats }: Pick<Deps, 'store' | 'chats'>,
  person: number,
): Promise<Account[][]> {
  const { surfaces } = await store.inbox.of(person);
  const accounts = (await store.people.accountsOf(person)).filter((account) => chats.has(account.platform));
  const chosen = (surfaces ?? []).flatMap(
    (platform) => accounts.find((account) => account.platform === platform) ?? [],
  );
  const others = accounts.filter((account) => !chosen.includes(account)).map((account) => [account]);
  return chosen.length > 0 ? [chosen, ...others] : others;
}

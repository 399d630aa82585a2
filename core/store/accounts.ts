import { type Account, accountKey } from '../domain/chat.ts';
import type { accounts } from './schema.ts';

/** An account as it is stored, with its person. */
export const accountRow = (
  account: Omit<Account, 'bot'>,
  person: number,
  at: number,
): typeof accounts.$inferInsert => ({
  key: accountKey(account),
  platform: account.platform,
  space: account.space,
  externalId: account.id,
  name: account.name ?? account.id,
  person,
  lastSeenAt: at,
});

export const accountIn = ({ platform, space, externalId: id, name }: typeof accounts.$inferSelect): Account => ({
  ...{ platform, space, id, name, bot: false },
});

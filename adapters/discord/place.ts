import type { Account, MessageRef, Place } from '../../core/domain/chat.ts';

/** A conversation in private; no guild is around it. */
export const dmPlace = (channel: string): Place => ({ platform: 'discord', space: '', channel, dm: true });

/** A channel of a guild, or a thread in it. */
export function guildPlace(guild: string, channel: string, thread?: string): Place {
  const place = { platform: 'discord', space: guild, channel, dm: false };
  return thread === undefined ? place : { ...place, thread };
}

export const refOf = (place: Place, id: string): MessageRef => ({ place, id });

/** People's ids are the same in every guild, so accounts name none. */
export function accountOf(user: {
  id: string;
  bot?: boolean | undefined;
  global_name?: string | null | undefined;
  username?: string | undefined;
}): Account {
  const name = user.global_name || user.username;
  return { platform: 'discord', space: '', id: user.id, bot: user.bot === true, ...(name ? { name } : {}) };
}

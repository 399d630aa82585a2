import type { Inbound, ReplyHandle } from '../../core/domain/chat.ts';
import type { WebMessage } from '../../core/store/web.ts';
import { accountOf, placeOf, refOf } from './place.ts';

/** Names the act that a private answer belongs to. */
export const handleOf = (person: number, id: string): ReplyHandle => ({ person: String(person), id });

/** What a person said, as it is stored: a message, or the command that a leading slash makes of it. */
export function saidInbound({ id, person, key, at, text, files }: WebMessage): Inbound {
  const base = { dedupe: key, at, account: accountOf(person), place: placeOf(person) };
  const command = files.length > 0 ? null : commandIn(text);
  if (command !== null) return { ...base, kind: 'command', text: command, reply: handleOf(person, key) };
  return { ...base, kind: 'message', ref: refOf(person, id), text, mentionsBot: true, files };
}

/** `/tasks all` and `/mainloop tasks all` are commands; a path such as `/usr/bin` is not. */
function commandIn(text: string): string | null {
  const words = text.trim().replace(/^\/mainloop(?:\s+|$)/i, '/');
  return /^\/(?:$|[a-z]+(?:\s|$))/i.test(words) ? words.slice(1) : null;
}

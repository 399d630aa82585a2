import type { Message } from 'grammy/types';
import { commands, parseCommand } from '../../core/domain/commands.ts';
import type { Self } from './self.ts';
import { entitiesOf, spokenText } from './spoken.ts';

/** What a message that begins with a slash is: words to the assistant, or a command. */
export type Slash =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'command'; readonly text: string };

/**
 * The command that a message gives us, or null: in groups many bots listen, so there it must name us or be one of ours.
 * `/task TEXT` is said in the conversation, as without the slash, and `/start CODE` too: the core knows codes by their form.
 */
export function slashIn(message: Message, self: Self): Slash | null {
  const text = message.text ?? message.caption ?? '';
  const entity = entitiesOf(message).find(({ type, offset }) => type === 'bot_command' && offset === 0);
  if (!entity) return null;
  const [name = '', addressee] = text.slice(1, entity.length).toLowerCase().split('@');
  if (addressee !== undefined && addressee !== self.username.toLowerCase()) return null;
  if (addressee === undefined && message.chat.type !== 'private' && !isOurs(name)) return null;
  const moved = entitiesOf(message).flatMap((mark) =>
    mark.offset >= entity.length ? [{ ...mark, offset: mark.offset - entity.length }] : [],
  );
  const rest = spokenText(text.slice(entity.length), moved, self);
  if (name === 'start') return rest === '' ? { kind: 'command', text: '' } : { kind: 'words', text: `/start ${rest}` };
  const line = `${name} ${rest}`.trim();
  const command = parseCommand(line);
  if ('name' in command && command.name === 'task') return { kind: 'words', text: command.text };
  return { kind: 'command', text: line };
}

const isOurs = (name: string): boolean => name === 'start' || commands.some((command) => command.name === name);

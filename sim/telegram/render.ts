import type { MessageEntity } from 'grammy/types';
import { buttonsOf } from './keyboard.ts';
import type { TelegramMessage } from './types.ts';

/** A message as a person would read it in a terminal; buttons are numbered in reading order, from 1. */
export function renderMessage(message: TelegramMessage): string {
  if (message.deleted) return '(deleted)';
  const { wire } = message;
  const text = wire.text ?? wire.caption ?? serviceLine(message);
  const { document, photo, voice } = wire;
  const file = document && `📎 ${document.file_name} (${document.file_size} bytes)`;
  const lines = [
    file,
    photo && `🖼 photo (${photo.at(-1)?.file_size} bytes)`,
    voice && `🎤 voice (${voice.duration} s)`,
    readable(text, wire.entities ?? wire.caption_entities ?? []),
    reactions(message),
    ...keyboard(message),
  ];
  return lines.filter((line) => line !== undefined && line !== '').join('\n');
}

function serviceLine({ wire }: TelegramMessage): string {
  if (wire.forum_topic_created) return `(topic “${wire.forum_topic_created.name}” created)`;
  if (wire.forum_topic_edited) return `(topic renamed to “${wire.forum_topic_edited.name}”)`;
  if (wire.forum_topic_closed) return '(topic closed)';
  if (wire.forum_topic_reopened) return '(topic reopened)';
  if (wire.migrate_to_chat_id !== undefined) return '(group became a supergroup)';
  const added = wire.new_chat_members?.map((user) => user.first_name).join(', ');
  return added === undefined ? '' : `(${added} joined)`;
}

/** Addresses behind words are shown, quotations marked; other forms change nothing that is read. */
function readable(text: string, entities: MessageEntity[]): string {
  const inserts: { at: number; text: string }[] = [];
  for (const entity of entities) {
    const end = entity.offset + entity.length;
    if (entity.type === 'text_link' && text.slice(entity.offset, end) !== entity.url) {
      inserts.push({ at: end, text: ` (${entity.url})` });
    }
    if (entity.type !== 'blockquote' && entity.type !== 'expandable_blockquote') continue;
    inserts.push({ at: entity.offset, text: '│ ' });
    for (const { index } of text.slice(entity.offset, end - 1).matchAll(/\n/g)) {
      inserts.push({ at: entity.offset + index + 1, text: '│ ' });
    }
  }
  let result = text;
  for (const { at, text: insert } of inserts.sort((a, b) => b.at - a.at)) {
    result = result.slice(0, at) + insert + result.slice(at);
  }
  return result;
}

function reactions({ reactions: byUser }: TelegramMessage): string {
  const counts = new Map<string, number>();
  for (const emoji of [...byUser.values()].flat()) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  return [...counts].map(([emoji, count]) => `${emoji} ${count}`).join('  ');
}

function keyboard(message: TelegramMessage): string[] {
  const numbers = new Map(buttonsOf(message).map((button, i) => [button, i + 1]));
  const rows = message.wire.reply_markup?.inline_keyboard ?? [];
  return rows.map((row) => row.map((button) => `${numbers.get(button)}:[${button.text}]`).join('  '));
}

import type { Message, MessageEntity } from 'grammy/types';
import type { Self } from './self.ts';

/** What a person wrote, as markdown: code and links keep their meaning, the bot's own mention is taken out. */
export function spokenText(text: string, entities: readonly MessageEntity[], self: Self): string {
  let result = '';
  let at = 0;
  for (const entity of entities) {
    if (entity.offset < at) continue;
    const end = entity.offset + entity.length;
    const written = asMarkdown(text.slice(entity.offset, end), entity, self);
    if (written === null) continue;
    result += text.slice(at, entity.offset) + written;
    at = end;
  }
  return (result + text.slice(at)).replace(/[ \t]+$/gm, '').trim();
}

/** Whether a message names the bot, or answers one of its messages. */
export function addresses(message: Message, self: Self): boolean {
  const above = message.reply_to_message;
  if (above?.from?.id === self.id && !above.forum_topic_created) return true;
  const text = message.text ?? message.caption ?? '';
  return entitiesOf(message).some((entity) => isMention(text, entity, self));
}

export const entitiesOf = (message: Message): readonly MessageEntity[] =>
  message.entities ?? message.caption_entities ?? [];

function isMention(text: string, entity: MessageEntity, self: Self): boolean {
  if (entity.type === 'text_mention') return entity.user.id === self.id;
  if (entity.type !== 'mention') return false;
  const name = text.slice(entity.offset + 1, entity.offset + entity.length);
  return name.toLowerCase() === self.username.toLowerCase();
}

function asMarkdown(words: string, entity: MessageEntity, self: Self): string | null {
  switch (entity.type) {
    case 'mention':
    case 'text_mention':
      return isMention(words.padStart(entity.offset + words.length), entity, self) ? '' : null;
    case 'code':
      return `\`${words}\``;
    case 'pre':
      return `\n\`\`\`${entity.language ?? ''}\n${words}\n\`\`\`\n`;
    case 'text_link':
      return `[${words}](${entity.url})`;
    default:
      return null;
  }
}

import { buttonsOf, labelOf } from './acts.ts';
import { isJson, objectsIn, textIn } from './json.ts';
import type { DiscordMessage, Json } from './types.ts';
import { isSelect } from './validate/select.ts';

const LOADING = 1 << 7;

/**
 * A message as a person would read it in a terminal; buttons are numbered in reading order, from 1. `nameOf` gives the
 * name of a user's id.
 */
export function renderMessage(
  message: DiscordMessage,
  nameOf: (id: string) => string | undefined = () => undefined,
): string {
  if (message.deleted) return '(deleted)';
  const plain = (text: string): string => text.replace(/<@!?(\d+)>/g, (whole, id: string) => `@${nameOf(id) ?? whole}`);
  const numbers = new Map(buttonsOf(message.components).map((button, i) => [button, i + 1]));
  const isThinking = (message.flags & LOADING) !== 0 && message.content === '';
  const lines = [
    isThinking ? `${message.author.username} is thinking…` : plain(message.content),
    ...message.embeds.map((embed) => plain(renderEmbed(embed))),
    ...message.components.map((component) => plain(renderComponent(component, numbers))),
    ...message.attachments.map(({ filename, content }) => `📎 ${filename} (${content.length} bytes)`),
    message.reactions.map(({ emoji, users }) => `${emoji.name} ${users.length}`).join('  '),
    message.ephemeralTo ? '(only you can see this)' : '',
  ];
  return lines.filter((line) => line !== '').join('\n');
}

function renderEmbed(embed: Json): string {
  const fields = objectsIn(embed.fields).map(({ name, value }) => `${name}: ${value}`);
  const author = isJson(embed.author) ? textIn(embed.author, 'name') : '';
  const footer = isJson(embed.footer) ? textIn(embed.footer, 'text') : '';
  const lines = [author, textIn(embed, 'title'), textIn(embed, 'description'), ...fields, footer]
    .join('\n')
    .split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => `│ ${line}`)
    .join('\n');
}

function renderComponent(component: Json, numbers: Map<Json, number>): string {
  const inner = objectsIn(component.components).map((child) => renderComponent(child, numbers));
  if (isSelect(component)) return `<${choicesOf(component)}>`;
  switch (component.type) {
    case 1:
      return inner.join('  ');
    case 2:
      return `${numbers.get(component) ?? '?'}:[${labelOf(component)}]${component.disabled === true ? ' (disabled)' : ''}`;
    case 10:
      return textIn(component, 'content');
    case 14:
      return '────';
    default: {
      const aside = isJson(component.accessory) ? [renderComponent(component.accessory, numbers)] : [];
      return [...inner, ...aside].filter((line) => line !== '').join('\n');
    }
  }
}

function choicesOf(select: Json): string {
  const labels = objectsIn(select.options).map((option) => textIn(option, 'label'));
  return labels.length > 0 ? labels.join(' | ') : textIn(select, 'placeholder') || 'select';
}

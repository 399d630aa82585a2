import { controlsOf, labelOf } from './acts.ts';
import { isJson, objectsIn } from './blocks.ts';
import { unescapeText } from './escape.ts';
import type { Json, SlackBlock, SlackMessage } from './types.ts';

const TASK_MARKS: Record<string, string> = { complete: '✔', in_progress: '▶', error: '✖' };
const EMOJI: Record<string, string> = {
  '+1': '👍',
  thumbsup: '👍',
  '-1': '👎',
  thumbsdown: '👎',
  white_check_mark: '✅',
  x: '❌',
  eyes: '👀',
  tada: '🎉',
  rocket: '🚀',
  hourglass_flowing_sand: '⏳',
  warning: '⚠️',
};

/** A message as a person would read it in a terminal; buttons are numbered in reading order, from 1. */
export function renderMessage(message: SlackMessage): string {
  if (message.deleted) return '(deleted)';
  const numbers = new Map(
    controlsOf(message.blocks)
      .filter(({ element }) => element.type === 'button')
      .map(({ element }, i) => [element, i + 1]),
  );
  const body = message.explicitBlocks
    ? (message.blocks ?? []).map((block) => renderBlock(block, numbers)).filter((line) => line !== '')
    : [plain(message.text)];
  const files = (message.files ?? []).map((file) => `📎 ${file.name} (${file.size} bytes)`);
  const reactions = message.reactions.map(({ name, count }) => `${EMOJI[name] ?? `:${name}:`} ${count}`).join('  ');
  return [...body, ...files, reactions].filter((line) => line !== '').join('\n');
}

/** mrkdwn without its marks: escapes undone, links and mentions readable. */
function plain(text: string): string {
  const readable = text
    .replace(/<(https?:[^|>]+)\|([^>]+)>/g, '$2 ($1)')
    .replace(/<(https?:[^>]+)>/g, '$1')
    .replace(/<[@#](\w+)\|([^>]+)>/g, '@$2')
    .replace(/<([@#]\w+)>/g, '$1')
    .replace(/:([a-z0-9_+-]+):/g, (whole, name: string) => EMOJI[name] ?? whole);
  return unescapeText(readable);
}

function words(value: unknown): string {
  if (typeof value === 'string') return plain(value);
  if (!isJson(value)) return '';
  if (value.type === 'rich_text') return richText(value);
  return typeof value.text === 'string' ? plain(value.text) : '';
}

function richText(block: Json): string {
  const inline = (element: Json): string => {
    if (element.type === 'user') return `@${element.user_id}`;
    if (element.type === 'emoji') return EMOJI[String(element.name)] ?? `:${element.name}:`;
    return String(element.text ?? element.url ?? '');
  };
  const section = (element: Json): string => {
    const parts = objectsIn(element.elements);
    if (element.type === 'rich_text_list') return parts.map((part) => `• ${section(part)}`).join('\n');
    const line = parts.map(inline).join('');
    return element.type === 'rich_text_quote' ? `│ ${line}` : line;
  };
  return objectsIn(block.elements).map(section).join('\n');
}

function task(card: Json, indent: string): string {
  const mark = TASK_MARKS[String(card.status)] ?? '○';
  const more = [words(card.details), words(card.output)].filter((line) => line !== '');
  return [`${indent}${mark} ${card.title}`, ...more.map((line) => `${indent}    ${line}`)].join('\n');
}

function control(element: Json, numbers: Map<Json, number>): string {
  if (element.type === 'button') return `${numbers.get(element) ?? '?'}:[${labelOf(element)}]`;
  const options = objectsIn(element.options).map(labelOf);
  return `<${options.length > 0 ? options.join(' | ') : words(element.placeholder) || 'input'}>`;
}

function renderBlock(block: SlackBlock, numbers: Map<Json, number>): string {
  switch (block.type) {
    case 'header':
      return `━━ ${words(block.text)} ━━`;
    case 'section': {
      const fields = objectsIn(block.fields).map(words);
      const accessory = isJson(block.accessory) && block.accessory.action_id ? control(block.accessory, numbers) : '';
      return [words(block.text), ...fields, accessory].filter((line) => line !== '').join('\n');
    }
    case 'markdown':
      return String(block.text);
    case 'rich_text':
      return richText(block);
    case 'context':
      return `  ${objectsIn(block.elements).map(words).join(' · ')}`;
    case 'actions':
      return objectsIn(block.elements)
        .map((element) => control(element, numbers))
        .join('  ');
    case 'divider':
      return '────';
    case 'plan':
      return [String(block.title), ...objectsIn(block.tasks).map((card) => task(card, '  '))].join('\n');
    case 'task_card':
      return task(block, '');
    case 'input':
      return `${words(block.label)}: ${isJson(block.element) ? control(block.element, numbers) : ''}`;
    case 'image':
      return `🖼 ${block.alt_text ?? ''}`;
    default:
      return [words(block.title), words(block.text), words(block.body)].filter((line) => line !== '').join('\n');
  }
}

import type { MessageEntity, User } from 'grammy/types';
import { badRequest } from '../errors.ts';
import { withDetected } from './detect.ts';
import { type Formatted, InvalidFormat, Links } from './formatted.ts';
import { parseHtml } from './html.ts';
import { parseMarkdownV2 } from './markdown.ts';

/** Characters after parsing, counted in UTF-16 code units. */
const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;

/** What a call says about a text and its form. */
export interface Source {
  text: string;
  parseMode: string | undefined;
  entities: unknown[] | undefined;
}

/** @throws TelegramApiError 400 `message text is empty`, `message is too long`, `can't parse entities: …` */
export function composeText(source: Source, users: ReadonlyMap<number, User>): Formatted {
  const formatted = compose(source, users);
  if (formatted.text === '') throw badRequest('message text is empty');
  if (formatted.text.length > MAX_TEXT) throw badRequest('message is too long');
  return formatted;
}

/** @throws TelegramApiError 400 `message caption is too long`, `can't parse entities: …` */
export function composeCaption(source: Source, users: ReadonlyMap<number, User>): Formatted {
  const formatted = compose(source, users);
  if (formatted.text.length > MAX_CAPTION) throw badRequest('message caption is too long');
  return formatted;
}

/** Text and entities as Telegram would keep them; it may be empty. */
export function compose(source: Source, users: ReadonlyMap<number, User>): Formatted {
  const { text, entities } = trimmed(parse(source, new Links(users)));
  return { text, entities: withDetected(text, entities) };
}

function parse({ text, parseMode, entities }: Source, links: Links): Formatted {
  try {
    switch (parseMode?.toLowerCase() ?? '') {
      case 'html':
        return parseHtml(text, links);
      case 'markdownv2':
        return parseMarkdownV2(text, links);
      case '':
        return { text, entities: (entities ?? []) as MessageEntity[] };
      default:
        throw badRequest('unsupported parse_mode');
    }
  } catch (error) {
    if (!(error instanceof InvalidFormat)) throw error;
    throw badRequest(`can't parse entities: ${error.message}`);
  }
}

/** Telegram cuts white space off both ends, and entities with it. */
function trimmed({ text, entities }: Formatted): Formatted {
  const start = text.length - text.trimStart().length;
  const kept = text.trim();
  const cut = entities.flatMap((entity) => {
    const from = Math.max(0, entity.offset - start);
    const to = Math.min(kept.length, entity.offset - start + entity.length);
    return to > from ? [{ ...entity, offset: from, length: to - from }] : [];
  });
  return { text: kept, entities: cut };
}

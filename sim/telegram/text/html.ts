import type { MessageEntity } from 'grammy/types';
import { Cursor } from './cursor.ts';
import { type Formatted, InvalidFormat, type Links, sorted } from './formatted.ts';
import { readReference, readStartTag, type StartTag } from './html-tag.ts';

const TAGS: Record<string, Exclude<MessageEntity['type'], 'text_mention' | 'date_time'>> = {
  a: 'text_link',
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  u: 'underline',
  ins: 'underline',
  'tg-spoiler': 'spoiler',
  span: 'spoiler',
  'tg-emoji': 'custom_emoji',
  pre: 'pre',
  code: 'code',
  blockquote: 'blockquote',
};

interface OpenTag extends StartTag {
  offset: number;
}

/**
 * Parses `parse_mode` HTML with the rules and words of Telegram's server (`parse_html` in tdlib/td's
 * MessageEntity.cpp). Offsets in errors count bytes of UTF-8, those of entities UTF-16 code units.
 * @throws InvalidFormat
 */
export function parseHtml(source: string, links: Links): Formatted {
  return new HtmlReader(source, links).read();
}

class HtmlReader {
  readonly #cursor: Cursor;
  readonly #links: Links;
  readonly #open: OpenTag[] = [];
  readonly #entities: MessageEntity[] = [];
  #text = '';

  constructor(source: string, links: Links) {
    this.#cursor = new Cursor(source);
    this.#links = links;
  }

  read(): Formatted {
    const cursor = this.#cursor;
    while (!cursor.ended) {
      const c = cursor.peek();
      if (c === '<') this.#tag();
      else this.#text += c === '&' ? readReference(cursor) : cursor.next();
    }
    const unclosed = this.#open.at(-1);
    if (unclosed) throw new InvalidFormat(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
    return { text: this.#text, entities: sorted(this.#entities) };
  }

  #tag(): void {
    const cursor = this.#cursor;
    const begin = cursor.at;
    cursor.at += 1;
    if (cursor.peek() === '/') {
      cursor.at += 1;
      this.#end(begin);
    } else this.#open.push({ ...readStartTag(cursor, begin, (name) => name in TAGS), offset: this.#text.length });
  }

  #end(begin: number): void {
    const cursor = this.#cursor;
    const open = this.#open.pop();
    if (!open) throw cursor.errorAt('Unexpected end tag', begin);
    const name = cursor.until(/[\s>]/).toLowerCase();
    cursor.skipSpace();
    if (cursor.peek() !== '>') throw cursor.errorAt('Unclosed end tag', begin);
    cursor.at += 1;
    if (name !== '' && name !== open.name) {
      const where = `at byte offset ${cursor.bytesBefore(begin)}`;
      throw new InvalidFormat(`Unmatched end tag ${where}, expected "</${open.name}>", found "</${name}>"`);
    }
    const entity = this.#entityOf(open);
    if (entity) this.#entities.push(entity);
  }

  #entityOf({ name, argument, offset }: OpenTag): MessageEntity | undefined {
    const length = this.#text.length - offset;
    const type = TAGS[name];
    if (length === 0 || type === undefined) return undefined;
    switch (type) {
      case 'text_link':
        return this.#links.entity(argument || this.#text.slice(offset), offset, length);
      case 'custom_emoji':
        if (!/^\d+$/.test(argument)) throw new InvalidFormat('Invalid custom emoji identifier specified');
        return { type, offset, length, custom_emoji_id: argument };
      case 'blockquote':
        return { type: argument === '' ? type : 'expandable_blockquote', offset, length };
      case 'code':
        // <pre><code class="language-x"> is one block with a language.
        if (argument === '' || this.#open.at(-1)?.name !== 'pre') return { type, offset, length };
        return { type: 'pre', language: argument, offset, length };
      case 'pre': {
        const inner = this.#entities.at(-1);
        const isInner = inner?.type === 'pre' && inner.offset === offset && inner.length === length;
        return isInner ? undefined : { type, offset, length };
      }
      default:
        return { type, offset, length };
    }
  }
}

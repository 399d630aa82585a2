import { type Formatted, InvalidFormat, type Links, type OpenEntity, sorted } from './formatted.ts';

const TAGS: Record<string, OpenEntity['type']> = {
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
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };

interface OpenTag {
  name: string;
  argument: string;
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
  readonly #source: string;
  readonly #links: Links;
  readonly #open: OpenTag[] = [];
  readonly #entities: Formatted['entities'] = [];
  #text = '';
  #at = 0;

  constructor(source: string, links: Links) {
    this.#source = source;
    this.#links = links;
  }

  read(): Formatted {
    while (this.#at < this.#source.length) {
      const c = this.#source[this.#at];
      if (c === '&') this.#text += this.#reference();
      else if (c === '<') this.#tag();
      else {
        this.#text += c;
        this.#at += 1;
      }
    }
    const unclosed = this.#open.at(-1);
    if (unclosed) throw new InvalidFormat(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
    return { text: this.#text, entities: sorted(this.#entities) };
  }

  /** A character reference, or the ampersand as it stands. */
  #reference(): string {
    const found = /^&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot)(?![a-z]));?/i.exec(this.#source.slice(this.#at));
    const code = found?.[1] ? Number.parseInt(found[1], 16) : Number(found?.[2] ?? 0);
    const text = found?.[3] ? NAMED[found[3]] : code > 0 && code < 0x10ffff ? String.fromCodePoint(code) : undefined;
    this.#at += text === undefined ? 1 : (found?.[0].length ?? 1);
    return text ?? '&';
  }

  #tag(): void {
    const begin = this.#at;
    this.#at += 1;
    if (this.#source[this.#at] === '/') {
      this.#at += 1;
      this.#end(begin);
    } else this.#start(begin);
  }

  #start(begin: number): void {
    const name = this.#until(/[\s>]/).toLowerCase();
    if (this.#at >= this.#source.length) throw this.#error('Unclosed start tag', begin);
    if (!(name in TAGS)) throw this.#error(`Unsupported start tag "${name}"`, begin);
    let argument = '';
    for (;;) {
      this.#skipSpace();
      if (this.#source[this.#at] === '>') break;
      const [attribute, value] = this.#attribute(name, begin);
      argument = argumentOf(name, attribute, value) ?? argument;
    }
    this.#at += 1;
    if (name === 'span' && argument !== 'spoiler') {
      throw this.#error('Tag "span" must have class "tg-spoiler"', begin);
    }
    this.#open.push({ name, argument, offset: this.#text.length });
  }

  #attribute(tag: string, begin: number): [string, string] {
    const name = this.#until(/[\s=>]/);
    if (this.#at >= this.#source.length) throw this.#error('Unclosed start tag', begin);
    if (name === '') throw this.#error(`Empty attribute name in the tag "${tag}"`, begin);
    this.#skipSpace();
    if (this.#source[this.#at] !== '=') {
      if (tag === 'blockquote' && name === 'expandable') return [name, name];
      throw this.#error(`Expected equal sign in declaration of an attribute of the tag "${tag}"`, begin);
    }
    this.#at += 1;
    this.#skipSpace();
    const quote = this.#source[this.#at];
    if (quote !== '"' && quote !== "'") {
      const tokenBegin = this.#at;
      const token = this.#until(/[^a-z0-9.-]/i);
      if (!/[\s>]/.test(this.#source[this.#at] ?? '')) throw this.#error('Unexpected end of name token', tokenBegin);
      return [name, token.toLowerCase()];
    }
    this.#at += 1;
    let value = '';
    while (this.#at < this.#source.length && this.#source[this.#at] !== quote) {
      if (this.#source[this.#at] === '&') value += this.#reference();
      else value += this.#source[this.#at++];
    }
    this.#at += 1;
    if (this.#at >= this.#source.length) throw this.#error('Unclosed start tag', begin);
    return [name, value];
  }

  #end(begin: number): void {
    const open = this.#open.pop();
    if (!open) throw this.#error('Unexpected end tag', begin);
    const name = this.#until(/[\s>]/).toLowerCase();
    this.#skipSpace();
    if (this.#source[this.#at] !== '>') throw this.#error('Unclosed end tag', begin);
    this.#at += 1;
    if (name !== '' && name !== open.name) {
      const at = Buffer.byteLength(this.#source.slice(0, begin));
      throw new InvalidFormat(`Unmatched end tag at byte offset ${at}, expected "</${open.name}>", found "</${name}>"`);
    }
    this.#close(open);
  }

  #close({ name, argument, offset }: OpenTag): void {
    const length = this.#text.length - offset;
    const type = TAGS[name];
    if (length === 0 || type === undefined) return;
    const inner = this.#entities.at(-1);
    // <pre><code class="language-x"> is one block with a language.
    if (name === 'pre' && inner?.type === 'pre' && inner.offset === offset && inner.length === length) return;
    if (name === 'code' && argument !== '' && this.#open.at(-1)?.name === 'pre') {
      this.#entities.push({ type: 'pre', language: argument, offset, length });
    } else if (name === 'a') {
      const entity = this.#links.entity(argument || this.#text.slice(offset), offset, length);
      if (entity) this.#entities.push(entity);
    } else if (type === 'custom_emoji') {
      if (!/^\d+$/.test(argument)) throw new InvalidFormat('Invalid custom emoji identifier specified');
      this.#entities.push({ type, offset, length, custom_emoji_id: argument });
    } else if (type === 'blockquote' && argument !== '') {
      this.#entities.push({ type: 'expandable_blockquote', offset, length });
    } else if (type !== 'text_link') this.#entities.push({ type, offset, length });
  }

  #until(stop: RegExp): string {
    const begin = this.#at;
    while (this.#at < this.#source.length && !stop.test(this.#source[this.#at] ?? '')) this.#at += 1;
    return this.#source.slice(begin, this.#at);
  }

  #skipSpace(): void {
    while (/\s/.test(this.#source[this.#at] ?? '')) this.#at += 1;
  }

  #error(words: string, begin: number): InvalidFormat {
    return new InvalidFormat(`${words} at byte offset ${Buffer.byteLength(this.#source.slice(0, begin))}`);
  }
}

function argumentOf(tag: string, attribute: string, value: string): string | undefined {
  if (tag === 'a' && attribute === 'href') return value;
  if (tag === 'code' && attribute === 'class' && value.startsWith('language-')) return value.slice(9);
  if (tag === 'span' && attribute === 'class' && value.startsWith('tg-')) return value.slice(3);
  if (tag === 'tg-emoji' && attribute === 'emoji-id') return value;
  return tag === 'blockquote' && attribute === 'expandable' ? 'expandable' : undefined;
}

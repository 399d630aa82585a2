import type { MessageEntity } from 'grammy/types';
import { type Formatted, InvalidFormat, type Links, sorted } from './formatted.ts';

const RESERVED = '_*[]()~`>#+-=|{}.!';

type OpenType = keyof typeof NAMES;
/** As Telegram's errors name them. */
const NAMES = {
  bold: 'Bold',
  italic: 'Italic',
  underline: 'Underline',
  strikethrough: 'Strikethrough',
  spoiler: 'Spoiler',
  code: 'Code',
  pre: 'Pre',
  text_link: 'TextUrl',
  blockquote: 'BlockQuote',
} as const;
/** Longer marks first, as the server prefers them. */
const MARKS: [string, OpenType][] = [
  ['```', 'pre'],
  ['`', 'code'],
  ['__', 'underline'],
  ['_', 'italic'],
  ['*', 'bold'],
  ['~', 'strikethrough'],
  ['||', 'spoiler'],
  ['[', 'text_link'],
];
const ENDS: Record<OpenType, string> = {
  bold: '*',
  italic: '_',
  underline: '__',
  strikethrough: '~',
  spoiler: '||',
  code: '`',
  pre: '```',
  text_link: ']',
  blockquote: '\n',
};

interface Open {
  type: OpenType;
  offset: number;
  begin: number;
  language: string;
}

/**
 * Parses `parse_mode` MarkdownV2 with the rules and words of Telegram's server (`parse_markdown_v2` in tdlib/td's
 * MessageEntity.cpp); custom emoji and collapsed quotations are not carried.
 * @throws InvalidFormat
 */
export function parseMarkdownV2(source: string, links: Links): Formatted {
  return new MarkdownReader(source, links).read();
}

class MarkdownReader {
  readonly #source: string;
  readonly #links: Links;
  readonly #open: Open[] = [];
  readonly #entities: MessageEntity[] = [];
  #text = '';
  #at = 0;

  constructor(source: string, links: Links) {
    this.#source = source;
    this.#links = links;
  }

  read(): Formatted {
    while (this.#at < this.#source.length) this.#step(this.#source[this.#at] ?? '');
    const last = this.#open.at(-1);
    if (last?.type === 'blockquote') this.#close(last);
    const unclosed = this.#open.at(-1);
    if (unclosed) throw this.#unclosed(unclosed);
    return { text: this.#text, entities: sorted(this.#entities) };
  }

  #step(c: string): void {
    const next = this.#source[this.#at + 1];
    const open = this.#open.at(-1);
    const isCode = open?.type === 'code' || open?.type === 'pre';
    if (c === '\\' && next !== undefined && next <= '~') this.#copy(next, 2);
    else if (open && this.#ends(open)) this.#end(open);
    else if (isCode && c !== '`') this.#copy(c, 1);
    else if (c === '\n' && next !== '>' && open && this.#quoted()) throw this.#unclosed(open);
    else if (c === '>' && this.#atLineStart()) this.#quote();
    else this.#markOrCharacter(c);
  }

  #markOrCharacter(c: string): void {
    const mark = MARKS.find(([sign]) => this.#source.startsWith(sign, this.#at));
    if (mark) this.#begin(...mark);
    else if (RESERVED.includes(c)) {
      throw new InvalidFormat(`Character '${c}' is reserved and must be escaped with the preceding '\\'`);
    } else this.#copy(c, 1);
  }

  #copy(c: string, read: number): void {
    this.#text += c;
    this.#at += read;
  }

  #ends(open: Open): boolean {
    if (open.type === 'blockquote') return this.#source[this.#at] === '\n' && this.#source[this.#at + 1] !== '>';
    if (open.type === 'italic' && this.#source.startsWith('__', this.#at)) return false;
    return this.#source.startsWith(ENDS[open.type], this.#at);
  }

  #end(open: Open): void {
    this.#at += ENDS[open.type].length;
    if (open.type === 'blockquote') this.#text += '\n';
    this.#close(open);
  }

  #close(open: Open): void {
    this.#open.pop();
    const { type, offset } = open;
    const length = this.#text.length - offset;
    if (type === 'text_link') {
      const link = this.#links.entity(this.#address() ?? this.#text.slice(offset), offset, length);
      if (link && length > 0) this.#entities.push(link);
    } else if (length > 0) {
      const language = type === 'pre' && open.language !== '' ? { language: open.language } : {};
      this.#entities.push({ type, offset, length, ...language } as MessageEntity);
    }
  }

  /** The part in parentheses behind a link's words. */
  #address(): string | undefined {
    if (this.#source[this.#at] !== '(') return undefined;
    this.#at += 1;
    const begin = this.#at;
    let url = '';
    while (this.#at < this.#source.length && this.#source[this.#at] !== ')') {
      if (this.#source[this.#at] === '\\') this.#at += 1;
      url += this.#source[this.#at++] ?? '';
    }
    if (this.#at >= this.#source.length) {
      throw new InvalidFormat(`Can't find end of a URL at byte offset ${this.#bytes(begin)}`);
    }
    this.#at += 1;
    return url;
  }

  #begin(mark: string, type: OpenType): void {
    const begin = this.#at;
    this.#at += mark.length;
    let language = '';
    if (type === 'pre') {
      language = /^[^\s`]+(?=\s)/.exec(this.#source.slice(this.#at))?.[0] ?? '';
      this.#at += language.length;
      if (this.#source[this.#at] === '\n') this.#at += 1;
    }
    this.#open.push({ type, offset: this.#text.length, begin, language });
  }

  #quote(): void {
    if (!this.#quoted())
      this.#open.push({ type: 'blockquote', offset: this.#text.length, begin: this.#at, language: '' });
    this.#at += 1;
  }

  #quoted(): boolean {
    return this.#open.some(({ type }) => type === 'blockquote');
  }

  #atLineStart(): boolean {
    return this.#at === 0 || this.#source[this.#at - 1] === '\n';
  }

  #unclosed(open: Open): InvalidFormat {
    const name = open.language === '' ? NAMES[open.type] : 'PreCode';
    return new InvalidFormat(`Can't find end of ${name} entity at byte offset ${this.#bytes(open.begin)}`);
  }

  #bytes(at: number): number {
    return Buffer.byteLength(this.#source.slice(0, at));
  }
}

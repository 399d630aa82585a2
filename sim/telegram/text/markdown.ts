import type { MessageEntity } from 'grammy/types';
import { Cursor } from './cursor.ts';
import { type Formatted, InvalidFormat, type Links, sorted } from './formatted.ts';
import { ENDS, MARKS, type MarkdownType, NAMES, RESERVED } from './markdown-marks.ts';

interface Open {
  type: MarkdownType;
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
  readonly #cursor: Cursor;
  readonly #links: Links;
  readonly #open: Open[] = [];
  readonly #entities: MessageEntity[] = [];
  #text = '';

  constructor(source: string, links: Links) {
    this.#cursor = new Cursor(source);
    this.#links = links;
  }

  read(): Formatted {
    while (!this.#cursor.ended) this.#step(this.#cursor.peek(), this.#cursor.peek(1));
    const last = this.#open.at(-1);
    if (last?.type === 'blockquote') this.#close(last);
    const unclosed = this.#open.at(-1);
    if (unclosed) throw this.#unclosed(unclosed);
    return { text: this.#text, entities: sorted(this.#entities) };
  }

  #step(c: string, next: string): void {
    const open = this.#open.at(-1);
    const isCode = open?.type === 'code' || open?.type === 'pre';
    if (c === '\\' && next !== '' && next <= '~') this.#copy(next, 2);
    else if (open && this.#ends(open)) this.#end(open);
    else if (isCode && c !== '`') this.#copy(c, 1);
    else if (c === '\n' && next !== '>' && open && this.#isQuoted()) throw this.#unclosed(open);
    else if (c === '>' && this.#isLineStart()) this.#quote();
    else this.#markOrCharacter(c);
  }

  #markOrCharacter(c: string): void {
    const mark = MARKS.find(([sign]) => this.#cursor.startsWith(sign));
    if (mark) this.#begin(...mark);
    else if (RESERVED.includes(c)) {
      throw new InvalidFormat(`Character '${c}' is reserved and must be escaped with the preceding '\\'`);
    } else this.#copy(c, 1);
  }

  #copy(c: string, read: number): void {
    this.#text += c;
    this.#cursor.at += read;
  }

  #ends(open: Open): boolean {
    const cursor = this.#cursor;
    if (open.type === 'blockquote') return cursor.peek() === '\n' && cursor.peek(1) !== '>';
    if (open.type === 'italic' && cursor.startsWith('__')) return false;
    return cursor.startsWith(ENDS[open.type]);
  }

  #end(open: Open): void {
    this.#cursor.at += ENDS[open.type].length;
    // The end of its last line belongs to a quotation.
    if (open.type === 'blockquote') this.#text += '\n';
    this.#close(open);
  }

  #close({ type, offset, language }: Open): void {
    this.#open.pop();
    const length = this.#text.length - offset;
    const url = type === 'text_link' ? (this.#address() ?? this.#text.slice(offset)) : '';
    if (length === 0) return;
    const entity: MessageEntity | undefined =
      type === 'text_link'
        ? this.#links.entity(url, offset, length)
        : type === 'pre' && language !== ''
          ? { type, offset, length, language }
          : { type, offset, length };
    if (entity) this.#entities.push(entity);
  }

  /** The part in parentheses behind a link's words. */
  #address(): string | undefined {
    const cursor = this.#cursor;
    if (cursor.peek() !== '(') return undefined;
    cursor.at += 1;
    const begin = cursor.at;
    let url = '';
    while (!cursor.ended && cursor.peek() !== ')') {
      if (cursor.peek() === '\\') cursor.at += 1;
      url += cursor.next();
    }
    if (cursor.ended) throw cursor.errorAt("Can't find end of a URL", begin);
    cursor.at += 1;
    return url;
  }

  #begin(mark: string, type: MarkdownType): void {
    const cursor = this.#cursor;
    const begin = cursor.at;
    cursor.at += mark.length;
    let language = '';
    if (type === 'pre') {
      language = /^[^\s`]+(?=\s)/.exec(cursor.rest())?.[0] ?? '';
      cursor.at += language.length;
      if (cursor.peek() === '\n') cursor.at += 1;
    }
    this.#open.push({ type, offset: this.#text.length, begin, language });
  }

  #quote(): void {
    const begin = this.#cursor.at;
    if (!this.#isQuoted()) this.#open.push({ type: 'blockquote', offset: this.#text.length, begin, language: '' });
    this.#cursor.at += 1;
  }

  #isQuoted(): boolean {
    return this.#open.some(({ type }) => type === 'blockquote');
  }

  #isLineStart(): boolean {
    return this.#cursor.at === 0 || this.#cursor.peek(-1) === '\n';
  }

  #unclosed(open: Open): InvalidFormat {
    const name = open.language === '' ? NAMES[open.type] : 'PreCode';
    return this.#cursor.errorAt(`Can't find end of ${name} entity`, open.begin);
  }
}

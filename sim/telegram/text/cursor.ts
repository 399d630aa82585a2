import { InvalidFormat } from './formatted.ts';

/** A place in a text that is being parsed. */
export class Cursor {
  readonly source: string;
  at = 0;

  constructor(source: string) {
    this.source = source;
  }

  get ended(): boolean {
    return this.at >= this.source.length;
  }

  /** The UTF-16 code unit at the place plus `ahead`, or nothing. */
  peek(ahead = 0): string {
    return this.source[this.at + ahead] ?? '';
  }

  next(): string {
    return this.source[this.at++] ?? '';
  }

  startsWith(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  rest(): string {
    return this.source.slice(this.at);
  }

  /** Reads up to the first character that fits, or to the end. */
  until(stop: RegExp): string {
    const begin = this.at;
    while (!this.ended && !stop.test(this.peek())) this.at += 1;
    return this.source.slice(begin, this.at);
  }

  skipSpace(): void {
    while (/\s/.test(this.peek())) this.at += 1;
  }

  /** Telegram counts in bytes of UTF-8. */
  bytesBefore(at: number): number {
    return Buffer.byteLength(this.source.slice(0, at));
  }

  errorAt(words: string, at: number): InvalidFormat {
    return new InvalidFormat(`${words} at byte offset ${this.bytesBefore(at)}`);
  }
}

import type { Cursor } from './cursor.ts';

const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };

/** A start tag with the one attribute that means something for it. */
export interface StartTag {
  name: string;
  argument: string;
}

/** Reads a character reference, or the ampersand as it stands. */
export function readReference(cursor: Cursor): string {
  const found = /^&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot)(?![a-z]));?/i.exec(cursor.rest());
  const code = found?.[1] ? Number.parseInt(found[1], 16) : Number(found?.[2] ?? 0);
  const text = found?.[3] ? NAMED[found[3]] : code > 0 && code < 0x10ffff ? String.fromCodePoint(code) : undefined;
  cursor.at += text === undefined ? 1 : (found?.[0].length ?? 1);
  return text ?? '&';
}

/** Reads a start tag up to and with its `>`; `begin` is where its `<` stands. @throws InvalidFormat */
export function readStartTag(cursor: Cursor, begin: number, supported: (name: string) => boolean): StartTag {
  const name = cursor.until(/[\s>]/).toLowerCase();
  if (cursor.ended) throw cursor.errorAt('Unclosed start tag', begin);
  if (!supported(name)) throw cursor.errorAt(`Unsupported start tag "${name}"`, begin);
  let argument = '';
  for (;;) {
    cursor.skipSpace();
    if (cursor.peek() === '>') break;
    const [attribute, value] = readAttribute(cursor, name, begin);
    argument = argumentOf(name, attribute, value) ?? argument;
  }
  cursor.at += 1;
  if (name === 'span' && argument !== 'spoiler') {
    throw cursor.errorAt('Tag "span" must have class "tg-spoiler"', begin);
  }
  return { name, argument };
}

function readAttribute(cursor: Cursor, tag: string, begin: number): [string, string] {
  const name = cursor.until(/[\s=>]/);
  if (cursor.ended) throw cursor.errorAt('Unclosed start tag', begin);
  if (name === '') throw cursor.errorAt(`Empty attribute name in the tag "${tag}"`, begin);
  cursor.skipSpace();
  if (cursor.peek() !== '=') {
    if (tag === 'blockquote' && name === 'expandable') return [name, name];
    throw cursor.errorAt(`Expected equal sign in declaration of an attribute of the tag "${tag}"`, begin);
  }
  cursor.at += 1;
  cursor.skipSpace();
  const value = /["']/.test(cursor.peek()) ? readQuoted(cursor) : readToken(cursor);
  if (cursor.ended) throw cursor.errorAt('Unclosed start tag', begin);
  return [name, value];
}

function readToken(cursor: Cursor): string {
  const begin = cursor.at;
  const token = cursor.until(/[^a-z0-9.-]/i).toLowerCase();
  if (!cursor.ended && !/[\s>]/.test(cursor.peek())) throw cursor.errorAt('Unexpected end of name token', begin);
  return token;
}

function readQuoted(cursor: Cursor): string {
  const quote = cursor.next();
  let value = '';
  while (!cursor.ended && cursor.peek() !== quote) {
    value += cursor.peek() === '&' ? readReference(cursor) : cursor.next();
  }
  cursor.at += 1;
  return value;
}

function argumentOf(tag: string, attribute: string, value: string): string | undefined {
  if (tag === 'a' && attribute === 'href') return value;
  if (tag === 'code' && attribute === 'class' && value.startsWith('language-')) return value.slice(9);
  if (tag === 'span' && attribute === 'class' && value.startsWith('tg-')) return value.slice(3);
  if (tag === 'tg-emoji' && attribute === 'emoji-id') return value;
  return tag === 'blockquote' && attribute === 'expandable' ? 'expandable' : undefined;
}

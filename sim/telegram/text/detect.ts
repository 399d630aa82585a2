import type { MessageEntity } from 'grammy/types';
import { sorted } from './formatted.ts';

/** What Telegram marks by itself, in messages of people and of bots. */
const PATTERNS: [MessageEntity.CommonMessageEntity['type'], RegExp][] = [
  [
    'url',
    /(?<![\w@.])(?:https?:\/\/[^\s<>"'`]+[\w/]|(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|me)(?:\/[^\s<>"'`]*[\w/])?)/gi,
  ],
  ['email', /(?<![\w.])[\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}/gi],
  ['bot_command', /(?<![\w/@>])\/[a-z0-9_]{1,64}(?:@[a-z0-9_]{3,32})?(?![\w/@])/gi],
  ['mention', /(?<![\w@.])@[a-z0-9_]{3,32}(?!\w)/gi],
  ['hashtag', /(?<![\w&#/])#(?=\w*[^\W\d])[\p{L}\p{N}_]{1,256}/giu],
];
/** Nothing is looked for inside these. */
const CLOSED = new Set<MessageEntity['type']>(['code', 'pre', 'text_link', 'text_mention']);

/** Adds commands, mentions, addresses and hashtags to the entities that a text already has. */
export function withDetected(text: string, given: MessageEntity[]): MessageEntity[] {
  const taken = given.filter(({ type }) => CLOSED.has(type));
  const found: MessageEntity[] = [];
  for (const [type, pattern] of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].length };
      if ([...taken, ...found].some((other) => overlaps(other, entity))) continue;
      found.push(entity);
    }
  }
  return sorted([...given, ...found]);
}

interface Span {
  offset: number;
  length: number;
}

function overlaps(a: Span, b: Span): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}

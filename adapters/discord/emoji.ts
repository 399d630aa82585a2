import type { Emoji } from '../../core/domain/chat.ts';

const YES = new Set(['👍', '✅', '✔', '☑', '👌', '🆗']);
const NO = new Set(['👎', '❌', '✖', '❎', '⛔', '🚫', '🙅']);

/** A Unicode or custom emoji as the core knows it: `yes`, `no`, or its own name; tones of skin mean nothing. */
export function emojiFromDiscord({
  id,
  name,
}: {
  id?: string | null | undefined;
  name?: string | null | undefined;
}): Emoji {
  const plain = (name ?? '').replace(/[\u{1F3FB}-\u{1F3FF}\uFE0F]|\u200D[♀♂]/gu, '');
  if (id) return name ?? '';
  if (YES.has(plain)) return 'yes';
  return NO.has(plain) ? 'no' : plain;
}

/** The core's emoji as it stands in a route. */
export function emojiToDiscord(emoji: Emoji): string {
  return encodeURIComponent(emoji === 'yes' ? '👍' : emoji === 'no' ? '👎' : emoji);
}

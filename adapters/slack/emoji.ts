import type { Emoji } from '../../core/domain/chat.ts';

const YES = new Set([
  '+1',
  'thumbsup',
  'white_check_mark',
  'heavy_check_mark',
  'ballot_box_with_check',
  'ok_hand',
  'ok',
]);
const NO = new Set(['-1', 'thumbsdown', 'x', 'no_entry', 'no_entry_sign', 'negative_squared_cross_mark', 'no_good']);

/** Unicode that people and the core write, by Slack's name. */
const NAMES: Readonly<Record<string, string>> = {
  yes: '+1',
  no: '-1',
  '👍': '+1',
  '👎': '-1',
  '👀': 'eyes',
  '✅': 'white_check_mark',
};

/** Slack's reaction name (`+1::skin-tone-3`) as the core knows it: `yes`, `no`, or the plain name. */
export function emojiFromSlack(name: string): Emoji {
  const plain = name.split('::')[0] ?? name;
  if (YES.has(plain)) return 'yes';
  return NO.has(plain) ? 'no' : plain;
}

/** The core's emoji as a name that reactions.add takes. */
export function emojiToSlack(emoji: Emoji): string {
  return NAMES[emoji] ?? emoji.replaceAll(':', '');
}

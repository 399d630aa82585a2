/** What MarkdownV2 can open, as Telegram's errors name it. */
export const NAMES = {
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

export type MarkdownType = keyof typeof NAMES;

/** Longer marks first, as the server prefers them. */
export const MARKS: readonly (readonly [string, MarkdownType])[] = [
  ['```', 'pre'],
  ['`', 'code'],
  ['__', 'underline'],
  ['_', 'italic'],
  ['*', 'bold'],
  ['~', 'strikethrough'],
  ['||', 'spoiler'],
  ['[', 'text_link'],
];

/** What ends each. */
export const ENDS: Record<MarkdownType, string> = {
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

/** Characters that stand for themselves only behind a backslash. */
export const RESERVED = '_*[]()~`>#+-=|{}.!';

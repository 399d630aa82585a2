/** Zero-width space: breaks what a platform would run or ping and leaves the text as the person wrote it to the eye. */
const breaker = '\u200b';

/**
 * Control, zero-width and bidirectional characters, by which a text can look different from what it is, and letters that
 * are blank (Hangul fillers, the empty Braille cell). Tab, newline and the two joiners stay: Persian, Hindi and composed
 * emoji need them.
 */
const hidden =
  /(?![\n\t\u200c\u200d])(?:[\p{Cc}\p{Cf}\u2028\u2029\u115f\u1160\u2800\u3164\uffa0]|\u034f|\u17b4|\u17b5)/gu;

/** Joiners and variation selectors alone show nothing. */
const blank = /^(?:\s|\u200c|\u200d|[\ufe00-\ufe0f])*$/u;

/** A title's longest length, characters. */
const titleLength = 60;

/** Text without characters that nobody sees. */
export const visible = (text: string): string => text.replace(hidden, '');

/** A title: one line, without hidden characters or a heading's `#`, cut at a word to at most `length` characters. */
export function headline(text: string, length = titleLength): string {
  const line = text
    .replace(/\s+/gu, ' ')
    .replace(hidden, '')
    .replace(/^ ?#+ /, '')
    .trim();
  if (blank.test(line)) return 'Untitled';
  return cut(line, length);
}

/** Cuts at a word where there is one in the last third, never inside a surrogate pair, and marks the cut with `…`. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = text.slice(0, length - 1).replace(/[\ud800-\udbff]$/u, '');
  const word = head.lastIndexOf(' ');
  return `${(word > length / 3 ? head.slice(0, word) : head).replace(/[\s,;:.–-]+$/u, '')}…`;
}

/**
 * Untrusted text made safe to stand in our markdown on every platform: nobody is pinged (`@everyone`, `<!channel>`,
 * `<@U1>`, `@org/team`), nothing is hidden or forged (HTML, comments such as our own `<!-- mainloop:… -->` markers), no
 * image is fetched, no link leads anywhere but the web or mail, and no `fixes #5` closes an issue. It reads as before.
 */
export function plain(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(hidden, '')
    .replace(/(?<![\w.+-])@(?=[\w&])/gu, `@${breaker}`)
    .replace(/<(?=[!@#/?:a-z])(?!https?:\/\/[^\s|<>]+>)/giu, `<${breaker}`)
    .replace(/!(?=\[)/g, '')
    .replace(/\](?=\(\s*(?!(?:https?:\/\/|mailto:|[#/]|\.{1,2}\/|[\w./-]+[)#\s])))/giu, `]${breaker}`)
    .replace(/^(\s{0,3}\[[^\]\n]+\])(?=:\s*(?!https?:\/\/|mailto:))/gimu, `$1${breaker}`)
    .replace(
      /\b(clos|fix|resolv)(e[sd]?|es|ed)?(?=:?\s+(?:[\w.-]+\/[\w.-]+)?(?:#|https?:\/\/)\S*\d)/giu,
      `$1${breaker}$2`,
    );
}

/** The first `n` lines that say something, safe for markdown; long ones are cut, code fences and headings' marks go. */
export function firstLines(text: string, n: number): string {
  const lines = plain(text)
    .split('\n')
    .map((line) => line.replace(/^\s*#+ /, '').trimEnd())
    .filter((line) => line.trim() !== '' && !/^\s*(?:```|~~~|---+$|\*\*\*+$)/.test(line));
  const shown = lines.slice(0, n).map((line) => cut(line, 240));
  return lines.length > n ? `${shown.join('\n')} …` : shown.join('\n');
}

/** A sentence with its dot, unless it ends in a mark already, such as a person's question. */
export const ended = (sentence: string): string => (/[.?!…]["”)]?$/u.test(sentence) ? sentence : `${sentence}.`);

/** A quotation in markdown: every line behind `>`. */
export const quote = (text: string): string =>
  text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');

/** A list as a person says it: `a`, `a and b`, `a, b and c`. */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** Text in a code span that it cannot leave. A span stops mentions and links, but neither Slack's `<!…>` nor a marker. */
export const code = (text: string): string =>
  `\`${visible(text)
    .replace(/`/g, "'")
    .replace(/\s+/gu, ' ')
    .replace(/<(?=[!@#])/g, `<${breaker}`)}\``;

/** Joins `<` to what follows without a visible space, so that Slack no longer reads a control sequence. */
const WORD_JOINER = '\u2060';
const CONTROL = /<(?=@[A-Z0-9]|#[A-Z0-9]|!(?:channel|here|everyone|group|subteam|date)\b)/gi;
const BAD_LINK = /\[([^\]]*)\]\(\s*<?\s*(?:javascript|vbscript|data|file)\s*:(?:[^()\n]|\([^()\n]*\))*\)?/gi;
const BAD_SCHEME = /(<|\]:\s*)(?:javascript|vbscript|data)\s*:/gi;

/**
 * GitHub-flavoured markdown from the model or a person, safe to give to Slack: nothing in it mentions or notifies anyone,
 * and no link runs code. Works the same inside code, where an entity would show.
 */
export function safeMarkdown(text: string): string {
  return text.replace(CONTROL, `<${WORD_JOINER}`).replace(BAD_LINK, '$1').replace(BAD_SCHEME, '$1');
}

/**
 * How much of a growing text can be sent: up to the last place where a mention or link has begun and not ended, so that
 * {@link safeMarkdown} sees each of them whole. Holds back at most 300 characters.
 */
export function settledLength(text: string): number {
  const from = Math.max(0, text.length - 300);
  const tail = text.slice(from);
  const angle = /<[@#!]?[\w^]{0,30}$|<\s*(?:j|v|d)[\w\s]{0,12}$/i.exec(tail);
  const link = /\[[^\][\n]*(?:\](?:\([^)\n]*)?)?$/.exec(tail);
  const open = Math.min(angle?.index ?? tail.length, link?.index ?? tail.length);
  return from + open;
}

/** `&`, `<` and `>` as entities: the text then means nothing to Slack in mrkdwn fields. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Simple markdown (bold, links) as mrkdwn, for the fields that know nothing else. */
export function toMrkdwn(markdown: string): string {
  return escapeMrkdwn(safeMarkdown(markdown))
    .replace(
      /\[([^\]\n]+)\]\((https?:\/\/[^)\s|]+)\)/g,
      (_, label: string, url: string) => `<${url}|${label.replaceAll('|', '/')}>`,
    )
    .replace(/\*\*([^*\n]+)\*\*/g, '*$1*');
}

/** Markdown as the words alone, for a notification. */
export function plainText(markdown: string): string {
  return safeMarkdown(markdown)
    .replace(/^```.*$/gm, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^#{1,6}\s+/gm, '')
    .replace(/(\*\*|__|~~|`)/g, '')
    .replace(/\n{2,}/g, '\n')
    .trim();
}

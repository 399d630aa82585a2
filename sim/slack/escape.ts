const CONTROL_SEQUENCE = /<(?:[@#!][^<>]+|(?:https?|mailto):[^<>]+)>/;
const URL_PATTERN = /https?:\/\/[^\s<>|]+/g;

/** `&`, `<` and `>` as Slack escapes them in message text. */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The reverse of `escapeText`. */
export function unescapeText(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/**
 * What a person types, as Slack stores it: `@name` of a known user becomes `<@U…>`, links get angle brackets, the rest
 * is escaped. Control sequences that are already there stay.
 */
export function typedText(text: string, userIdOf: (name: string) => string | undefined): string {
  const pieces = text.split(new RegExp(`(${CONTROL_SEQUENCE.source})`));
  return pieces
    .map((piece) => {
      if (CONTROL_SEQUENCE.test(piece)) return piece;
      const mentioned = escapeText(piece).replace(/@([\w.-]*\w)/g, (whole, name: string) => {
        const id = userIdOf(name);
        return id === undefined ? whole : `<@${id}>`;
      });
      return mentioned.replace(URL_PATTERN, (url) => `<${url}>`);
    })
    .join('');
}

/** The least `rich_text` block that Slack adds to a message of plain text. */
export function richTextBlock(text: string, blockId: string): { type: string; block_id: string; elements: unknown[] } {
  const elements = text
    .split(/(<[^<>]+>)/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const user = /^<@(\w+)(?:\|[^>]*)?>$/.exec(piece);
      if (user) return { type: 'user', user_id: user[1] };
      const link = /^<((?:https?|mailto):[^|>]+)(?:\|([^>]*))?>$/.exec(piece);
      if (link) return { type: 'link', url: link[1], ...(link[2] === undefined ? {} : { text: link[2] }) };
      return { type: 'text', text: unescapeText(piece) };
    });
  return { type: 'rich_text', block_id: blockId, elements: [{ type: 'rich_text_section', elements }] };
}

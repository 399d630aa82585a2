/** Names for ids in incoming text; undefined when not known (yet). */
export interface Names {
  readonly bot: string;
  user(id: string): string | undefined;
}

/** `<@U1>`, `<#C1|web>`, `<!here>`, `<https://…|words>`; any other angle bracket is just that. */
const SEQUENCE = /<((?:[@#!]\w|[a-z][a-z\d+.-]*:)[^<>]*)>[ ]?/gi;

/** Whether the text names the bot, with Slack's escapes (`<@U1>`, `<@U1|name>`). */
export function mentions(text: string, user: string): boolean {
  return text.includes(`<@${user}>`) || text.includes(`<@${user}|`);
}

/**
 * What a person typed, in plain markdown: Slack's mrkdwn with its control sequences resolved, entities decoded and the
 * bot's own mention taken out. Slack's `*bold*` becomes `**bold**` and `~gone~` `~~gone~~`; code stays as it is.
 */
export function markdownFromMrkdwn(text: string, names: Names): string {
  const pieces = text.split(/(```[\s\S]*?```|`[^`\n]+`)/);
  const converted = pieces.map((piece, i) => {
    const resolved = resolveSequences(i % 2 === 1 ? piece : emphasis(piece), names, i % 2 === 1);
    return decodeEntities(resolved);
  });
  return converted
    .join('')
    .replace(/[ \t]+$/gm, '')
    .trim();
}

function emphasis(text: string): string {
  return text
    .replace(/(?<![\w*])\*(?![\s*])([^*\n]*[^*\s])\*(?![\w*])/g, '**$1**')
    .replace(/(?<![\w~])~(?![\s~])([^~\n]*[^~\s])~(?![\w~])/g, '~~$1~~');
}

function resolveSequences(text: string, names: Names, inCode: boolean): string {
  return text.replace(SEQUENCE, (whole, inner: string) => {
    const space = whole.endsWith(' ') ? ' ' : '';
    const [target = '', label] = splitLabel(inner);
    if (target.startsWith('@')) {
      const id = target.slice(1);
      return id === names.bot ? '' : `@${label ?? names.user(id) ?? id}${space}`;
    }
    if (target.startsWith('#')) return `#${label ?? target.slice(1)}${space}`;
    if (target.startsWith('!')) return `${special(target, label)}${space}`;
    if (label === undefined || label === target || inCode) return `${label ?? target}${space}`;
    return label === target.replace(/^(?:https?:\/\/|mailto:)/, '')
      ? `${label}${space}`
      : `[${label}](${target})${space}`;
  });
}

function special(target: string, label: string | undefined): string {
  if (label !== undefined) return label;
  return target.startsWith('!subteam^') ? `@${target.slice('!subteam^'.length)}` : `@${target.slice(1)}`;
}

function splitLabel(inner: string): [string, string | undefined] {
  const bar = inner.indexOf('|');
  return bar < 0 ? [inner, undefined] : [inner.slice(0, bar), inner.slice(bar + 1)];
}

function decodeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

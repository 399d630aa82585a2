/**
 * GitHub-flavoured markdown as Discord shows it: headings to the third level, tables as code blocks (Discord has none),
 * images as links. Code blocks stay as they are. Mentions need nothing: no message of ours may ping (`allowed_mentions`).
 */
export function toDiscord(markdown: string): string {
  return markdown
    .replace(/\r\n?/g, '\n')
    .split(/(^```[\s\S]*?(?:^```[^\S\n]*$|$(?![\s\S])))/m)
    .map((part) => (part.startsWith('```') ? part : prose(part)))
    .join('');
}

function prose(text: string): string {
  return tablesAsCode(text)
    .replace(/^#{4,6}\s+(.+?)\s*#*$/gm, '**$1**')
    .replace(
      /!\[([^\]]*)\]\((https?:\/\/[^)\s]+)[^)]*\)/g,
      (_, words: string, url: string) => `[${words || 'image'}](${url})`,
    )
    .replace(/<!--[\s\S]*?-->/g, '');
}

const ROW = /^\s*\|.*\|\s*$/;
const RULE = /^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$/;

/** Tables, column under column in a code block. */
function tablesAsCode(text: string): string {
  const out: string[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    if (!ROW.test(line) || !RULE.test(lines[i + 1] ?? '')) {
      out.push(line);
      continue;
    }
    const rows = [cells(line)];
    for (i += 2; ROW.test(lines[i] ?? ''); i += 1) rows.push(cells(lines[i] ?? ''));
    i -= 1;
    out.push('```', ...aligned(rows), '```');
  }
  return out.join('\n');
}

const cells = (row: string): string[] =>
  row
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replace(/`{3,}/g, "'''").replaceAll('\\|', '|'));

function aligned(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    widths
      .map((width, column) => (row[column] ?? '').padEnd(width))
      .join('  ')
      .trimEnd(),
  );
}

/** Plain words in which Discord finds no markup. */
export function escaped(words: string): string {
  return words.replace(/([\\*_~`|[\]])/g, '\\$1').replace(/\s*\n\s*/g, ' ');
}

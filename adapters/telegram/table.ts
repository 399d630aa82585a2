import type { Table } from 'mdast';
import type { Flow } from './flow.ts';

/** A table as lines of aligned columns, for a block of even letters; Telegram has no tables in plain messages. */
export function tableText(
  table: Table,
  cellFlow: (cell: Table['children'][number]['children'][number]) => Flow,
): string {
  const rows = table.children.map((row) =>
    row.children.map((cell) => cellFlow(cell).text.replaceAll('\n', ' ').trim()),
  );
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, width(cell));
  }
  const line = (row: readonly string[]): string =>
    widths
      .map((columns, i) => padded(row[i] ?? '', columns, table.align?.[i] === 'right'))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows;
  return [line(head), widths.map((columns) => '─'.repeat(columns)).join('  '), ...body.map(line)].join('\n');
}

function padded(cell: string, columns: number, isRight: boolean): string {
  const space = ' '.repeat(Math.max(0, columns - width(cell)));
  return isRight ? space + cell : cell + space;
}

const width = (text: string): number => [...text].length;

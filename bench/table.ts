import type { Benchmark, Figures, Goal } from './benchmark.ts';

/** The figures with the goal beside each and whether it is kept, as lines of text. */
export function table({ goals }: Pick<Benchmark, 'goals'>, figures: Figures): string {
  const rows = Object.entries(goals(figures)).map(([key, goal]) => {
    const value = figures[key];
    if (value === undefined) throw new Error(`${key} was not measured`);
    const kept = goal && value !== null ? (isKept(goal, value) ? 'kept' : 'MISSED') : '';
    return [key, value === null ? 'none' : String(value), goal ? words(goal) : '', kept];
  });
  const all = [['figure', 'value', 'goal', ''], ...rows];
  const width = (column: number) => Math.max(...all.map((row) => row[column]?.length ?? 0));
  return all
    .map(([key = '', value = '', goal = '', kept = '']) =>
      `${key.padEnd(width(0))}  ${value.padStart(width(1))}  ${goal.padEnd(width(2))}  ${kept}`.trimEnd(),
    )
    .join('\n');
}

const isKept = ({ atMost, atLeast }: Goal, value: number): boolean =>
  (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);

function words({ atMost, atLeast, words: said }: Goal): string {
  if (said !== undefined) return said;
  if (atMost !== undefined && atMost === atLeast) return `= ${atMost}`;
  return [atLeast === undefined ? [] : `≥ ${atLeast}`, atMost === undefined ? [] : `≤ ${atMost}`].flat().join(', ');
}

/** What the dying program tells those who outlive it: one line per boundary, on disk before it dies. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/**
 * When, around a boundary, the program dies: before its effect; after the effect and before its result is kept (the
 * nastiest); or right after the result is kept.
 */
export type Moment = 'before' | 'after' | 'kept';

export interface Entry {
  /** `<workflow>|<step>|<ordinal>`; the workflow as the engine knows it, `outside` for what comes in. */
  readonly boundary: string;
  readonly what: 'reached' | 'killed';
}

export const write = (file: string, entry: Entry): void => appendFileSync(file, `${JSON.stringify(entry)}\n`);

export const read = (file: string): Entry[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Entry => JSON.parse(line))
    : [];

/**
 * The boundaries of a journal, each once, named alike in every telling of a story: without the platform's ids, and with
 * tasks and asks counted in the order in which they came (their own numbers have gaps where a kill undid a transaction).
 */
export function boundaries(entries: readonly Entry[], what: Entry['what']): string[] {
  const [task, ask] = [counter(), counter()];
  const named = entries.map((entry) => ({
    what: entry.what,
    name: entry.boundary
      .replace(/^turn:[^|]*/, 'turn')
      .replace(/^(?:slack|caught):[^|]*\|(.*)\|\d+$/, 'interaction|$1')
      .replace(/\b(ask|answer):(\d+)/g, (_, word, id) => `${word}:#${ask(id)}`)
      .replace(/\b(task|run|result|ended|started):(\d+)/g, (_, word, id) => `${word}:#${task(id)}`)
      .replace(/:ci:\w+:\d+:.*(success|failure)\|/, ':ci:$1|')
      .replace(/(:head|:review|:cancel):.*\|/, '$1|'),
  }));
  return [...new Set(named.filter((entry) => entry.what === what).map(({ name }) => name))].sort();
}

/** Counts what it is shown: the n-th of its kind, from 1. */
function counter(): (id: string) => number {
  const seen: string[] = [];
  return (id) => {
    if (!seen.includes(id)) seen.push(id);
    return seen.indexOf(id) + 1;
  };
}

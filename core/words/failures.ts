import type { FailureChoice } from '../domain/ask.ts';
import { failureTable } from './failure-table.ts';
import { firstLines, headline, plain } from './text.ts';

/** What is known about a failure beside its code. `reason` is what the program or the worker said about it. */
export interface FailureFacts {
  readonly reason?: string;
  readonly repo?: string;
  /** How many fixes were tried. */
  readonly rounds?: string;
}

/**
 * A failure that parks a task as what a person reads: a title that follows "#41 is parked:", then what happened, what I
 * do about it, what they can do; and the choices. A code that is not in the table says what is known.
 */
export function failureAsk(
  code: string,
  facts: FailureFacts = {},
): { title: string; reason: string; choices: readonly FailureChoice[] } {
  const known = Object.hasOwn(failureTable, code) ? failureTable[code] : undefined;
  const { title, happened = '', mine, yours, choices, lead = '' } = known ?? unknown;
  const said = firstLines(facts.reason ?? '', 2);
  const clauses = [said === '' ? happened : sentence(`${lead}${said}`), mine, yours];
  return {
    title: title
      .replace('{repo}', plain(headline(facts.repo ?? 'the repository', 100)))
      .replace('{fixes}', fixes(facts.rounds)),
    reason: clauses.filter((clause) => clause !== '').join(' '),
    choices: choices ?? ['retry', 'take_over', 'drop'],
  };
}

/** Why the cluster gives a task another worker, one clause; nothing for what the worker did by itself. */
export const replaced = (code: string): string | undefined => replacements[code];

const goesOn = 'a new worker goes on from the last checkpoint';
const replacements: Readonly<Record<string, string>> = {
  worker_out_of_memory: 'the worker ran out of memory; a new one gets twice as much',
  worker_moved: `the worker's node was drained or needed for something else; ${goesOn}`,
  worker_node_lost: `the worker's node does not answer; ${goesOn}`,
  worker_killed: `somebody ended the worker; ${goesOn}`,
  worker_no_room: 'no node has room; I try once more',
};

const unknown = {
  title: 'it could not go on',
  happened: 'An error came that I have no words for.',
  mine: 'I hold the task where it is.',
  yours: 'Try again, or take it over.',
  choices: undefined,
  lead: '',
};

const fixes = (rounds = 'several'): string => (rounds === '1' ? '1 fix' : `${rounds} fixes`);

const sentence = (text: string): string => {
  const clause = `${text.charAt(0).toUpperCase()}${text.slice(1)}`.trimEnd();
  return /[.?!…]$/u.test(clause) ? clause : `${clause}.`;
};

/** One story, told twice: undisturbed, and with the program killed at one moment of every boundary it reaches. */
import { setTimeout as sleep } from 'node:timers/promises';
import { boundaries, type Entry, type Moment } from './journal.ts';
import { type Ledger, type LedgerOptions, openLedger } from './ledger.ts';
import { outcome } from './outcome.ts';
import { finished } from './repository.ts';

export interface Telling {
  /** Boundaries that were reached, and those at which the program died. */
  readonly reached: readonly string[];
  readonly killed: readonly string[];
  readonly crashes: readonly string[];
  readonly outcome: Awaited<ReturnType<typeof outcome>>;
}

/** Tells a story in a house of its own and waits until nothing moves any more. */
export async function telling(
  moment: Moment | null,
  story: (ledger: Ledger) => Promise<void>,
  options: Omit<LedgerOptions, 'moment'> = {},
): Promise<Telling> {
  const ledger = await openLedger({ ...options, moment });
  try {
    await story(ledger);
    await settled(ledger);
    const entries = ledger.journal().filter((entry) => !moment || has(moment, entry));
    return {
      reached: boundaries(entries, 'reached'),
      killed: boundaries(entries, 'killed'),
      crashes: [...ledger.keeper.crashes],
      outcome: await outcome(ledger.house),
    };
  } finally {
    await ledger.close();
  }
}

/** Starts and sends are done when they are kept; a received signal is kept when it is there. */
function has(moment: Moment, { boundary }: Entry): boolean {
  if (/\|hear\|/.test(boundary)) return moment === 'kept';
  if (/\|(start|send) /.test(boundary)) return moment !== 'kept';
  return true;
}

/** A killed program takes some seconds to start again, in which nothing is reached either. */
const quietMs = 10_000;

/** Resolves when no boundary was reached for a while. */
export async function settled({ journal }: Ledger): Promise<void> {
  for (let before = -1, now = journal().length; now !== before; now = journal().length) {
    before = now;
    await sleep(quietMs);
  }
}

/**
 * The steps that every telling of a story has. How often people press and what comes in twice may differ; and a worker
 * whose program dies while it is being started may be lost, and has a second attempt.
 */
export const steps = (names: readonly string[]): string[] =>
  names.filter((name) => !/^(interaction|outside)\||\|hear\||attempt\|[23]$/.test(name));

/** How Ana's story ends, whatever happens on the way. */
export const once: Telling['outcome'] = {
  issues: 1,
  pulls: 1,
  proposals: 1,
  tasks: ['merged'],
  runs: ['plan', 'plan', 'implement', 'fix', 'address'],
  started: ['plan', 'implement', 'fix', 'address'],
  messagesInThread: [
    'A worker can do that.',
    'Write down refunds',
    '#1 Write down refunds',
    '⏸ I asked Ana a question about **#1**.',
    '⏸ I asked Ana to read the plan of **#1**.',
    '✔ #1 is ready for review',
  ],
  cardsInDm: [
    '✔ Question of **#1** answered by Ana on Slack.',
    '✔ Plan of **#1** approved by Ana on Slack.',
    '✔ **#1** waits for no review now: its branch is changing.',
    '✔ No answer needed any more for **#1**: it is merged.',
  ],
  ledger: finished,
  commits: '4\n',
  openAsks: 0,
  openAttempts: 0,
  repliesToReview: 1,
  planInIssue: [1],
  issueComments: 1,
  sameKeyTwice: [],
  unfinishedWorkflows: [],
  sandboxes: [],
  processes: [],
};

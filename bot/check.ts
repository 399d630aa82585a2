import { describe, Failure, isRetryable } from '../core/errors.ts';

/** One thing that `setup`, `doctor` and `start` look at. */
export interface Check {
  /** As people read it, e.g. `Project acme/web`. */
  readonly name: string;
  /** First word of the variables that it is about, e.g. `SLACK`; empty: it is about none. */
  readonly part: string;
  /**
   * Answers what is there, in a few words; `note` takes what should be known and stops nothing. Throws Failure with the
   * variable and what is wrong.
   */
  run(note: (line: string) => void): Promise<string>;
}

/** What a check came to, one line each. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'wrong' | 'note';
  readonly says: string;
  /** What the reader can do about it. */
  readonly remedy?: string;
  /** The same may go well later: no answer came, and nothing was refused. */
  readonly passing?: boolean;
}

/** Longest time that one check may take. */
const patienceMs = 60_000;

/** Runs a check: what it came to, then what it noted. Never throws. */
export async function examine({ name, run }: Check): Promise<Finding[]> {
  const notes: Finding[] = [];
  const note = (says: string) => void notes.push({ name, state: 'note', says });
  try {
    const says = await Promise.race([run(note), tooLong()]);
    return [{ name, state: 'ok', says }, ...notes];
  } catch (error) {
    const passing = isRetryable(error);
    if (!(error instanceof Failure)) return [{ name, state: 'wrong', says: describe(error), passing }, ...notes];
    const { message, advice } = error;
    return [{ name, state: 'wrong', says: message, ...(advice && { remedy: advice }), passing }, ...notes];
  }
}

const tooLong = () =>
  new Promise<never>((_resolve, reject) => {
    const give = () =>
      reject(new Failure(`no answer within ${patienceMs / 1000} s.`, { code: 'timeout', remedy: 'retry' }));
    setTimeout(give, patienceMs).unref();
  });

const glyphs = { ok: '✔', wrong: '✖', note: '○' } as const;

/** A finding as a line; words that begin with the name or a variable say by themselves what they are about. */
export function findingLine({ name, state, says, remedy }: Finding): string {
  const plain = remedy ? `${says} ${remedy}` : says;
  const isAbout = state === 'note' || says.startsWith(name) || (state === 'wrong' && /^[A-Z_]{3,}\b/.test(says));
  return `${glyphs[state]} ${isAbout ? plain : `${name}: ${plain}`}`;
}

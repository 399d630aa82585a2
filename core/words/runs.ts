import type { RunOutcome } from '../domain/run.ts';
import { failureAsk } from './failures.ts';
import { firstLines } from './text.ts';
import { count } from './time.ts';

/** How a run ended: a clause, then what the worker said of it, at most three lines. */
export function runEnd(outcome: RunOutcome, repo: string): string {
  switch (outcome.type) {
    case 'planned':
      return told('Wrote the plan', outcome.summary);
    case 'done':
      return told('Did its work', outcome.summary);
    case 'question':
      return `Asked ${count(outcome.questions.length, 'question')}`;
    case 'nothing':
      return told('Changed nothing', outcome.summary);
    case 'budget':
      return 'Stopped: the budget is spent';
    case 'cancelled':
      return 'Cancelled';
    case 'failed': {
      const { title, reason } = failureAsk(outcome.code, { reason: outcome.reason, repo });
      return told(`Failed: ${title}`, reason);
    }
  }
}

const told = (clause: string, summary: string): string => {
  const words = firstLines(summary, 3);
  return words === '' ? clause : `${clause}\n${words}`;
};

/** What an attempt left behind, as far as it is known. */
export interface AttemptFacts {
  /** Closed: its token is worthless and its processes are gone. */
  readonly closed: boolean;
  readonly stop: 'cancelled' | 'closed' | 'budget' | null;
  readonly result: {
    readonly type: 'plan' | 'work' | 'nothing' | 'question' | 'stopped' | 'failed';
    readonly reason?: string;
  } | null;
}

/** How an attempt ended, one clause; empty while it runs. */
export function attemptEnd({ closed, stop, result }: AttemptFacts): string {
  if (!closed) return '';
  if (result?.type === 'failed') return `failed: ${firstLines(result.reason ?? '', 1)}`;
  if (stop === 'budget') return 'stopped: the budget is spent';
  if (stop !== null || result?.type === 'stopped') return 'stopped';
  return result ? 'gave its result' : 'was lost';
}

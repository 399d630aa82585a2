import type { AskKind } from '../domain/ask.ts';
import type { RunKind } from '../domain/run.ts';
import { type DecisionEvent, deed, where } from './history.ts';
import { headline, plain } from './text.ts';
import { count } from './time.ts';

/** Something that happened to a task, as its page tells it. */
export interface Happening {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** A person's name; null: the program by itself. */
  readonly who: string | null;
  /** What they did, after their name; without one a whole clause. */
  readonly what: string;
  /** Where a person did it. */
  readonly where: string | null;
  /** With which account, `platform:space:id`. Plain text. */
  readonly account: string | null;
}

/** What happened to a task, oldest first. The checks' progress is no news once they are done, and left out. */
export const timeline = (events: readonly DecisionEvent[]): Happening[] =>
  events
    .toSorted((a, b) => a.at - b.at)
    .flatMap((event) => {
      const happening = happened(event);
      return happening ? [happening] : [];
    });

function happened({ at, actor, type, data }: DecisionEvent): Happening | null {
  // What the program does by itself names no person.
  if ('person' in data) {
    const account = typeof data.account === 'string' && data.account !== '' ? data.account : null;
    return { at, who: plain(headline(actor)), what: deed(type, data), where: where(data), account };
  }
  const what = clause(type, data);
  return what === null ? null : { at, who: null, what, where: null, account: null };
}

const work: Record<RunKind, string> = {
  plan: 'plan',
  implement: 'implement',
  fix: 'fix CI',
  address: 'address the review',
};

const asked: Record<AskKind, string> = {
  plan: 'Asked for the approval of the plan',
  question: 'Asked a question',
  review: 'Asked for a review',
  budget: 'Asked about the budget',
  failure: 'Asked what to do',
};

function clause(type: string, data: DecisionEvent['data']): string | null {
  const said = typeof data.detail === 'string' ? plain(headline(data.detail || ' ', 200)) : '';
  const detail = said === '' || said === 'Untitled' ? '' : `: ${said}`;
  const doing = work[data.kind as RunKind] ?? 'work';
  switch (type) {
    case 'run_queued':
      return `Waits for a worker to ${doing}`;
    case 'run_started':
      return `A worker began to ${doing}`;
    case 'sandbox_waits':
      return `The cluster holds it${detail}`;
    case 'model_waits':
      return `The model holds it${detail}`;
    case 'asked':
      return `${asked[data.kind as AskKind] ?? 'Asked'}${detail}`;
    case 'parked':
      return `Parked${detail}`;
    case 'ci_watched':
      return 'CI runs';
    case 'ci_progressed':
      return null;
    case 'review_asked':
      return 'Ready for review';
    case 'merged':
      return 'Merged';
    case 'closed':
      return `Closed${detail}`;
    case 'cancelled':
      return `Ended${detail}`;
    case 'escalated':
      return 'Nobody answered in time, so everybody else who may was asked';
    case 'diff_read':
      return `The branch changes ${count(Number(data.files), 'file')}, +${Number(data.additions)} −${Number(data.deletions)}`;
    default:
      return plain(type.replaceAll('_', ' '));
  }
}

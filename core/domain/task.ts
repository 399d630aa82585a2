import type { AskKind } from './ask.ts';
import type { ConversationKey, Place } from './chat.ts';
import type { RepoName, TaskNumber } from './ids.ts';
import type { RunKind } from './run.ts';

/** Where a task is on its way. The last three are final. */
export type Phase =
  | 'planning'
  | 'approval'
  | 'implementing'
  | 'ci'
  | 'fixing'
  | 'review'
  | 'addressing'
  | 'merged'
  | 'closed'
  | 'cancelled';

/** Who has to act before the task moves. */
export type Holder = 'you' | 'ci' | 'worker' | 'queue' | 'cluster' | 'model' | 'reviewer' | 'nobody';

/** A task's status explains itself: what it is doing, who holds it, since when, and when the program looks again. */
export interface Status {
  readonly phase: Phase;
  readonly holder: Holder;
  /** Milliseconds since the epoch at which this holder took it. */
  readonly since: number;
  /** True when the task stopped for a person after something went wrong; its work is pushed and its sandbox free. */
  readonly parked: boolean;
  /** One clause for people: what it waits for, e.g. `2 of 3 checks are green`. */
  readonly detail: string;
  /** The phase in which a task ended that was closed or cancelled. */
  readonly endedIn?: Phase;
  /** When the program acts by itself next, milliseconds since the epoch; null when only the holder can move it. */
  readonly nextAt: number | null;
}

export type TaskEvent =
  | { type: 'run_queued'; kind: RunKind }
  | { type: 'run_started'; kind: RunKind }
  | { type: 'sandbox_waits'; detail: string }
  | { type: 'model_waits'; detail: string; until: number | null }
  | { type: 'asked'; kind: AskKind; detail: string }
  | { type: 'parked'; detail: string }
  | { type: 'ci_watched'; detail: string; nextAt: number }
  /** News of the checks; only while CI holds the task. */
  | { type: 'ci_progressed'; detail: string; nextAt: number }
  | { type: 'review_asked' }
  | { type: 'merged' }
  | { type: 'closed'; detail: string }
  | { type: 'cancelled'; detail: string };

export interface Task {
  readonly number: TaskNumber;
  readonly repo: RepoName;
  readonly base: string;
  readonly title: string;
  readonly brief: string;
  readonly model: string;
  readonly planFirst: boolean;
  readonly budgetUsd: number;
  readonly spentUsd: number;
  readonly deadlineMinutes: number;
  readonly conversation: ConversationKey;
  readonly place: Place;
  /** The person who confirmed it: asks go to them. */
  readonly person: number;
  readonly status: Status;
  readonly branch: string;
  readonly issue: { readonly number: number; readonly url: string } | null;
  readonly pull: { readonly number: number; readonly url: string } | null;
  /** The head of the branch as last seen on the code host. */
  readonly head: string | null;
  /** The Claude session that the next run resumes. */
  readonly session: string | null;
  /** The approved plan, or the last one proposed. */
  readonly plan: string | null;
  /** Checks that a person said to ignore, by name. */
  readonly ignoredChecks: readonly string[];
  readonly createdAt: number;
  readonly endedAt: number | null;
}

/** What a person confirmed; these never change. */
export type Wish = Pick<Task, 'repo' | 'branch' | 'base' | 'title' | 'brief' | 'planFirst'>;

const phaseOf: Record<RunKind, Phase> = {
  plan: 'planning',
  implement: 'implementing',
  fix: 'fixing',
  address: 'addressing',
};

const finalPhases: readonly Phase[] = ['merged', 'closed', 'cancelled'];

export const isFinal = (status: Pick<Status, 'phase'>): boolean => finalPhases.includes(status.phase);

export const initialStatus = (at: number, planFirst: boolean): Status => ({
  phase: planFirst ? 'planning' : 'implementing',
  holder: 'queue',
  since: at,
  parked: false,
  detail: 'starting',
  nextAt: null,
});

/** What follows from an event. A final status stays: a late event of a run that was cancelled changes nothing. */
export function nextStatus(status: Status, event: TaskEvent, at: number): Status {
  if (isFinal(status)) return status;
  const to = (change: Partial<Status>): Status => {
    const next = { ...status, parked: false, detail: '', nextAt: null, ...change };
    const same = next.phase === status.phase && next.holder === status.holder && next.parked === status.parked;
    return { ...next, since: same ? status.since : at };
  };
  switch (event.type) {
    case 'run_queued':
      return to({ phase: phaseOf[event.kind], holder: 'queue', detail: 'waiting for a free worker' });
    case 'run_started':
      return to({ phase: phaseOf[event.kind], holder: 'worker' });
    case 'sandbox_waits':
      return to({ holder: 'cluster', detail: event.detail });
    case 'model_waits':
      return to({ holder: 'model', detail: event.detail, nextAt: event.until });
    case 'asked':
      return to({ phase: event.kind === 'plan' ? 'approval' : status.phase, holder: 'you', detail: event.detail });
    case 'parked':
      return to({ holder: 'you', parked: true, detail: event.detail });
    case 'ci_watched':
      // Each watch begins anew: a branch that is moved back and forth is news every time.
      return { ...to({ phase: 'ci', holder: 'ci', detail: event.detail, nextAt: event.nextAt }), since: at };
    case 'ci_progressed':
      return status.holder === 'ci' ? to({ detail: event.detail, nextAt: event.nextAt }) : status;
    case 'review_asked':
      return to({ phase: 'review', holder: 'reviewer' });
    case 'merged':
      return to({ phase: 'merged', holder: 'nobody' });
    case 'closed':
      return to({ phase: 'closed', holder: 'nobody', detail: event.detail, endedIn: status.phase });
    case 'cancelled':
      return to({ phase: 'cancelled', holder: 'nobody', detail: event.detail, endedIn: status.phase });
  }
}

import type { CheckItem } from '../../core/domain/ci.ts';

type State = CheckItem['state'];

/** The state of a check run or an Actions job. */
export function checkState(status: string, conclusion: string | null): State {
  if (status !== 'completed') return 'pending';
  switch (conclusion) {
    case 'success':
    case 'cancelled':
    case 'timed_out':
    case 'action_required':
    case 'stale':
      return conclusion;
    case 'neutral':
    case 'skipped':
      return 'neutral';
    default:
      // failure, startup_failure, and whatever GitHub may add: never taken for green.
      return 'failure';
  }
}

export function statusState(state: string): State {
  return state === 'success' || state === 'pending' ? state : 'failure';
}

/** Of several checks with one name, which speaks for all: one still going, else a red one, else a green one. */
export function weight(state: State): number {
  switch (state) {
    case 'pending':
      return 3;
    case 'success':
      return 1;
    case 'neutral':
      return 0;
    case 'failure':
    case 'cancelled':
    case 'timed_out':
    case 'action_required':
    case 'stale':
      return 2;
  }
}

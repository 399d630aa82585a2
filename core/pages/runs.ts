import type { TaskNumber } from '../domain/ids.ts';
import type { Store } from '../store/index.ts';
import type { StoredAttempt } from '../store/runs.ts';
import { attemptEnd, runEnd } from '../words/runs.ts';
import type { AttemptItem, RunItem } from './types.ts';

/** A task's runs with their attempts, oldest first. */
export async function runsOf(store: Store, task: TaskNumber, repo: string, now: number): Promise<RunItem[]> {
  const [runs, attempts] = await Promise.all([store.runs.of(task), store.runs.attemptsOf(task)]);
  const byRun = Map.groupBy(attempts, ({ run }) => run);
  return runs.map(({ id, n, kind, queuedAt, startedAt, endedAt, outcome }) => ({
    ...{ id, n, kind, queuedAt, startedAt, endedAt },
    outcome: outcome && runEnd(outcome, repo),
    attempts: (byRun.get(id) ?? []).map((attempt, index) => attemptItem(attempt, index + 1, now)),
  }));
}

function attemptItem(
  { id, state, stop, result, startedAt, closedAt }: StoredAttempt,
  n: number,
  now: number,
): AttemptItem {
  const closed = state === 'closed';
  return {
    ...{ id, n, startedAt, endedAt: closedAt, durationMs: Math.max((closedAt ?? now) - startedAt, 0) },
    state: closed ? 'ended' : state === 'closing' || result !== null ? 'ending' : 'running',
    outcome: attemptEnd({ closed, stop, result }),
  };
}

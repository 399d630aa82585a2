import { isId, type RepoName, type TaskNumber } from '../domain/ids.ts';
import { isAmong } from '../domain/policy.ts';
import type { Task } from '../domain/task.ts';
import type { HistoryEvent } from '../store/history.ts';
import type { Store } from '../store/index.ts';

/** A task if it is of these repositories (null: of any); else null, as one that does not exist. */
export async function taskSeen(
  store: Store,
  repos: readonly RepoName[] | null,
  number: TaskNumber,
): Promise<Task | null> {
  const task = isId(number) ? await store.tasks.find(number) : null;
  return task && isAmong(repos, task.repo) ? task : null;
}

/** All that happened to a task and the proposal that it came of, oldest first. */
export async function historyOf({ history, proposals }: Store, number: TaskNumber): Promise<HistoryEvent[]> {
  const proposal = await proposals.ofTask(number);
  const before = proposal ? await history.of(`proposal:${proposal.id}`) : [];
  return [...before, ...(await history.of(`task:${number}`))];
}

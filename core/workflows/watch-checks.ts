import { ciVerdict } from '../domain/ci.ts';
import type { TaskNumber } from '../domain/ids.ts';
import type { Task } from '../domain/task.ts';
import type { Deps } from './deps.ts';

/** A green that does not count yet: what was seen, and whether it has stayed so for `ciSettleMs`. */
interface Green {
  readonly key: string;
  readonly timer: NodeJS.Timeout;
  stayed: boolean;
}

/**
 * Reads the checks of a task's head and tells the task what they come to. What is still to come cannot always be read (a
 * fast status is there before CI has begun, a service starts one job after the other), so a green counts when it is still
 * the same a moment later; and what turns red after that is told while the task waits for review.
 */
export function createChecksWatch(
  deps: Deps,
  lookAgain: (task: TaskNumber) => void,
): (task: Task, sha: string) => Promise<void> {
  // In memory: after a restart a green is looked at anew.
  const greens = new Map<TaskNumber, Green>();
  const forget = (task: TaskNumber) => {
    clearTimeout(greens.get(task)?.timer);
    greens.delete(task);
  };

  const hasSettled = (task: TaskNumber, key: string): boolean => {
    const known = greens.get(task);
    if (known?.key === key && !known.stayed) return false;
    forget(task);
    if (known?.key === key) return true;
    const timer = setTimeout(() => {
      green.stayed = true;
      lookAgain(task);
    }, deps.settings.ciSettleMs).unref();
    const green: Green = { key, timer, stayed: false };
    greens.set(task, green);
    return false;
  };

  return async ({ number, repo, status, ignoredChecks }, sha) => {
    const items = await deps.host.checks(repo, sha);
    const verdict = ciVerdict(items, ignoredChecks);
    if (status.phase === 'review') {
      if (verdict.state === 'red')
        await deps.tellTask(number, { type: 'turned_red', sha }, `turned_red:${sha}:${status.since}`);
      return;
    }
    const key = `ci:${sha}:${status.since}:${items.map((item) => `${item.id}=${item.state}`).join(',')}`;
    if (verdict.state !== 'green') forget(number);
    if (verdict.state === 'pending') {
      const detail = `${verdict.done} of ${verdict.total} checks are done`;
      const nextAt = Date.now() + deps.settings.reconcileMs;
      await deps.store.tasks.advance(
        number,
        { type: 'ci_progressed', detail, nextAt },
        `ci:${sha}:${verdict.done}/${verdict.total}:${status.since}`,
        Date.now(),
      );
      deps.presenter.touch(`task:${number}`);
      return;
    }
    if (verdict.state === 'none' && Date.now() - status.since < deps.settings.ciGraceMs) return;
    if (verdict.state === 'green' && !hasSettled(number, key)) return;
    await deps.tellTask(number, { type: 'ci', sha, verdict }, key);
  };
}

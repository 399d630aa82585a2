import type { AttemptId } from '../domain/ids.ts';
import type { OpenAttempt } from '../door.ts';
import { modelTrouble } from '../words/status.ts';
import type { Deps } from './deps.ts';

/**
 * Keeps a task's status true while its worker waits for the model: Claude Code tries again by itself and says nothing,
 * but every call passes the broker.
 */
export function createModelWatch({ store, presenter }: Pick<Deps, 'store' | 'presenter'>) {
  /** Attempts whose last call was answered; only a change is written down. */
  const answeredLast = new Map<AttemptId, boolean>();

  return {
    async answered({ id, task, kind }: OpenAttempt, status: number, retryAfterMs: number | null): Promise<void> {
      const isAnswered = status !== 429 && status < 500;
      if (answeredLast.get(id) === isAnswered) return;
      answeredLast.set(id, isAnswered);
      const { holder } = (await store.tasks.get(task)).status;
      if (isAnswered ? holder !== 'model' : holder === 'model') return;
      const at = Date.now();
      const until = retryAfterMs === null ? null : at + retryAfterMs;
      const event = isAnswered
        ? { type: 'run_started' as const, kind }
        : { type: 'model_waits' as const, detail: modelTrouble(status), until };
      await store.tasks.advance(task, event, `model:${id}:${at}`, at);
      presenter.touch(`task:${task}`);
    },
  };
}

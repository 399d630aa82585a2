import { DBOS, Error as EngineErrors } from '@dbos-inc/dbos-sdk';
import { describe, Failure } from '../errors.ts';
import { park } from './asking.ts';
import { Dropped, type TaskContext } from './context.ts';
import { Cancelled, Ended } from './signals.ts';

/**
 * Does a part of the journey; when the outside fails for good, a person says when to try that part again. What a run has
 * brought or a person has approved stands before the stage that uses it, so that a retry never does it anew. `patch` names
 * a stage that came later: tasks that an earlier release led past a failure here had the stage around it do it again.
 */
export async function stage<T>(context: TaskContext, act: () => Promise<T>, patch?: string): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (endsTask(error) || (patch && !(await DBOS.patch(patch)))) throw error;
      await park(context, { code: error instanceof Failure ? error.code : 'unexpected', reason: describe(error) });
    }
  }
}

/** A person or the code host ended the task, or the engine itself stops; everything else waits for a person. */
const endsTask = (error: unknown): boolean =>
  error instanceof Cancelled ||
  error instanceof Dropped ||
  error instanceof Ended ||
  error instanceof EngineErrors.DBOSError;

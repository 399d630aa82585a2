import { DBOS } from '@dbos-inc/dbos-sdk';
import { describe, Failure, type FailureOptions, isRetryable } from '../errors.ts';

/** How often a step is tried again and how long it waits before; the pauses double. */
export interface Patience {
  readonly tries: number;
  readonly firstPauseSeconds: number;
}

/** A service that is away for a quarter of an hour is waited for; after that a person is told. */
export const patient: Patience = { tries: 11, firstPauseSeconds: 1 };

/** Something a person waits for at this moment. */
export const brisk: Patience = { tries: 5, firstPauseSeconds: 0.5 };

type Settled<T> = { ok: true; value: T } | { ok: false; failure: Omit<FailureOptions, 'cause'> & { message: string } };

/**
 * One named effect of a workflow: done once, its result kept. Retries what may pass; a failure that cannot pass is kept
 * as a value (an error would lose its class in the store) and thrown again as the same {@link Failure}, also on replay.
 * `act` is told when no other try follows.
 */
export async function effect<T>(
  name: string,
  act: (isLastTry: boolean) => Promise<T>,
  patience: Patience = patient,
): Promise<T> {
  const settled = await DBOS.runStep<Settled<T>>(
    async () => {
      try {
        return { ok: true, value: await act(isLastTry(patience)) };
      } catch (error) {
        if (error instanceof Failure && !isRetryable(error)) return { ok: false, failure: plain(error) };
        if (isLastTry(patience)) return { ok: false, failure: exhausted(name, error, patience) };
        await waitAsTold(error);
        throw error;
      }
    },
    {
      name,
      retriesAllowed: patience.tries > 1,
      maxAttempts: patience.tries,
      intervalSeconds: patience.firstPauseSeconds,
      backoffRate: 2,
    },
  );
  if (settled.ok) return settled.value;
  const { message, ...options } = settled.failure;
  throw new Failure(message, options);
}

/** The longest wait that a service may impose on one try, beyond the pause that follows anyway. */
const longestWaitMs = 60_000;

/** A rate limit says how long it lasts; trying sooner only costs a try. */
async function waitAsTold(error: unknown): Promise<void> {
  const ms = error instanceof Failure ? (error.retryAfterMs ?? 0) : 0;
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(ms, longestWaitMs)));
}

const isLastTry = ({ tries }: Patience): boolean => (DBOS.stepStatus?.currentAttempt ?? 1) >= tries;

function exhausted(name: string, error: unknown, { tries }: Patience) {
  const code = error instanceof Failure ? error.code : 'unexpected';
  return { message: `${name}: ${describe(error)}`, code, remedy: 'never' as const, advice: `I tried ${tries} times.` };
}

const plain = ({ message, code, remedy, advice, retryAfterMs }: Failure) => ({
  message,
  code,
  remedy,
  ...(advice === undefined ? {} : { advice }),
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

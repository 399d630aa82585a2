import type { AttemptEnd } from '../domain/run.ts';
import type { SandboxStatus } from '../ports.ts';
import { heartbeatSeconds } from '../protocol.ts';
import type { StoredAttempt } from '../store/runs.ts';

/** An attempt that said nothing for this long is taken for dead. */
const silentMs = 3 * heartbeatSeconds * 1000;

type Death = Omit<Extract<AttemptEnd, { type: 'died' }>, 'type'>;

/**
 * Why an attempt can't go on; null when it can. That it is late comes last: it ends the run for good, while a worker that is
 * dead is replaced, with the time that it had left. A downtime of the program or its machine makes nobody late.
 */
export function causeOfDeath(
  { deadline, heartbeatAt }: Pick<StoredAttempt, 'deadline' | 'heartbeatAt'>,
  { state, detail, cause }: SandboxStatus,
  listeningSince: number,
  now: number,
): Death | null {
  if (state === 'exited') return { reason: cause ?? 'exited', detail };
  // The cluster has its own patience with what waits for it.
  if (state === 'starting') return null;
  // A worker that spoke while the program was away could not be heard: its silence begins with the program.
  const silence = now - Math.max(heartbeatAt, listeningSince);
  if (silence > silentMs) {
    if (state === 'unknown') return { reason: 'lost', detail: 'its sandbox is gone' };
    const seconds = Math.round((now - heartbeatAt) / 1000);
    return { reason: 'silent', detail: `nothing was heard of it for ${seconds} s` };
  }
  // One that finished meanwhile is about to deliver; one that did not ends at its deadline by itself.
  const heardSince = now - listeningSince;
  return now > deadline && heardSince > silentMs ? { reason: 'deadline', detail: 'it ran longer than it may' } : null;
}

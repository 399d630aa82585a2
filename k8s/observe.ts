import type { Logger } from 'pino';
import type { AttemptId, TaskNumber } from '../core/domain/ids.ts';
import { Failure } from '../core/errors.ts';
import type { SandboxStatus } from '../core/ports.ts';
import { classify, type Seen } from './classify.ts';
import { hasCode } from './kube-error.ts';
import { taskOfAttempt } from './names.ts';
import { duration, exited, unknown } from './statuses.ts';

/** Milliseconds for which an answer is good. Of a worker that runs, its own heartbeat tells sooner than the cluster. */
const freshMs = { starting: 3_000, running: 6_000, exited: Number.POSITIVE_INFINITY, unknown: 0 } as const;
/** How long a cluster that did not answer is left alone. */
const outageMs = 5_000;

export interface Observer {
  /** How an attempt fares, without asking the cluster more often than it is worth. Throws when nothing is known of it at all. */
  status(attempt: AttemptId): Promise<SandboxStatus>;
  /** Takes what somebody else learned of it. */
  note(attempt: AttemptId, status: SandboxStatus): void;
  forget(task: TaskNumber): void;
}

export interface ObserverOptions {
  readonly look: (attempt: AttemptId) => Promise<Seen>;
  readonly log: Logger;
  readonly now: () => number;
}

/**
 * Knows how attempts fare by looking again and again: nothing is lost while nobody looks. While the cluster does not answer,
 * the last that was seen holds: a worker does not need the cluster's API to work.
 */
export function createObserver({ look, log, now }: ObserverOptions): Observer {
  const known = new Map<AttemptId, { readonly status: SandboxStatus; readonly at: number }>();
  const asking = new Map<AttemptId, Promise<SandboxStatus>>();
  let outage: { readonly since: number; triedAt: number } | null = null;

  async function ask(attempt: AttemptId): Promise<SandboxStatus> {
    const before = known.get(attempt)?.status;
    try {
      const status = orDeleted(classify(await look(attempt), now()), before);
      if (outage) log.info({ lastedMs: now() - outage.since }, 'the cluster answers again');
      outage = null;
      known.set(attempt, { status, at: now() });
      return status;
    } catch (error) {
      // Its namespace was made and we were not bound there, for example since the program ended between the two.
      if (hasCode(error, 'forbidden') && (before ?? unknown).state === 'unknown') return unknown;
      if (!(error instanceof Failure) || error.remedy !== 'retry') throw error;
      if (!outage) log.warn({ error: error.message }, 'the cluster does not answer');
      outage = { since: outage?.since ?? now(), triedAt: now() };
      if (!before) throw error;
      return { ...before, detail: silence(outage.since) };
    }
  }

  const silence = (from: number) => `the cluster has not answered for ${duration(now() - from)}`;

  return {
    async status(attempt) {
      const last = known.get(attempt);
      if (last && now() - last.at < freshMs[last.status.state]) return last.status;
      if (last && outage && now() - outage.triedAt < outageMs) return { ...last.status, detail: silence(outage.since) };
      const running = asking.get(attempt) ?? ask(attempt).finally(() => asking.delete(attempt));
      asking.set(attempt, running);
      return running;
    },
    note: (attempt, status) => void known.set(attempt, { status, at: now() }),
    forget(task) {
      for (const attempt of known.keys()) if (taskOfAttempt(attempt) === task) known.delete(attempt);
    },
  };
}

/** What was there and is not, though we did not remove it. */
const orDeleted = (status: SandboxStatus, before: SandboxStatus | undefined): SandboxStatus =>
  status.state === 'unknown' && before && before.state !== 'unknown'
    ? exited('somebody deleted its Job', 'killed')
    : status;

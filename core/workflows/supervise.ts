import { describe, isRetryable } from '../errors.ts';
import type { SandboxStatus } from '../ports.ts';
import type { StoredAttempt } from '../store/runs.ts';
import { causeOfDeath } from './death.ts';
import type { Deps } from './deps.ts';
import { resultKey, tellRun } from './signals.ts';

/** What a card says of a worker that works, but can't be heard. */
const brokerAway = 'its broker does not answer, I keep trying';
/** How often open attempts and open proposals are looked at. */
const roundMs = 2_000;

export interface Supervisor {
  start(): void;
  stop(): Promise<void>;
}

/** Notices what nobody reports: workers that died, hang or overrun, and proposals that waited too long. */
export function createSupervisor(deps: Deps): Supervisor {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | null = null;
  let startedAt = Date.now();

  const once = async () => {
    try {
      for (const attempt of await deps.store.runs.openAttempts()) {
        await check(deps, attempt, startedAt).catch((error: unknown) => {
          deps.log.warn({ attempt: attempt.id, error: describe(error) }, 'attempt could not be looked at');
        });
      }
      for (const id of await deps.store.proposals.expire(Date.now())) deps.presenter.touch(`proposal:${id}`);
    } catch (error) {
      deps.log.warn({ error: describe(error) }, 'supervision round failed');
    }
  };

  return {
    start() {
      startedAt = Date.now();
      timer = setInterval(() => {
        // A round that takes longer than its pause is not joined by another.
        round ??= once().finally(() => {
          round = null;
        });
      }, roundMs);
    },
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}

async function check(deps: Deps, attempt: StoredAttempt, listeningSince: number): Promise<void> {
  if (attempt.result) {
    // Told again, with the same key: a crash may have come between keeping the result and telling the run.
    await tellRun(attempt.run, { attempt: attempt.id, end: { type: 'result' } }, resultKey(attempt.id));
    return;
  }
  if (attempt.tokenHash === null) return;
  const status = await statusOf(deps, attempt);
  const now = Date.now();
  const heardSince = deps.sandbox.heardSince ? deps.sandbox.heardSince() : listeningSince;
  const isDeaf = heardSince === null && status.state === 'running';
  await showCluster(deps, attempt, isDeaf ? { state: 'starting', detail: brokerAway } : status);
  const died = causeOfDeath(attempt, status, Math.max(listeningSince, heardSince ?? now), now);
  if (!died) return;
  deps.log.warn({ attempt: attempt.id, ...died }, 'attempt died');
  await tellRun(attempt.run, { attempt: attempt.id, end: { type: 'died', ...died } }, `died:${attempt.id}`);
}

/** A sandbox that refuses to tell tells nothing of the worker, whose silence counts all the same. One that is away is waited for. */
async function statusOf({ sandbox, log }: Deps, { id }: StoredAttempt): Promise<SandboxStatus> {
  return sandbox.status(id).catch((error: unknown) => {
    if (isRetryable(error)) throw error;
    log.error({ attempt: id, error: describe(error) }, 'the sandbox does not say how an attempt fares');
    return { state: 'running', detail: '' };
  });
}

/** A worker that waits for the cluster says so on its task, until it runs. */
async function showCluster(deps: Deps, attempt: StoredAttempt, { state, detail }: SandboxStatus): Promise<void> {
  const waits = state === 'starting' && detail !== '';
  if (!waits && state !== 'running') return;
  const { status } = await deps.store.tasks.get(attempt.task);
  if (waits ? status.holder === 'cluster' && status.detail === detail : status.holder !== 'cluster') return;
  const { kind } = await deps.store.runs.get(attempt.run);
  const event = waits ? { type: 'sandbox_waits' as const, detail } : { type: 'run_started' as const, kind };
  await deps.store.tasks.advance(
    attempt.task,
    event,
    `cluster:${attempt.id}:${status.since}:${waits ? detail : ''}`,
    Date.now(),
  );
  deps.presenter.touch(`task:${attempt.task}`);
}

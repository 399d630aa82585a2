import { budgetLevel } from '../domain/budget.ts';
import { attemptId, checkpointRef } from '../domain/ids.ts';
import type { Door, OpenAttempt } from '../door.ts';
import { Failure } from '../errors.ts';
import type { Job, Steering, WorkerEvent } from '../protocol.ts';
import { resumeAfterLoss } from '../words/briefs.ts';
import type { Deps } from './deps.ts';
import { doorFiles, sent } from './door-files.ts';
import { createDoorLimits } from './door-limits.ts';
import { createModelWatch } from './model-watch.ts';
import { createPushGuard } from './push-guard.ts';
import type { Ringer } from './ringer.ts';
import { hashToken } from './run.ts';
import { resultKey, tellRun } from './signals.ts';

/** How long after its end an attempt's last calls may be told, by a broker that could not reach us. */
const lateChargeMs = 24 * 60 * 60_000;

/** Who the commits are by. */
const author = { name: 'Mainloop', email: 'mainloop@users.noreply.github.com' };

/** The core's side of the worker's door: attempts, their events, their questions and their money. */
export function createDoor(deps: Deps, ringer: Ringer): Door {
  const { store } = deps;
  const model = createModelWatch(deps);
  const limits = createDoorLimits(deps);

  let own: string | undefined;
  const isOurs = async (instance: string | undefined): Promise<boolean> => {
    if (instance === undefined) return true;
    own ??= await store.installation();
    return instance === own;
  };

  const steering = async ({ id, task }: OpenAttempt): Promise<Steering> => ({
    stop: await store.runs.heartbeat(id, Date.now()),
    items: (await store.worker.pendingSteers(task)).map((item) => ({ ...item, files: item.files.map(sent) })),
  });

  return {
    async admit(proof) {
      if ('attempt' in proof && !(await isOurs(proof.instance))) return null;
      const by = 'attempt' in proof ? { id: proof.attempt } : { tokenHash: hashToken(proof.token) };
      const found = await store.runs.openBy(by);
      if (!found) return null;
      const { budgetUsd, spentUsd, ...open } = found;
      return {
        ...open,
        budgetLeft: budgetUsd - spentUsd,
        checkpointRef: checkpointRef(open.branch),
        allowedModels: [...new Set([open.model, deps.settings.workerModel, deps.settings.sideModel])],
      };
    },

    async job(attempt): Promise<Job> {
      const [task, run, project, stored, hasSession] = await Promise.all([
        store.tasks.get(attempt.task),
        store.runs.get(attempt.run),
        store.projects.find(attempt.repo),
        store.runs.attempt(attempt.id),
        store.worker.hasSession(attempt.task),
      ]);
      const takesOver = task.session !== null && attempt.id !== attemptId(attempt.run, 1);
      return {
        attempt: attempt.id,
        run: attempt.run,
        task: task.number,
        kind: attempt.kind,
        repo: task.repo,
        base: task.base,
        branch: task.branch,
        checkpointRef: attempt.checkpointRef,
        model: task.model,
        prompt: takesOver ? resumeAfterLoss(run.prompt) : run.prompt,
        session: hasSession ? task.session : null,
        checks: project?.checks ?? null,
        author,
        deadline: stored?.deadline ?? Date.now(),
        files: (await store.files.ofTask(task.number)).map(sent),
      };
    },

    async events(attempt, { events }) {
      const fresh = await limits.record(attempt, events);
      // Repeats too: a crash may have come between the two, and noting is idempotent.
      for (const { event } of events) await note(attempt, event);
      if (fresh.length > 0) deps.presenter.touch(`task:${attempt.task}`);
      return steering(attempt);
    },

    async steering(attempt, waitMs, signal) {
      const enough = new AbortController();
      // Listens before it reads, so that nothing is said in between.
      const rung = ringer.wait(attempt.task, waitMs, AbortSignal.any([signal, enough.signal]));
      try {
        const now = await steering(attempt);
        if (now.stop || now.items.length > 0 || waitMs <= 0) return now;
        await rung;
        return await steering(attempt);
      } finally {
        enough.abort();
      }
    },

    ...doorFiles(store),

    loadSession: ({ task }) => store.worker.session(task),

    appendSession: (attempt, entries) => limits.appendSession(attempt, entries.map(identified)),

    async result(attempt, result) {
      await store.runs.result(attempt.id, result, Date.now());
      // Sent on every repeat, with one key: a crash may have come between the two.
      await tellRun(attempt.run, { attempt: attempt.id, end: { type: 'result' } }, resultKey(attempt.id));
    },

    modelAnswered: (attempt, status, retryAfterMs) => model.answered(attempt, status, retryAfterMs),

    async spend({ id, task }, spend) {
      const closedAt = (await store.runs.attempt(id))?.closedAt;
      if (closedAt === undefined || (closedAt !== null && Date.now() - closedAt > lateChargeMs))
        throw new Failure(`No attempt ${id} can have spent anything.`, { code: 'closed', remedy: 'never' });
      const charge = { charge: spend.id, usd: spend.usd, at: Date.now() };
      const { spentUsd, budgetUsd, fresh } = await store.tasks.spend(task, charge);
      const before = budgetLevel(spentUsd - spend.usd, budgetUsd);
      const level = budgetLevel(spentUsd, budgetUsd);
      // Told again, it may be because a crash came before what follows; that is idempotent.
      if (level === before && fresh) return;
      if (level === 'soft') await deps.warnBudget(task);
      if (level !== 'spent') return;
      await store.runs.stop(id, 'budget');
      ringer.ring(task);
    },

    refused: limits.refused,
    mayPush: createPushGuard(deps),
  };

  async function note(attempt: OpenAttempt, event: WorkerEvent['event']): Promise<void> {
    if (event.type === 'steered') await store.worker.steered(event.id, attempt.task, attempt.id);
    if (event.type === 'started') await store.tasks.note(attempt.task, { session: event.session });
  }
}

/** Session entries without an id of their own are named by their content, so that a repeat is still seen. */
function identified(entry: unknown): { uuid: string; entry: unknown } {
  const uuid = typeof entry === 'object' && entry !== null && 'uuid' in entry ? entry.uuid : null;
  return { uuid: typeof uuid === 'string' ? uuid : hashToken(JSON.stringify(entry)), entry };
}

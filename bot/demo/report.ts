import { connect } from '../../core/store/database.ts';
import { createStore } from '../../core/store/index.ts';
import type { WideWorld } from './everywhere.ts';
import { repository } from './repository.ts';
import type { Told } from './story.ts';
import type { World } from './world.ts';

/** What `demo --json FILE` writes. Times in seconds, or ISO 8601. */
export interface Report {
  readonly ok: boolean;
  readonly seconds: number;
  /** Why it is not ok. */
  readonly reason: string | null;
  readonly tasks: readonly unknown[];
  readonly counts: { issues: number; prs: number; proposals: number; messages: Record<string, number> };
}

export interface Outcome {
  readonly seconds: number;
  readonly told: Told | null;
  readonly reason: string | null;
}

/** Reads how it ended from the program's own database and from what the services saw. */
export async function report(
  world: WideWorld,
  databaseUrl: string,
  { seconds, told, reason }: Outcome,
): Promise<Report> {
  const { db, close } = await connect(databaseUrl, () => undefined);
  try {
    const store = createStore(db);
    const tasks = await store.tasks.latest(100);
    const described = await Promise.all(
      tasks.map(async (task) => ({
        number: task.number,
        phase: task.status.phase,
        issue: task.issue?.number ?? null,
        taps: told?.taps ?? null,
        pr: task.pull ? await pullOf(world, task.pull.number) : null,
        runs: (await store.runs.of(task.number)).map((run) => ({
          kind: run.kind,
          attempts: run.attempts,
          seconds: run.startedAt && run.endedAt ? (run.endedAt - run.startedAt) / 1000 : null,
        })),
        phases: phasesOf(await store.history.of(`task:${task.number}`)),
        usd: task.spentUsd,
      })),
    );
    const missing =
      described.length === 0
        ? 'no task was made'
        : described.find((task) => task.phase !== 'merged')
          ? 'a task was not merged'
          : null;
    const why = reason ?? missing;
    return {
      ok: why === null,
      seconds: Math.round(seconds * 10) / 10,
      reason: why,
      tasks: described,
      counts: {
        issues: world.github.issues(repository).length,
        prs: world.github.prs(repository).length,
        proposals: await store.proposals.count(),
        messages: {
          slack: world.slack.calls.filter(
            (call) => call.method === 'chat.postMessage' || call.method === 'chat.startStream',
          ).length,
          telegram: world.telegram.calls.filter(({ method, error }) => method === 'sendMessage' && !error).length,
          discord: world.discord.calls.filter(({ route }) => route === 'POST /channels/:channel/messages').length,
        },
      },
    };
  } finally {
    await close();
  }
}

async function pullOf({ github }: World, number: number) {
  const pull = github.prs(repository).find((item) => item.number === number);
  if (!pull) return null;
  const { draft, head, mergedAt } = pull.pull;
  const checks = github.repo(repository).checks.filter((check) => check.headSha === head.sha);
  const green = checks.length > 0 && checks.every((check) => check.conclusion === 'success');
  return { number, draft, merged: mergedAt !== null, head: head.sha, checks: green ? 'success' : 'failure' };
}

/** Each phase a task went through, with the moment it began. */
function phasesOf(events: readonly { at: number; data: Record<string, unknown> }[]) {
  const phases: { phase: string; at: string }[] = [];
  for (const { at, data } of events) {
    if (typeof data.phase !== 'string' || data.phase === phases.at(-1)?.phase) continue;
    phases.push({ phase: data.phase, at: new Date(at).toISOString() });
  }
  return phases;
}

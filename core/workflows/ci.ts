import type { CheckItem } from '../domain/ci.ts';
import type { Task } from '../domain/task.ts';
import { fixBrief } from '../words/briefs.ts';
import { park } from './asking.ts';
import type { TaskContext } from './context.ts';
import type { Deps } from './deps.ts';
import { effect } from './effect.ts';
import { perform } from './perform.ts';
import type { TaskSignal } from './signals.ts';

type Verdict = Extract<TaskSignal, { type: 'ci' | 'head_moved' | 'conflict' }>;

/** The part of a failed step's log that a fix run sees. */
const logCharacters = 12_000;

/** Watches CI of the branch's head and mends it until it is green, or a person says how to go on. */
export async function passCi(context: TaskContext): Promise<void> {
  const { deps, number } = context;
  for (let round = 0; ; ) {
    const { signal, mostRounds } = await watchCi(context);
    if (signal.type === 'head_moved') {
      await follow(context, signal.sha);
      continue;
    }
    if (signal.type === 'ci' && signal.verdict.state === 'green') return;
    if (signal.type === 'ci' && signal.verdict.state === 'none') {
      if (await goOnWithoutCi(context)) return;
      continue;
    }
    round += 1;
    const failed = signal.type === 'ci' && signal.verdict.state === 'red' ? signal.verdict.failed : [];
    if (round > mostRounds) {
      await parkOnRed(context, failed, round - 1);
      round = 0;
      continue;
    }
    await fix(context, round, failed, signal.type === 'conflict');
  }
  async function fix(
    context: TaskContext,
    round: number,
    failed: readonly CheckItem[],
    conflict: boolean,
  ): Promise<void> {
    const { brief, onBase, head } = await effect('read failures', () =>
      failureBrief(deps, number, round, failed, conflict),
    );
    const outcome = await perform(context, 'fix', brief);
    // The same head again would be red again: paid for, and nothing mended.
    if (outcome.type === 'done' && outcome.head !== head) return;
    await park(context, { code: 'nothing_changed', reason: [...onBase, outcome.summary].join('\n') });
  }
}

async function watchCi({ deps, number, mailbox }: TaskContext): Promise<{ signal: Verdict; mostRounds: number }> {
  mailbox.forget(({ type }) => type === 'ci' || type === 'turned_red' || type === 'conflict' || type === 'head_moved');
  // The limit is read in the step: a setting that changes between two starts must not change what a replay does.
  const { head, mostRounds } = await effect('watch ci', async () => {
    const at = Date.now();
    const event = { type: 'ci_watched' as const, detail: 'waiting for checks', nextAt: at + deps.settings.reconcileMs };
    const { head, status } = await deps.store.tasks.get(number);
    await deps.store.tasks.advance(number, event, `ci:${head}:${status.since}:${status.phase}`, at);
    deps.presenter.touch(`task:${number}`);
    deps.look(number);
    return { head, mostRounds: deps.settings.ciRounds };
  });
  const signal = await mailbox.take((item): item is Verdict => {
    if (item.type === 'ci' || item.type === 'conflict') return item.sha === head;
    return item.type === 'head_moved' && item.sha !== head;
  });
  return { signal, mostRounds };
}

/** A person pushed to the branch: its new head is what counts. A branch that is gone needs a person. */
export async function follow(context: TaskContext, sha: string | null): Promise<void> {
  if (sha === null) {
    await park(context, { code: 'branch_deleted', reason: 'the branch was deleted' });
    return;
  }
  await effect('follow branch', () => context.deps.store.tasks.note(context.number, { head: sha }));
}

async function goOnWithoutCi(context: TaskContext): Promise<boolean> {
  const { deps, number } = context;
  const known = await effect('is there ci', async () => {
    const { repo } = await deps.store.tasks.get(number);
    return (await deps.store.projects.find(repo))?.withoutCi ?? false;
  });
  if (known) return true;
  const trouble = { code: 'no_ci', reason: 'no check has started on the branch' };
  const answer = await park(context, trouble, (signal) => signal.type === 'head_moved');
  if (answer.type !== 'choose' || answer.choice !== 'ignore') return false;
  await effect('remember: no ci', async () => {
    const { repo } = await deps.store.tasks.get(number);
    await deps.store.projects.set(repo, { withoutCi: true });
  });
  return true;
}

/** The branch moved or its checks were run again: the question is out of date. */
const changes = (signal: TaskSignal): boolean =>
  signal.type === 'head_moved' || (signal.type === 'ci' && signal.verdict.state === 'green');

async function parkOnRed(context: TaskContext, failed: readonly CheckItem[], rounds: number): Promise<void> {
  const names = failed.map((item) => item.name);
  const reason = await effect('read base', async () => {
    const task = await context.deps.store.tasks.get(context.number);
    const onBase = onBaseToo(task, failed, await redOnBase(context.deps, task));
    return [names.join(', ') || 'a merge conflict', ...onBase].join('. ');
  });
  const answer = await park(context, { code: 'ci_red', reason, rounds }, changes);
  if (answer.type !== 'choose' || answer.choice !== 'ignore') return;
  await effect('ignore checks', async () => {
    const { ignoredChecks } = await context.deps.store.tasks.get(context.number);
    await context.deps.store.tasks.note(context.number, { ignoredChecks: [...new Set([...ignoredChecks, ...names])] });
  });
}

async function failureBrief(
  deps: Deps,
  number: number,
  round: number,
  failed: readonly CheckItem[],
  conflict: boolean,
): Promise<{ brief: string; onBase: string[]; head: string | null }> {
  const task = await deps.store.tasks.get(number);
  const red = await redOnBase(deps, task);
  const share = Math.floor(logCharacters / Math.max(1, failed.length));
  const failures = await Promise.all(
    failed.map(async (item) => ({
      name: item.name,
      log: await deps.host.failureLog(task.repo, item, share),
      redOnBase: red.has(item.name),
    })),
  );
  const brief = fixBrief({ task, round, failures, conflict });
  return { brief, onBase: onBaseToo(task, failed, red), head: task.head };
}

/** What a person should know before they blame the task. */
function onBaseToo({ base }: Task, failed: readonly CheckItem[], red: ReadonlySet<string>): string[] {
  const names = failed.map((item) => item.name).filter((name) => red.has(name));
  return names.length > 0 ? [`Red on ${base} too: ${names.join(', ')}`] : [];
}

/** Names of checks that fail on the base branch too: not this task's fault. */
async function redOnBase(deps: Deps, task: Task): Promise<Set<string>> {
  const base = await deps.host.head(task.repo, task.base);
  const items = base ? await deps.host.checks(task.repo, base) : [];
  return new Set(
    items.filter((item) => item.state === 'failure' || item.state === 'timed_out').map((item) => item.name),
  );
}

import type { Place } from '../domain/chat.ts';
import type { TaskNumber } from '../domain/ids.ts';
import type { Wish } from '../domain/task.ts';
import { handover } from '../words/issue.ts';
import { build } from './build.ts';
import { passCi } from './ci.ts';
import { Dropped, type TaskContext } from './context.ts';
import type { Deps } from './deps.ts';
import { effect } from './effect.ts';
import { channelsBeside } from './elsewhere.ts';
import { notice } from './notice.ts';
import { agreeOnPlan } from './plan.ts';
import type { Rest } from './rest.ts';
import { address, awaitReview } from './review.ts';
import type { RunInput } from './run.ts';
import { Cancelled, createMailbox, Ended } from './signals.ts';
import { stage } from './stage.ts';

export interface TaskChildren {
  readonly startRun: (input: RunInput) => Promise<void>;
  readonly startAsk: (ask: number) => Promise<void>;
  /** Starts showing its card in one more place. */
  readonly startShown: (task: TaskNumber, place: Place) => Promise<void>;
}

/** A task from its confirmation to the merge of its pull request: plan, build, CI, review. */
export const createTask = (deps: Deps, rest: Rest, children: TaskChildren) =>
  async function task(number: TaskNumber): Promise<void> {
    await rest.awake(number, async (waiting) => {
      const { elsewhere = [], ...wish } = await effect('read task', () => readTask(deps, number));
      const context: TaskContext = {
        deps,
        number,
        wish,
        elsewhere,
        mailbox: createMailbox(waiting),
        ...children,
        count: { runs: 0, asks: 0 },
        issue: null,
        isShown: false,
      };
      try {
        await journey(context);
      } catch (error) {
        await end(context, error);
      }
    });
  };

/** `elsewhere` is absent in what an earlier release read. */
async function readTask(deps: Deps, number: TaskNumber): Promise<Wish & { readonly elsewhere?: readonly Place[] }> {
  const { repo, branch, base, title, brief, planFirst, place } = await deps.store.tasks.get(number);
  return { repo, branch, base, title, brief, planFirst, elsewhere: await channelsBeside(deps, repo, place) };
}

async function journey(context: TaskContext): Promise<never> {
  const plan = context.wish.planFirst ? await stage(context, () => agreeOnPlan(context)) : null;
  await stage(context, () => build(context, plan));
  for (let round = 0; ; round += 1) {
    await stage(context, () => passCi(context));
    const wishes = await stage(context, () => awaitReview(context, round === 0));
    if (wishes) await stage(context, () => address(context, wishes));
  }
}

/** Leaves nothing behind: no sandbox, no open ask, and the code host says how it ended. */
async function end({ deps, number, issue }: TaskContext, error: unknown): Promise<void> {
  const by = error instanceof Cancelled || error instanceof Dropped ? error.by : null;
  if (!by && !(error instanceof Ended)) throw error;
  await effect('end task', async () => {
    const event = by
      ? {
          type: 'cancelled' as const,
          detail: error instanceof Cancelled && error.undone ? `undone by ${by}` : `cancelled by ${by}`,
        }
      : error instanceof Ended && error.state === 'merged'
        ? { type: 'merged' as const }
        : { type: 'closed' as const, detail: 'its pull request was closed' };
    await deps.store.tasks.advance(number, event, `end:${number}`, Date.now());
    for (const ask of await deps.store.asks.withdrawAll(number, Date.now())) deps.presenter.touch(`ask:${ask}`);
    deps.presenter.touch(`task:${number}`);
  });
  await notice(deps.log, 'remove sandbox', () => deps.sandbox.remove(number));
  if (by) await notice(deps.log, 'close on code host', () => closeOnHost(deps, number, issue));
}

const sentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;

async function closeOnHost(deps: Deps, number: TaskNumber, issue: TaskContext['issue']): Promise<void> {
  const task = await deps.store.tasks.get(number);
  const body = handover(task, sentence(task.status.detail));
  for (const target of [task.pull, issue]) {
    if (!target) continue;
    await deps.host.ensureComment(task.repo, target.number, { marker: `end:${number}`, body });
    await deps.host.updateIssue(task.repo, target.number, { state: 'closed' });
  }
}

import type { RunOutcome } from '../domain/run.ts';
import { implementBrief } from '../words/briefs.ts';
import { pullBody, pullTitle } from '../words/pull.ts';
import { park } from './asking.ts';
import type { TaskContext } from './context.ts';
import { effect } from './effect.ts';
import { perform } from './perform.ts';
import { stage } from './stage.ts';

export type Done = Extract<RunOutcome, { type: 'done' }>;

/** Builds what was agreed and opens the draft pull request. */
export async function build(context: TaskContext, plan: string | null): Promise<void> {
  const brief = implementBrief({ task: context.wish, plan });
  for (;;) {
    const outcome = await perform(context, 'implement', brief);
    if (outcome.type === 'done') return stage(context, () => openPullRequest(context, outcome), 'open-pull-stage');
    await park(context, { code: 'nothing_changed', reason: outcome.summary });
  }
}

async function openPullRequest({ deps, number, issue }: TaskContext, done: Done): Promise<void> {
  await effect('open pull request', async () => {
    const task = await deps.store.tasks.get(number);
    const { number: pull, url } = await deps.host.ensurePullRequest(task.repo, {
      branch: task.branch,
      base: task.base,
      title: pullTitle(done.title, task),
      body: pullBody(task, { summary: done.summary, checks: done.checks, issue: issue?.number ?? null }),
    });
    await deps.store.tasks.note(number, { pull: { number: pull, url } });
    deps.presenter.touch(`task:${number}`);
  });
}

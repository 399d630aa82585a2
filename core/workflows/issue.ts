import { issueMarker } from '../domain/ids.ts';
import { Failure } from '../errors.ts';
import { issueBody, issueTitle } from '../words/issue.ts';
import type { TaskContext } from './context.ts';
import { effect } from './effect.ts';
import { unlessGone } from './gone.ts';

/** The label on every issue that belongs to a task. */
const label = 'mainloop';

/** Creates the task's issue, once. A repository without issues is served without one. */
export async function ensureIssue(context: TaskContext): Promise<void> {
  if (context.issue) return;
  const { deps, number } = context;
  try {
    context.issue = await effect('open issue', async () => {
      const task = await deps.store.tasks.get(number);
      const issue = await deps.host.ensureIssue(task.repo, {
        marker: issueMarker(task.branch),
        title: issueTitle(task),
        body: issueBody(task, { plan: null, state: 'planning' }),
        labels: [label],
      });
      await deps.store.tasks.note(number, { issue });
      deps.presenter.touch(`task:${number}`);
      return issue;
    });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'gone') throw error;
  }
}

/** Brings the issue's text up to date with the plan and who approved it; one that was deleted meanwhile is done without. */
export async function publishPlan(
  { deps, number, issue }: TaskContext,
  plan: string,
  state: 'waiting' | 'approved',
  by?: string,
): Promise<void> {
  await effect('publish plan', async () => {
    await deps.store.tasks.note(number, { plan });
    if (!issue) return;
    const task = await deps.store.tasks.get(number);
    const body = issueBody(task, { plan, state, ...(by ? { by } : {}) });
    const text = `${body}\n\n<!-- mainloop:${issueMarker(task.branch)} -->`;
    await unlessGone(() => deps.host.updateIssue(task.repo, issue.number, { body: text }));
  });
}

import { progressCard } from '../words/task.ts';
import type { TaskContext } from './context.ts';
import { deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { notice } from './notice.ts';
import { showInProjectChannels } from './project-channel.ts';

/** Posts the task's progress card, once; from then on the presenter keeps it true. */
export async function showProgress(context: TaskContext): Promise<void> {
  if (context.isShown) return;
  context.isShown = true;
  const { deps, number } = context;
  await notice(deps.log, 'show progress', () => post(deps, number));
}

async function post(deps: Deps, number: TaskContext['number']): Promise<void> {
  const task = await deps.store.tasks.get(number);
  const doc = progressCard(task, {
    activity: { commits: 0, doing: '' },
    asks: [],
    ci: null,
    now: Date.now(),
    taskUrl: null,
  });
  const subject = `task:${number}`;
  await deliver(deps, { key: `${subject}:progress`, place: task.place, subject, doc, settled: false });
  await showInProjectChannels(deps, task.repo, task.place, { subject, doc });
  // What happened since the task was read had no card to be seen on.
  deps.presenter.touch(subject);
}

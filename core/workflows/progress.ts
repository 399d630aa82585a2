import type { Doc } from '../domain/chat.ts';
import type { TaskNumber } from '../domain/ids.ts';
import { progressCard } from '../words/task.ts';
import type { TaskContext } from './context.ts';
import { deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { notice } from './notice.ts';
import { taskUrl } from './task-url.ts';

/** Posts the task's progress card, once, there and in its project's channels; from then on the presenter keeps it true. */
export async function showProgress(context: TaskContext): Promise<void> {
  if (context.isShown) return;
  context.isShown = true;
  const { deps, number, elsewhere, startShown } = context;
  for (const place of elsewhere) await startShown(number, place);
  await notice(deps.log, 'show progress', () => post(deps, number));
}

async function post(deps: Deps, number: TaskNumber): Promise<void> {
  const { place } = await deps.store.tasks.get(number);
  const card = await firstCard(deps, number);
  await deliver(deps, { key: `${card.subject}:progress`, place, ...card, settled: false });
  // What happened since the task was read had no card to be seen on.
  deps.presenter.touch(card.subject);
}

/** A task's card as it is first posted. */
export async function firstCard(
  { store, settings, sandbox }: Deps,
  number: TaskNumber,
): Promise<{ subject: string; doc: Doc }> {
  const nothingYet = {
    activity: { commits: 0, doing: '' },
    asks: [],
    ci: null,
    taskUrl: taskUrl(settings.publicUrl, number),
    warning: sandbox.warning,
  };
  const doc = progressCard(await store.tasks.get(number), { ...nothingYet, now: Date.now() });
  return { subject: `task:${number}`, doc };
}

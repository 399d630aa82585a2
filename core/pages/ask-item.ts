import type { Task } from '../domain/task.ts';
import type { Ask } from '../store/asks.ts';
import { askNeed } from '../words/ask.ts';
import { isBlocked } from '../words/inbox.ts';
import { taskTitle } from '../words/names.ts';
import { askDoc } from '../workflows/cards.ts';
import { pressable } from './buttons.ts';
import type { Standing } from './standing.ts';
import type { AskItem, SettledItem } from './types.ts';

/** An open ask of a task, as the viewer stands to it. */
export function askItem(ask: Ask, task: Task, { viewer, answering, snoozedUntil }: Standing): AskItem {
  const mayAnswer = answering.may(viewer, ask);
  return {
    ...{ id: ask.id, task: task.number, repo: task.repo, kind: ask.kind, since: ask.createdAt, mayAnswer },
    title: taskTitle(task),
    reason: askNeed(ask),
    blocked: isBlocked({ ask, task }),
    card: pressable(askDoc(ask, task), viewer, answering.matter(task), mayAnswer),
    whoMay: mayAnswer ? [] : answering.whoMay(ask).map(({ name }) => name),
    snoozedUntil: snoozedUntil(ask),
  };
}

/** One that was answered. */
export const settledItem = (ask: Ask, task: Task): SettledItem => ({
  ...{ id: ask.id, task: task.number, repo: task.repo, at: ask.answeredAt ?? ask.createdAt },
  title: taskTitle(task),
  card: askDoc(ask, task),
});

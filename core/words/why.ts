import type { Button, Doc } from '../domain/chat.ts';
import { isFinal, type Task } from '../domain/task.ts';
import { type AskView, askButtons, askNeed } from './ask.ts';
import { links, taskTitle } from './names.ts';
import { holderSentence, nextLook, nextStep } from './status.ts';
import { ended } from './text.ts';

export const nothingNeeded = 'Nothing needed from you.';

/**
 * Who holds a task, since when, what comes next and when, with the buttons that move it. Needs no model. `who`: whom it
 * waits for where that is not the reader.
 */
export function why(task: Task, asks: readonly AskView[], now: number, who = 'you'): Doc {
  const title = `#${task.number} ${taskTitle(task)}`;
  const open = asks.filter((ask) => ask.state === 'open');
  const { holder } = task.status;
  const waiting = holder === 'you' || holder === 'reviewer' || open.length > 0;
  const needs = open.map((ask) => askNeed(ask).replace(/^parked: /, '')).join(', ');
  const sentences = [
    ...(waiting || isFinal(task.status) ? [] : [nothingNeeded]),
    ended(holderSentence(task, now, needs, who)),
    ...(holder === 'you' || holder === 'reviewer' || needs === '' ? [] : [ended(`Open for ${who}: ${needs}`)]),
    nextLook(task, now),
    nextStep(task),
  ];
  const where = links(task);
  return {
    title,
    text: sentences.filter((sentence) => sentence !== '').join(' '),
    ...(where.length > 0 ? { note: where.join(' · ') } : {}),
    ...(isFinal(task.status) ? {} : { buttons: unblock(task, open) }),
  };
}

/** What a person can press: the answers of the newest open ask, or what else moves the task; always a way to end it. */
function unblock(task: Task, open: readonly AskView[]): readonly (readonly Button[])[] {
  const ask = open.at(-1);
  const cancel: Button = { label: `Cancel #${task.number}`, token: `cancel:${task.number}`, style: 'danger' };
  if (ask) {
    const rows = askButtons(ask, task);
    const drops = rows.some((row) => row.some((button) => button.token?.endsWith(':drop')));
    return drops ? rows : [...rows, [cancel]];
  }
  const retry: Button = { label: 'Try again', token: `retry:${task.number}`, style: 'primary' };
  const look = task.status.holder === 'reviewer' && task.pull ? [{ label: 'Open PR', url: task.pull.url }] : [];
  return [[...look, ...(task.status.holder === 'you' ? [retry] : []), cancel]];
}

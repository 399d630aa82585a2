import type { Doc } from '../domain/chat.ts';
import type { Task } from '../domain/task.ts';
import { type AskView, askNeed } from './ask.ts';
import { headline, plain } from './text.ts';
import { ago, count } from './time.ts';

/** The inbox: open asks in the order given, one line each, the number a link to where it can be decided. */
export function inboxDoc(items: readonly { readonly ask: AskView; readonly task: Task }[], now: number): Doc {
  if (items.length === 0) return { text: 'Nothing waits for you.' };
  const title = items.length === 1 ? '1 thing waits for you' : `${count(items.length, 'thing')} wait for you`;
  const lines = items.map(({ ask, task }, index) => {
    const what = plain(headline(task.title, 40));
    const stopped = ask.kind === 'question' && task.status.holder === 'you' ? 'worker stopped, ' : '';
    return `${index + 1}. ${linked(ask, task)} ${askNeed(ask)} · ${what} · ${stopped}${ago(ask.createdAt, now)}`;
  });
  return { title, text: lines.join('\n') };
}

function linked({ kind }: AskView, { number, issue, pull }: Task): string {
  const target = kind === 'plan' || kind === 'question' ? (issue ?? pull) : (pull ?? issue);
  return target ? `[#${number}](${target.url})` : `**#${number}**`;
}

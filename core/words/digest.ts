import type { Doc } from '../domain/chat.ts';
import { isFinal, type Task } from '../domain/task.ts';
import { money } from './time.ts';

/**
 * What happened while a person was away, in one line: how tasks ended, which wait for them, how many go on, and what the day
 * before cost. Null when nothing ended and nothing waits.
 */
export function digestDoc(tasks: readonly Task[], asks: readonly { readonly task: number }[], usd: number): Doc | null {
  const waiting = new Set(asks.map(({ task }) => task));
  const ended = (phase: Task['status']['phase']) => tasks.filter(({ status }) => status.phase === phase);
  const going = tasks.filter((task) => !isFinal(task.status) && !waiting.has(task.number));
  const inCi = going.filter(({ status }) => status.phase === 'ci');
  const others = going.length - inCi.length;
  const news = [
    ...counted(numbers(ended('merged')), 'merged'),
    ...counted(numbers([...ended('closed'), ...ended('cancelled')]), 'given up'),
    ...counted([...waiting], waiting.size === 1 ? 'waits for you' : 'wait for you'),
  ];
  if (news.length === 0) return null;
  const rest = [...(inCi.length > 0 ? [`${inCi.length} in CI`] : []), ...(others > 0 ? [`${others} at work`] : [])];
  const cost = usd >= 0.005 ? ` ${money(usd)} yesterday.` : '';
  return { text: `While you were away: ${[...news, ...rest].join(', ')}.${cost}` };
}

const numbers = (tasks: readonly Task[]): number[] => tasks.map(({ number }) => number);

/** More numbers than this are a list nobody reads. */
const named = 5;

function counted(found: readonly number[], what: string): string[] {
  if (found.length === 0) return [];
  const shown = found.slice(0, named).map((number) => `#${number}`);
  return [`${found.length} ${what} (${shown.join(', ')}${found.length > named ? ', …' : ''})`];
}

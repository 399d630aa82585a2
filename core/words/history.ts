import type { Doc, Place } from '../domain/chat.ts';
import type { Task } from '../domain/task.ts';
import { platformName, taskTitle } from './names.ts';
import { code, firstLines, headline, plain } from './text.ts';
import { count, exactTime } from './time.ts';

/** Something a person decided, as the history keeps it. */
export interface DecisionEvent {
  readonly at: number;
  readonly actor: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Decisions that a log shows at most; a screen of a phone holds about half of them. */
const shown = 20;

/** Who decided what about a task, where and when, oldest first. A long log keeps its newest part. */
export function decisionLog(task: Pick<Task, 'number' | 'title'>, events: readonly DecisionEvent[]): Doc {
  const title = `#${task.number} ${taskTitle(task)}`;
  const lines = events.slice(-shown).map((event) => `- ${line(event)}`);
  const earlier = events.length - lines.length;
  if (lines.length === 0) return { title, text: 'Nobody has decided anything yet.' };
  const cut = earlier > 0 ? { note: `${count(earlier, 'earlier decision')} not shown.` } : {};
  return { title, text: lines.join('\n'), ...cut };
}

function line({ at, actor, type, data }: DecisionEvent): string {
  const account = typeof data.account === 'string' ? ` · ${code(data.account)}` : '';
  return `${exactTime(at)} · **${plain(headline(actor))}** ${deed(type, data)} · ${where(data)}${account}`;
}

const deeds: Readonly<Record<string, string>> = {
  proposed: 'asked for it',
  confirmed: 'started it',
  declined: 'declined it',
  replaced: 'replaced it by another proposal',
  undone: 'took the start back',
  cancel_asked: 'cancelled it',
  retried: 'asked for another try',
  snoozed: 'put it off',
};

/** What a person did, after their name. */
export function deed(type: string, data: DecisionEvent['data']): string {
  const words = (key: string) => plain(firstLines(`${data[key] ?? ''}`, 2)).replaceAll('\n', ' ');
  if (type === 'delegated' && data.to) return `handed it to ${words('to')}`;
  if (type === 'steered') return `said: "${words('text')}"`;
  if (type === 'answered') return words('words') === 'approved' ? 'approved the plan' : words('words');
  return deeds[type] ?? plain(type.replaceAll('_', ' '));
}

/** Where they did it. */
export function where({ platform, place }: DecisionEvent['data']): string {
  const name = platformName(`${platform ?? 'unknown'}`);
  const { dm, channel } = (place ?? {}) as Partial<Place>;
  if (dm) return `${name}, direct message`;
  return channel ? `${name}, ${code(channel)}` : name;
}

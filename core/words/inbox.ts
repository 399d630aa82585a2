import type { Button, Doc } from '../domain/chat.ts';
import type { Task } from '../domain/task.ts';
import { type AskView, askNeed } from './ask.ts';
import { moment } from './later.ts';
import { platformName } from './names.ts';
import { headline, listed, plain } from './text.ts';
import { ago, count } from './time.ts';

/** An open ask in somebody's inbox. */
export interface InboxItem {
  readonly ask: AskView;
  readonly task: Task;
  /** Where its card is; null where there is none, or no link to it. */
  readonly url: string | null;
  /** Until when the reader put it off; null: they did not. */
  readonly snoozedUntil: number | null;
}

/** Asks that can be shown again by a touch; more are too many buttons for a phone. */
const withButtons = 5;

/** The inbox: open asks in the order given, one line each, the number a link to its card, and the first ones to be shown again. */
export function inboxDoc(items: readonly InboxItem[], now: number, zone: string): Doc {
  if (items.length === 0) return { text: 'Nothing waits for you.' };
  const title = items.length === 1 ? '1 thing waits for you' : `${count(items.length, 'thing')} wait for you`;
  const lines = items.map((item, index) => `${index + 1}. ${inboxLine(item, now, zone)}`);
  const buttons = items
    .slice(0, withButtons)
    .map(({ ask }): Button => ({ label: `Show #${ask.task}`, token: `show:${ask.id}` }));
  return { title, text: lines.join('\n'), buttons: [buttons] };
}

function inboxLine({ ask, task, url, snoozedUntil }: InboxItem, now: number, zone: string): string {
  const stopped = isBlocked({ ask, task }) ? 'worker stopped, ' : '';
  return [
    `${linked(ask, task, url)} ${askNeed(ask)}`,
    plain(headline(task.title, 40)),
    ...(ask.delegated
      ? [`${plain(headline(ask.delegated.by))} handed it to ${plain(headline(ask.delegated.to))}`]
      : []),
    `${stopped}${ago(ask.createdAt, now)}`,
    ...(snoozedUntil === null ? [] : [`put off, again ${moment(snoozedUntil, now, zone)}`]),
  ].join(' · ');
}

/** Whether a worker cannot go on without the answer. */
export const isBlocked = ({ ask, task }: { readonly ask: Pick<AskView, 'kind'>; readonly task: Task }): boolean =>
  task.status.holder === 'you' && ask.kind !== 'review';

function linked({ kind }: AskView, { number, issue, pull }: Task, url: string | null): string {
  const host = kind === 'plan' || kind === 'question' ? (issue ?? pull) : (pull ?? issue);
  const target = url ?? host?.url;
  return target ? `[#${number}](${target})` : `**#${number}**`;
}

/** One line that reminds of an ask: what it wants, since when, and where its card is. */
export function reminderLine(ask: AskView, task: Task, url: string | null, now: number): Doc {
  const number = url ? `[#${ask.task}](${url})` : `**#${ask.task}**`;
  const what = `${askNeed(ask)} · ${plain(headline(task.title, 40))} · ${ago(ask.createdAt, now)}`;
  return { text: `⏸ ${number} still waits for you: ${what}.` };
}

/** What people read of how they are asked. */
export const sentToDm = 'I sent it to your DM.';
export const handedOver = (task: number, name: string): string =>
  `${plain(headline(name))} is asked about #${task} now. Your copy still works.`;
export const cannotAnswer = (name: string): string =>
  `${plain(headline(name))} can't answer that with their role, so nothing changed.`;

export function nobodyNamed(name: string, found: readonly string[]): string {
  const asked = plain(headline(name, 40));
  if (found.length === 0) return `I know nobody called ${asked}. Nothing changed.`;
  return `${asked} can be ${listed(found.map((one) => plain(headline(one))))}. Write more of the name.`;
}

/** Where asks are shown to a person from now on; null: where they were last. */
export const surfacesSet = (platforms: readonly string[] | null): string =>
  platforms
    ? `I'll ask you in your DM on ${listed(platforms.map(platformName))}, and elsewhere only when I can't reach you there.`
    : "I'll ask you in the DM of the platform you used last.";

export const surfaceUnknown = (wanted: string, yours: readonly string[]): string =>
  `You have no account on ${plain(headline(wanted, 40))} here. Yours: ${listed(yours.map(platformName))}.`;

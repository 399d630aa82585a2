import type { TaskNumber } from './ids.ts';

/** What people type about their inbox. `task: null` means the ask of the thread, or the only one. */
export type InboxCommand =
  | { name: 'inbox'; action: 'list' }
  /** Null: the platform used last. */
  | { name: 'inbox'; action: 'via'; surfaces: readonly string[] | null }
  | { name: 'snooze'; task: TaskNumber | null; when: string }
  | { name: 'delegate'; task: TaskNumber | null; to: string }
  | { name: 'quiet'; action: 'show' | 'off' }
  | { name: 'quiet'; action: 'set'; hours: string; zone: string | null };

/** `inbox`, `inbox via slack,telegram`, `inbox via last`. */
export function parseInbox(rest: string): InboxCommand | undefined {
  if (rest === '') return { name: 'inbox', action: 'list' };
  const named = /^via\s+(.+)$/is.exec(rest)?.[1]?.toLowerCase();
  const surfaces = named?.split(/[\s,]+/).filter(Boolean) ?? [];
  if (surfaces.length === 0) return undefined;
  return { name: 'inbox', action: 'via', surfaces: named === 'last' ? null : [...new Set(surfaces)] };
}

/** `snooze #41 2h`, `snooze tomorrow`. A number without `#` belongs to the time. */
export function parseSnooze(rest: string): InboxCommand | undefined {
  const { task, text } = numbered(rest);
  return text === '' ? undefined : { name: 'snooze', task, when: text };
}

/** `delegate #41 Ben`, `delegate Ben`. */
export function parseDelegate(rest: string): InboxCommand | undefined {
  const { task, text } = numbered(rest.replace(/^(\d{1,9})(?=\s)/, '#$1'));
  const to = text.replace(/^to\s+/i, '');
  return to === '' ? undefined : { name: 'delegate', task, to };
}

/** `quiet`, `quiet off`, `quiet 22:00-08:00 Europe/Berlin`. */
export function parseQuietCommand(rest: string): InboxCommand | undefined {
  if (rest === '') return { name: 'quiet', action: 'show' };
  if (rest.toLowerCase() === 'off') return { name: 'quiet', action: 'off' };
  const [, hours, zone] = /^(\d[\d:]*\s*[-–]\s*[\d:]+)(?:\s+(\S+))?$/.exec(rest) ?? [];
  return hours === undefined ? undefined : { name: 'quiet', action: 'set', hours, zone: zone ?? null };
}

function numbered(rest: string): { task: TaskNumber | null; text: string } {
  const [, digits, text] = /^#(\d{1,9})(?:\s+([\s\S]*))?$/.exec(rest) ?? [];
  return digits === undefined ? { task: null, text: rest } : { task: Number(digits), text: (text ?? '').trim() };
}

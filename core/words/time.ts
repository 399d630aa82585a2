const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A length of time as a person says it: `40 s`, `14 min`, `2 h 10 min`, `3 days`. Milliseconds in. */
export function span(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(ms / minute);
  if (minutes < 60) return `${minutes} min`;
  if (ms >= 2 * day) return count(Math.floor(ms / day), 'day');
  const rest = minutes < 5 * 60 ? minutes % 60 : 0;
  return `${Math.floor(minutes / 60)} h${rest > 0 ? ` ${rest} min` : ''}`;
}

/** How long ago something happened, for the end of a line: `just now`, `6 min`, `2 h`, `yesterday`, `3 days`, `12 Mar`. */
export function ago(ms: number, now: number): string {
  const past = now - ms;
  if (past < minute) return 'just now';
  if (past < hour) return `${Math.floor(past / minute)} min`;
  if (past < day) return `${Math.floor(past / hour)} h`;
  if (past < 2 * day) return 'yesterday';
  if (past < 14 * day) return `${Math.floor(past / day)} days`;
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(ms);
}

/** How soon something happens: `in 2 min`, `in 3 h`, or `any moment` when it is due. */
export const soon = (ms: number, now: number): string => (ms - now < 1000 ? 'any moment' : `in ${span(ms - now)}`);

/** The time of day, `09:14`, in the machine's time zone unless one is given; says so when that is UTC, where few people live. */
export function clock(ms: number, timeZone?: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone });
  return format.resolvedOptions().timeZone === 'UTC' ? `${format.format(ms)} UTC` : format.format(ms);
}

/** A moment to the second with its time zone, for the record: `25 Nov 2026, 09:14:03 UTC`. */
export const exactTime = (ms: number, timeZone?: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    timeZone,
  }).format(ms);

/** Dollars: `$5`, `$1.31`, `$0.48`, `less than $0.01`. */
export function money(usd: number): string {
  if (usd > 0 && usd < 0.005) return 'less than $0.01';
  const cents = Math.round(usd * 100);
  if (cents % 100 === 0) return `$${cents / 100}`;
  return usd < 100 ? `$${(cents / 100).toFixed(2)}` : `$${Math.round(usd)}`;
}

/** A number with its noun: `1 commit`, `3 commits`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

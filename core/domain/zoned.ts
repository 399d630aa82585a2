/** Times of day in a time zone, over changes between summer and winter time; by Intl, which knows the zones. */

export interface LocalDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

export interface LocalTime extends LocalDay {
  /** Minutes since midnight. */
  readonly minute: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-GB', { ...parts, calendar: 'gregory', hourCycle: 'h23', timeZone: zone });
  formats.set(zone, format);
  return format;
}

/** The zone's name as the tables write it, or null when there is no such zone. */
export function zoneNamed(name: string): string | null {
  // Offsets such as +02:00 are zones to Intl, but know no summer time.
  if (!/^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/.test(name)) return null;
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** The machine's zone, for people who never named theirs. */
export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What a clock on the wall shows. `at`: milliseconds since the epoch. */
export function localTime(at: number, zone: string): LocalTime {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const day = { year: part('year'), month: part('month'), day: part('day') };
  const weekday = new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay();
  return { ...day, minute: part('hour') * 60 + part('minute'), weekday };
}

/**
 * When a clock on the wall shows `minute` on that day, milliseconds since the epoch. A time that summer time leaves out is
 * the moment of the change; of two, it is the first. A day past its month's end is counted on into the next.
 */
export function atLocal({ year, month, day }: LocalDay, minute: number, zone: string): number {
  const wall = Date.UTC(year, month - 1, day, 0, minute);
  const [before, after] = [offset(wall - halfDayMs, zone), offset(wall + halfDayMs, zone)];
  const fits = [wall - before, wall - after].filter((at) => at + offset(at, zone) === wall);
  return fits.length > 0 ? Math.min(...fits) : changeBetween(wall - Math.max(before, after), wall - before, zone);
}

const halfDayMs = 12 * 60 * 60 * 1000;

/** The first minute after a change of the zone's offset. */
function changeBetween(from: number, to: number, zone: string): number {
  const old = offset(from, zone);
  let [low, high] = [from, to];
  while (high - low > 60_000) {
    const middle = low + Math.floor((high - low) / 120_000) * 60_000;
    if (offset(middle, zone) === old) low = middle;
    else high = middle;
  }
  return high;
}

/** How far the zone's clocks are ahead of UTC at that moment, milliseconds. */
function offset(at: number, zone: string): number {
  const { year, month, day, minute } = localTime(at, zone);
  return Date.UTC(year, month - 1, day, 0, minute) - Math.floor(at / 60_000) * 60_000;
}

/** The day `days` later (or earlier). */
export function dayAfter({ year, month, day }: LocalDay, days: number): LocalDay {
  const date = new Date(Date.UTC(year, month - 1, day + days));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

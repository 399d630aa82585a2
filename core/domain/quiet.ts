import { atLocal, dayAfter, localTime } from './zoned.ts';

/** Hours of every day in which a person is not asked anything; past midnight when `to` is before `from`. */
export interface Quiet {
  /** Minutes since midnight. */
  readonly from: number;
  readonly to: number;
}

/** `22:00-08:00`; null for what is no span. */
export function parseQuiet(text: string): Quiet | null {
  const [, fromHour, fromMinute = '0', toHour, toMinute = '0'] =
    /^(\d{1,2})(?::(\d\d))?\s*[-–]\s*(\d{1,2})(?::(\d\d))?$/.exec(text.trim()) ?? [];
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  const good = [fromMinute, toMinute].every((minute) => Number(minute) < 60) && from < 1440 && to < 1440 && from !== to;
  return good ? { from, to } : null;
}

/** When the quiet hours end in which `at` lies, milliseconds since the epoch; null when it lies in none. */
export function quietUntil(quiet: Quiet, at: number, zone: string): number | null {
  const end = nextQuietEnd(quiet, at, zone);
  return quietStart(quiet, end, zone) <= at ? end : null;
}

/** The next end of quiet hours after `at`. */
export function nextQuietEnd({ to }: Quiet, at: number, zone: string): number {
  const today = localTime(at, zone);
  // Yesterday's can be ahead where a change of the clock lies between.
  for (let days = -1; ; days += 1) {
    const end = atLocal(dayAfter(today, days), to, zone);
    if (end > at) return end;
  }
}

/** When the quiet hours began that end at `end`. */
export function quietStart({ from, to }: Quiet, end: number, zone: string): number {
  const day = localTime(end, zone);
  return atLocal(from < to ? day : dayAfter(day, -1), from, zone);
}

import { atLocal, dayAfter, type LocalTime, localTime } from './zoned.ts';

/** Hours at which "the morning" and "the evening" begin for who did not name an hour; minutes since midnight. */
const morning = 9 * 60;
const evening = 18 * 60;

const minuteMs = 60_000;
const unitMs: Readonly<Record<string, number>> = {
  m: minuteMs,
  h: 60 * minuteMs,
  d: 1440 * minuteMs,
  w: 10_080 * minuteMs,
};
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Nobody puts off anything by more than this, milliseconds. */
const longestMs = 60 * 1440 * minuteMs;

/**
 * When a person means, milliseconds since the epoch: `2h`, `30 min`, `3 days`, `this evening`, `tomorrow`, `tomorrow 14:00`,
 * `monday`, `17:30`. Null for what is no time to come within two months.
 */
export function parseWhen(text: string, now: number, zone: string): number | null {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/^(?:in|for|until|till|at|on)\s+/, '');
  const at = span(words, now) ?? named(words, now, zone);
  return at !== null && at > now && at <= now + longestMs ? at : null;
}

function span(words: string, now: number): number | null {
  const [, amount = '', unit = ''] =
    /^(\d{1,5}(?:\.\d)?|an?)\s*(m|h|d|w)(?:in(?:ute)?s?|(?:ou)?rs?|ays?|eeks?)?$/.exec(words) ?? [];
  const ms = unitMs[unit];
  return ms === undefined ? null : now + Math.round((/^a/.test(amount) ? 1 : Number(amount)) * ms);
}

function named(words: string, now: number, zone: string): number | null {
  const today = localTime(now, zone);
  const [, name = '', part, hour, minute = '0'] =
    /^(today|tonight|this|tomorrow|(?:next )?(?:sun|mon|tue|wed|thu|fri|sat)[a-z]*)?\s*(morning|evening)?\s*(?:at\s+)?(?:(\d{1,2})(?::(\d\d))?)?$/.exec(
      words,
    ) ?? [];
  if (name === '' && hour === undefined) return null;
  const usual = name === 'tonight' || part === 'evening' ? evening : morning;
  const time = hour === undefined ? usual : Number(hour) * 60 + Number(minute);
  if (time >= 1440 || Number(minute) > 59 || (name === '' && !words.includes(':'))) return null;
  const ahead = daysAhead(name, today);
  if (ahead === null) return null;
  const at = atLocal(dayAfter(today, ahead), time, zone);
  // An hour that is over today is tomorrow's; so is an evening that has begun.
  const isOfToday = name === '' || ((name === 'this' || name === 'tonight') && part !== 'morning');
  return at <= now && isOfToday ? atLocal(dayAfter(today, ahead + 1), time, zone) : at;
}

function daysAhead(name: string, { weekday }: LocalTime): number | null {
  if (['', 'today', 'tonight', 'this'].includes(name)) return 0;
  if (name === 'tomorrow') return 1;
  const wanted = days.indexOf(name.replace('next ', '').slice(0, 3));
  return wanted < 0 ? null : (wanted - weekday + 7) % 7 || 7;
}

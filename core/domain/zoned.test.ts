import { describe, expect, test } from 'vitest';
import { nextQuietEnd, parseQuiet, quietStart, quietUntil } from './quiet.ts';
import { parseWhen } from './when.ts';
import { atLocal, dayAfter, localTime, zoneNamed } from './zoned.ts';

const berlin = 'Europe/Berlin';
const utc = (text: string) => Date.parse(`${text}Z`);
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString().slice(0, 16));

describe('a time of day in a zone', () => {
  test.each([
    ['2026-01-15', 8 * 60, berlin, '2026-01-15T07:00'],
    ['2026-07-15', 8 * 60, berlin, '2026-07-15T06:00'],
    // Clocks go from 2:00 to 3:00: the hour between does not exist.
    ['2026-03-29', 90, berlin, '2026-03-29T00:30'],
    ['2026-03-29', 150, berlin, '2026-03-29T01:00'],
    ['2026-03-29', 180, berlin, '2026-03-29T01:00'],
    // They go back from 3:00 to 2:00: half past two is there twice.
    ['2026-10-25', 150, berlin, '2026-10-25T00:30'],
    ['2026-10-25', 181, berlin, '2026-10-25T02:01'],
    ['2026-03-08', 150, 'America/New_York', '2026-03-08T07:00'],
    ['2026-11-01', 90, 'America/New_York', '2026-11-01T05:30'],
    ['2026-05-01', 0, 'Asia/Kolkata', '2026-04-30T18:30'],
    ['2026-05-01', 0, 'Pacific/Kiritimati', '2026-04-30T10:00'],
    ['2026-04-05', 105, 'Australia/Lord_Howe', '2026-04-04T14:45'],
  ])('%s, minute %i in %s is %s', (text, minute, zone, expected) => {
    const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
    expect(iso(atLocal({ year, month, day }, minute, zone))).toBe(expected);
  });

  test('reads back as it was set, every hour of a year', () => {
    for (let at = utc('2026-01-01T00:00'); at < utc('2027-01-01T00:00'); at += 7 * 3_600_000) {
      const { minute, ...day } = localTime(at, berlin);
      expect([at, at - 3_600_000]).toContain(atLocal(day, minute, berlin));
    }
  });

  test('days are counted on over months and years', () => {
    expect(dayAfter({ year: 2026, month: 12, day: 31 }, 1)).toEqual({ year: 2027, month: 1, day: 1 });
    expect(localTime(utc('2026-03-12T23:30'), berlin)).toMatchObject({ day: 13, minute: 30, weekday: 5 });
  });

  test('a zone is one that the tables know', () => {
    expect(zoneNamed('europe/berlin')).toBe(berlin);
    for (const name of ['Mars/Olympus', '+02:00', '', '../etc', 'Europe/']) expect(zoneNamed(name)).toBeNull();
  });
});

describe('quiet hours', () => {
  const night = { from: 22 * 60, to: 8 * 60 };

  test.each([
    ['22:00-08:00', night],
    ['22-8', night],
    ['9:30 – 17:45', { from: 570, to: 1065 }],
    ['22:00-22:00', null],
    ['25:00-08:00', null],
    ['22:60-08:00', null],
    ['night', null],
  ])('"%s" is understood', (text, quiet) => {
    expect(parseQuiet(text)).toEqual(quiet);
  });

  test.each([
    ['2026-01-15T21:59', '2026-01-16T07:00'],
    ['2026-01-15T20:59', null],
    ['2026-01-16T06:59', '2026-01-16T07:00'],
    ['2026-01-16T07:00', null],
    // The night of the change to summer time is an hour shorter, the one back an hour longer.
    ['2026-03-28T21:00', '2026-03-29T06:00'],
    ['2026-03-29T05:59', '2026-03-29T06:00'],
    ['2026-10-24T20:00', '2026-10-25T07:00'],
    ['2026-10-25T06:59', '2026-10-25T07:00'],
  ])('at %s they last until %s', (at, until) => {
    expect(iso(quietUntil(night, utc(at), berlin))).toBe(until);
  });

  test('by day they begin and end on one day', () => {
    const noon = { from: 12 * 60, to: 13 * 60 };
    expect(quietUntil(noon, utc('2026-01-15T11:30'), berlin)).toBe(utc('2026-01-15T12:00'));
    expect(quietUntil(noon, utc('2026-01-15T12:00'), berlin)).toBeNull();
    expect(iso(nextQuietEnd(noon, utc('2026-01-15T12:00'), berlin))).toBe('2026-01-16T12:00');
    expect(iso(quietStart(night, utc('2026-03-29T06:00'), berlin))).toBe('2026-03-28T21:00');
  });
});

describe('when somebody means', () => {
  const now = utc('2026-03-28T13:20');
  test.each([
    ['2h', '2026-03-28T15:20'],
    ['in 30 min', '2026-03-28T13:50'],
    ['an hour', '2026-03-28T14:20'],
    ['3 days', '2026-03-31T13:20'],
    ['1w', '2026-04-04T13:20'],
    ['this evening', '2026-03-28T17:00'],
    ['tonight', '2026-03-28T17:00'],
    ['tomorrow', '2026-03-29T07:00'],
    ['tomorrow morning', '2026-03-29T07:00'],
    ['tomorrow evening', '2026-03-29T16:00'],
    ['Tomorrow at 14:00', '2026-03-29T12:00'],
    ['until monday', '2026-03-30T07:00'],
    ['next saturday', '2026-04-04T07:00'],
    ['17:30', '2026-03-28T16:30'],
    ['09:00', '2026-03-29T07:00'],
    ['', null],
    ['5', null],
    ['soon', null],
    ['25:00', null],
    ['tomorrow 12:75', null],
    ['today 8:00', null],
    ['0m', null],
    ['99999d', null],
    ['2 hours ago', null],
  ])('"%s" is %s', (text, expected) => {
    expect(iso(parseWhen(text, now, berlin))).toBe(expected);
  });

  test('an evening that has begun is the next one', () => {
    expect(iso(parseWhen('this evening', utc('2026-03-28T18:00'), berlin))).toBe('2026-03-29T16:00');
  });
});

import type { Quiet } from '../domain/quiet.ts';

const time = (minute: number): string =>
  `${`${Math.floor(minute / 60)}`.padStart(2, '0')}:${`${minute % 60}`.padStart(2, '0')}`;

/** What a person reads of their quiet hours. */
export const quietWords = (quiet: Quiet | null, zone: string): string =>
  quiet
    ? `Quiet from ${time(quiet.from)} to ${time(quiet.to)} (${zone}): nothing is asked then. Afterwards you read what happened, then what waits for you.`
    : 'No quiet hours: you are asked at any time. Set them with `quiet 22:00-08:00 Europe/Berlin`.';

export const quietUnknown = 'I did not understand the hours. Write them as `quiet 22:00-08:00 Europe/Berlin`.';
export const zoneUnknown = (zone: string): string =>
  `There is no time zone \`${zone.replace(/[^\w/+-]/g, '').slice(0, 40)}\`. Zones are named as in \`Europe/Berlin\`.`;

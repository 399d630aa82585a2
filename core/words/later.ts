import type { Button, Doc } from '../domain/chat.ts';
import { localTime } from '../domain/zoned.ts';
import { clock, span } from './time.ts';

/** The button that puts an ask off. */
export const laterButton = (ask: number): Button => ({ label: 'Later…', token: `later:${ask}` });

/** What "later" offers; each button's choice is a time as `snooze` takes it. */
const offers = [
  { label: 'In 1 hour', when: '1h' },
  { label: 'This evening', when: 'this evening' },
  { label: 'Tomorrow morning', when: 'tomorrow' },
] as const;

/** When shall an ask come again? */
export const laterDoc = (ask: number, task: number): Doc => ({
  text: `When shall I ask you about **#${task}** again?`,
  buttons: [
    [
      ...offers.map(({ label, when }) => ({ label, token: `snooze:${ask}:${when}` })),
      {
        label: 'Another time…',
        token: `snooze:${ask}:at`,
        form: { title: 'Later', label: 'When? For example 3h, tomorrow 14:00 or monday', initial: 'tomorrow 14:00' },
      },
    ],
  ],
});

/** What the person reads who put asks of a task off. */
export const snoozed = (task: number, until: number, now: number, zone: string): string =>
  `I'll ask you about #${task} again ${moment(until, now, zone)}.`;

/** `at 18:00`, `tomorrow at 09:00`, `on Mon 30 Mar at 09:00`. */
export function moment(at: number, now: number, zone: string): string {
  const days = Math.round((dayNumber(at, zone) - dayNumber(now, zone)) / 86_400_000);
  if (days === 0) return at - now < 3_600_000 ? `in ${span(at - now)}` : `at ${clock(at, zone)}`;
  if (days === 1) return `tomorrow at ${clock(at, zone)}`;
  const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: zone });
  return `on ${day.format(at).replace(',', '')} at ${clock(at, zone)}`;
}

function dayNumber(at: number, zone: string): number {
  const { year, month, day } = localTime(at, zone);
  return Date.UTC(year, month - 1, day);
}

export const whenUnknown = 'I did not understand when. Try `2h`, `this evening`, `tomorrow`, `monday` or `17:30`.';

import type { AskKind } from './ask.ts';
import type { Deed } from './policy.ts';

/** The right that an ask's answer needs. */
export const deedFor = (kind: AskKind): Deed => (kind === 'plan' ? 'approve' : 'answer');

const dayMs = 24 * 60 * 60 * 1000;

/** How long after a person heard of an ask they are reminded: 1, 3 and 7 days after its card, then weekly. */
const pausesMs = [dayMs, 2 * dayMs, 4 * dayMs, 7 * dayMs];

/** When they are reminded who have heard of an ask `told` times, the last time at `at`. Milliseconds since the epoch. */
export const nextReminder = (told: number, at: number): number => at + (pausesMs[told - 1] ?? 7 * dayMs);

import type { MessageRef, Place } from '../../core/domain/chat.ts';

/** A place of our team; Slack's ids tell the kind: `D…` is a direct conversation with one person. */
export function placeOf(team: string, channel: string, thread?: string): Place {
  const place = { platform: 'slack', space: team, channel, dm: channel.startsWith('D') };
  return thread === undefined ? place : { ...place, thread };
}

/** A message by its channel, ts and the root of its thread (itself when it is a root). */
export function refOf(team: string, channel: string, ts: string, thread: string = ts): MessageRef {
  return { place: placeOf(team, channel, thread), id: ts };
}

/** Slack's ts (`1700000000.000100`, seconds) as milliseconds since the epoch. */
export const tsToMs = (ts: string): number => Math.floor(Number(ts) * 1000);

/** Milliseconds since the epoch as a ts for `oldest`. */
export const msToTs = (ms: number): string => (Math.max(0, ms) / 1000).toFixed(6);

import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { DiscordWaitError } from './errors.ts';
import type { DiscordSimEvents } from './types.ts';

const KEPT_RECORDS = 20_000;
const LOOK_EVERY_MS = 5;

/** A list that what `subscribe` hands in is added to; the oldest fall out above 20,000. */
export function recorded<T>(subscribe: (record: (item: T) => void) => void): T[] {
  const items: T[] = [];
  subscribe((item) => {
    items.push(item);
    if (items.length > KEPT_RECORDS) items.splice(0, items.length - KEPT_RECORDS);
  });
  return items;
}

/** Listens until the function that comes back is called. */
export function watch<K extends keyof DiscordSimEvents>(
  watchers: EventEmitter<DiscordSimEvents>,
  event: K,
  listener: (...args: DiscordSimEvents[K]) => void,
): () => void {
  const heard = (...args: unknown[]): void => listener(...(args as DiscordSimEvents[K]));
  const untyped: EventEmitter = watchers;
  untyped.on(event, heard);
  return () => void untyped.off(event, heard);
}

/** @throws DiscordWaitError when the probe gave nothing in time */
export async function waitFor<T>(probe: () => T | undefined, o: { timeoutMs?: number } = {}): Promise<T> {
  const timeoutMs = o.timeoutMs ?? 5_000;
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = probe();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new DiscordWaitError(timeoutMs);
    await delay(LOOK_EVERY_MS);
  }
}

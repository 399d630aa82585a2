/** What the services in miniature share: keeping records, telling listeners, waiting. */
import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

const KEPT_RECORDS = 20_000;
const LOOK_EVERY_MS = 5;

/** `waitFor` gave up. */
export class WaitError extends Error {
  constructor(timeoutMs: number) {
    super(`nothing came within ${timeoutMs} ms; look at sim.calls and sim.deliveries`);
    this.name = 'WaitError';
  }
}

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
export function watch<Events extends Record<keyof Events, unknown[]>, K extends keyof Events & string>(
  watchers: EventEmitter<Events>,
  event: K,
  listener: (...args: Events[K]) => void,
): () => void {
  const heard = (...args: unknown[]): void => listener(...(args as Events[K]));
  const untyped = watchers as unknown as EventEmitter;
  untyped.on(event, heard);
  return () => void untyped.off(event, heard);
}

/** @throws WaitError when the probe gave nothing in time */
export async function waitFor<T>(probe: () => T | undefined, o: { timeoutMs?: number } = {}): Promise<T> {
  const timeoutMs = o.timeoutMs ?? 5_000;
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = probe();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new WaitError(timeoutMs);
    await delay(LOOK_EVERY_MS);
  }
}

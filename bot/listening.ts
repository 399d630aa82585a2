/** How often a broker of its own says that it is there, milliseconds. */
export const heardMs = 5_000;
/** A longer silence means that it is away, and nobody's word gets through. */
const awayMs = 3 * heardMs;

export interface Listening {
  /** Notes that the broker has called. */
  heard(): void;
  /** Since when it calls without a break; null while it is away. */
  since(): number | null;
}

/** Since when the program hears its broker: a worker is silent only while it could be heard. */
export function createListening(now: () => number = Date.now): Listening {
  let since = now();
  let last = since;
  return {
    heard() {
      const at = now();
      if (at - last > awayMs) since = at;
      last = at;
    },
    since: () => (now() - last > awayMs ? null : since),
  };
}

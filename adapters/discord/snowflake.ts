/** Discord's ids hold their time: milliseconds since the first second of 2015, above 22 bits that count. */
const EPOCH_MS = 1_420_070_400_000;

/** When something with this id was made, milliseconds since 1970. */
export const msOf = (id: string): number => Number(BigInt(id) >> 22n) + EPOCH_MS;

/** The smallest id of that moment: what is `after` it was made at or after `ms`. */
export const idAt = (ms: number): string => String(BigInt(Math.max(0, Math.floor(ms) - EPOCH_MS)) << 22n);

/** Ids in order of time. */
export const byId = (a: { id: string }, b: { id: string }): number => (BigInt(a.id) < BigInt(b.id) ? -1 : 1);

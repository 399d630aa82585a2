import { createHash } from 'node:crypto';

const digest = (key: string): Buffer => createHash('sha256').update(key).digest();

/** A key as a nonce: at most 25 characters. With `enforce_nonce` Discord posts it once, for some minutes. */
export const nonceOf = (key: string): string => digest(key).toString('base64url').slice(0, 24);

/** A key as the number of a message's first row of components, which stays with the message: 31 bits, never small. */
export const markerOf = (key: string): number => (digest(key).readUInt32BE(0) & 0x3fff_ffff) + 0x4000_0000;

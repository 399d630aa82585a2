import { randomBytes } from 'node:crypto';

/** An id with the API's prefixes: `msg_01…`, `toolu_01…`, `req_01…`. */
export function newId(prefix: 'msg' | 'toolu' | 'req'): string {
  return `${prefix}_01${randomBytes(11).toString('hex')}`;
}

import { createHash, randomInt } from 'node:crypto';
import { type Role, roles } from '../domain/policy.ts';

/** Letters and digits that nobody confuses when reading them aloud. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** A code as people read and type it: `7K2M-9QFA`, 40 bits. */
export function newCode(): string {
  const letters = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** How a code is kept. Case and dashes don't count. */
export const hashCode = (code: string): string =>
  createHash('sha256')
    .update(code.toUpperCase().replace(/[^0-9A-Z]/g, ''))
    .digest('hex');

/** What `link` was told. */
export interface LinkWords {
  readonly code: string | null;
  readonly role: Role;
}

const half = '[0-9A-HJ-NP-Z]{4}';
const spoken = new RegExp(`^/?(?:mainloop\\s+)?(link|start)(?:\\s+(${half}-?${half}))?(?:\\s+(\\w+))?$`, 'i');
const bare = new RegExp(`^${half}-${half}$`, 'i');
const within = new RegExp(`\\b${half}-${half}\\b`, 'i');

/**
 * The command `link` in a message: `link CODE [role]`, `/start CODE` (a deep link), and in private the code alone, or `link`
 * for a code. Null for everything else, which is talk.
 */
export function linkSaid(text: string, isPrivate: boolean): LinkWords | null {
  const line = text.trim();
  if (isPrivate && bare.test(line)) return { code: line, role: 'member' };
  const [, verb, code, word] = spoken.exec(line) ?? [];
  const role = word === undefined ? 'member' : roles.find((known) => known === word.toLowerCase());
  if (!verb || !role) return null;
  if (code) return { code, role };
  return isPrivate && word === undefined && verb.toLowerCase() === 'link' ? { code: null, role } : null;
}

/** The code in what a stranger wrote in private, wherever it stands. */
export const codeWithin = (text: string): string | null => linkSaid(text, true)?.code ?? within.exec(text)?.[0] ?? null;

import { markerOf } from './marker.ts';

/** The parts of anything written on GitHub that tell who wrote it. */
interface Written {
  readonly user?: { login: string; type?: string } | null;
  readonly body?: string | null;
}

/**
 * True for what a person wrote. A token often belongs to a person who comments as well, so our own writings are known by
 * their marker; a deleted account (no user) may do nothing and is left out.
 */
export function isPerson({ user, body }: Written, ownLogin: string): boolean {
  if (!user || (user.type ?? 'User') !== 'User' || user.login.endsWith('[bot]')) return false;
  return user.login !== ownLogin || markerOf(body) === null;
}

/** The start of the second that `ms` lies in: GitHub's times have whole seconds, so a later one may look earlier. */
export function since(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}

import { createVerify, type KeyObject, randomBytes } from 'node:crypto';
import { badCredentials, GitHubApiError } from './errors.ts';
import type { Repo, User } from './model.ts';
import type { Scopes, Token, World } from './world.ts';

/** Who sends a request. Without user and jwt: nobody in particular. */
export interface Actor {
  user: User | null;
  token?: Token;
  /** The App itself, by a signed JWT. */
  jwt?: boolean;
}

export const ANONYMOUS: Actor = { user: null };
const TOKEN_LIFETIME_MS = 3_600_000;

/** Reads `Authorization: token|Bearer …` or Basic (password = token). @throws 401 for a token that is unknown or expired. */
export function authenticate(world: World, header: string | undefined): Actor {
  if (!header) return ANONYMOUS;
  const [scheme = '', value = ''] = header.split(' ', 2);
  const secret =
    scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString().split(':').slice(1).join(':') : value;
  if (secret.split('.').length === 3) {
    verifyJwt(world.app.id, world.app.publicKey, secret);
    return { user: world.app.bot, jwt: true };
  }
  const token = world.tokens.get(secret);
  if (!token || (token.installation && token.installation.expiresAt <= Date.now())) throw badCredentials();
  return { user: token.user, token };
}

export function personalToken(world: World, user: User): string {
  const value = `ghp_${randomBytes(18).toString('hex')}`;
  world.tokens.set(value, { value, user });
  return value;
}

/** A token of the App limited to some repositories; lives an hour. */
export function installationToken(world: World, id: number, repositories: Repo[], permissions: Scopes): Token {
  const value = `ghs_${randomBytes(18).toString('hex')}`;
  const token: Token = {
    value,
    user: world.app.bot,
    installation: {
      id,
      repositories: new Set(repositories.map((repo) => repo.id)),
      permissions,
      expiresAt: Date.now() + TOKEN_LIFETIME_MS,
    },
  };
  world.tokens.set(value, token);
  return token;
}

function verifyJwt(appId: number, key: KeyObject, jwt: string): void {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const signed = createVerify('RSA-SHA256').update(`${header}.${payload}`).verify(key, signature, 'base64url');
  if (!signed) throw new GitHubApiError(401, 'A JSON web token could not be decoded');
  const claims: { iss?: unknown; exp?: number; iat?: number } = JSON.parse(
    Buffer.from(payload, 'base64url').toString(),
  );
  const now = Date.now() / 1000;
  if (String(claims.iss) !== String(appId)) throw new GitHubApiError(401, "'Issuer' claim ('iss') must be an Integer");
  if (!claims.exp || claims.exp < now)
    throw new GitHubApiError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (claims.exp > now + 660) throw new GitHubApiError(401, "'Expiration time' claim ('exp') is too far in the future");
}

import { Failure } from '../../core/errors.ts';
import type { Client } from './client.ts';
import { messageOf, statusOf, toFailure } from './errors.ts';
import { missingPermissions } from './permissions.ts';

export interface Identity {
  readonly login: string;
  readonly kind: 'token' | 'app';
  /** Scopes of a classic token; absent for others. */
  readonly scopes?: readonly string[];
}

/** Whether the token is good for something. Throws Failure naming the variable to mend. */
export async function checkToken(client: Client, apiUrl: string): Promise<Identity> {
  const { data, headers } = await client.rest.users.getAuthenticated().catch((error: unknown) => {
    throw statusOf(error) === 401 ? badToken(error) : unreachable(error, apiUrl);
  });
  if (typeof data !== 'object' || !data.login) throw notTheApi(apiUrl);
  const named = headers['x-oauth-scopes'];
  if (named === undefined) return { login: data.login, kind: 'token' };
  const scopes = String(named).split(/,\s*/).filter(Boolean);
  if (scopes.includes('repo') || scopes.includes('public_repo')) return { login: data.login, kind: 'token', scopes };
  throw new Failure(`GITHUB_TOKEN of ${data.login} has the scopes ${scopes.join(', ') || '(none)'}; repo is missing.`, {
    code: 'forbidden',
    remedy: 'never',
    advice: 'Add the scope repo (public_repo suffices for public repositories) in the token’s settings.',
  });
}

/** Whether the App's id and key belong together and it asks for what is needed. Throws Failure naming the variable to mend. */
export async function checkApp(client: Client, apiUrl: string): Promise<Identity> {
  const { data } = await client.rest.apps.getAuthenticated().catch((error: unknown) => {
    throw [401, 404].includes(statusOf(error)) ? badApp(error) : unreachable(error, apiUrl);
  });
  if (!data || typeof data !== 'object') throw notTheApi(apiUrl);
  const missing = missingPermissions(data.permissions ?? {});
  if (missing.length === 0) return { login: `${data.slug ?? data.name}[bot]`, kind: 'app' };
  throw new Failure(`The GitHub App ${data.name} (GITHUB_APP_ID) lacks permissions: ${missing.join(', ')}.`, {
    code: 'forbidden',
    remedy: 'never',
    advice: 'Add them under Permissions & events in the App’s settings, then accept the change in each installation.',
  });
}

function badToken(cause: unknown): Failure {
  return new Failure(`GITHUB_TOKEN is not accepted: ${messageOf(cause)}.`, {
    code: 'invalid_credentials',
    remedy: 'never',
    advice: 'It is mistyped, expired, revoked, or belongs to another server (GITHUB_API_URL). Make a new one.',
    cause,
  });
}

function badApp(cause: unknown): Failure {
  return new Failure(`GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY are not accepted: ${messageOf(cause)}.`, {
    code: 'invalid_credentials',
    remedy: 'never',
    advice:
      'The key must be one of this App (its settings show the App ID and the key fingerprints), not deleted since.',
    cause,
  });
}

/** A 404 here means that there is no API at this address; everything else keeps its own words. */
function unreachable(error: unknown, apiUrl: string): Failure {
  const failure = toFailure(error);
  if (failure.code === 'gone') return notTheApi(apiUrl, error);
  if (failure.code !== 'unavailable') return failure;
  const advice = 'Check GITHUB_API_URL and the network; an Enterprise server’s ends in /api/v3.';
  return new Failure(`GitHub at ${apiUrl} (GITHUB_API_URL) cannot be used: ${failure.message}`, {
    code: 'unavailable',
    remedy: 'retry',
    advice,
    cause: error,
  });
}

function notTheApi(apiUrl: string, cause?: unknown): Failure {
  return new Failure(`${apiUrl} (GITHUB_API_URL) is not GitHub's REST API.`, {
    code: 'unavailable',
    remedy: 'never',
    advice: 'It is https://api.github.com, or https://HOST/api/v3 for an Enterprise server.',
    cause,
  });
}

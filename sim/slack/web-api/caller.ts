import { SlackApiError } from '../errors.ts';
import { Arguments } from '../request.ts';
import type { Json } from '../types.ts';
import type { Api } from './method.ts';
import { methods } from './methods.ts';

export interface Credentials {
  botToken: string;
  appToken: string;
  scopes: string[];
}

/**
 * Runs one Web API method with Slack's checks in Slack's order: method, token, scope, arguments.
 * @throws SlackApiError
 */
export function callMethod(name: string, raw: Json, token: string | undefined, who: Credentials, api: Api): Json {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!method) throw new SlackApiError('unknown_method', { req_method: name });
  if (token === undefined || token === '') throw new SlackApiError('not_authed');
  if (token !== who.botToken && token !== who.appToken) throw new SlackApiError('invalid_auth');
  const kind = token === who.botToken ? 'bot' : 'app';
  if (kind !== method.token) throw new SlackApiError('not_allowed_token_type');
  const args = new Arguments(raw);
  const needed = typeof method.scope === 'function' ? method.scope(args, api) : method.scope;
  if (needed !== undefined && !who.scopes.includes(needed)) {
    throw new SlackApiError('missing_scope', { needed, provided: who.scopes.join(',') });
  }
  return { ok: true, ...method.run(args, api) };
}

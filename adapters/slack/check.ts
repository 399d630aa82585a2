import { WebClient } from '@slack/web-api';
import { Failure } from '../../core/errors.ts';
import { clientOptions } from './client.ts';
import { slackCode, toFailure } from './errors.ts';
import type { Logger } from './logger.ts';

/** What the bot token must carry, and what for; docs/slack.md and manifest.yaml name the same. */
export const SCOPES = [
  'app_mentions:read',
  'channels:history',
  'chat:write',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'im:history',
  'im:write',
  'reactions:read',
  'reactions:write',
  'users:read',
] as const;

export interface CheckOptions {
  readonly botToken: string;
  readonly appToken?: string | undefined;
  readonly signingSecret?: string | undefined;
  readonly apiUrl?: string | undefined;
  readonly timeoutMs: number;
  readonly log: Logger;
}

export interface CheckResult {
  /** As people know them, the bot without `@`. */
  readonly names: { readonly team: string; readonly bot: string };
  readonly team: string;
  readonly botUser: string;
  readonly scopes: readonly string[];
}

const KINDS: Readonly<Record<string, string>> = {
  'xoxb-': 'a bot token',
  'xoxp-': 'a user token',
  'xapp-': 'an app-level token',
  'xoxe.': 'a configuration token',
  'xoxe-': 'a refresh token',
};

/** Asks Slack whether the settings will do. @throws Failure that names the variable and what is wrong with it */
export async function checkSlack(options: CheckOptions): Promise<CheckResult> {
  expectKind('SLACK_BOT_TOKEN', options.botToken, 'xoxb-', 'OAuth & Permissions, "Bot User OAuth Token"');
  if (options.appToken === undefined && options.signingSecret === undefined) throw noTransport();
  const bot = new WebClient(options.botToken, clientOptions(options));
  const identity = await bot.auth.test().catch((error: unknown) => {
    throw tokenFailure('SLACK_BOT_TOKEN', error);
  });
  if (!identity.bot_id) {
    throw settings('SLACK_BOT_TOKEN is not a bot token: Slack names no bot for it.', 'Use the "Bot User OAuth Token".');
  }
  const scopes = identity.response_metadata?.scopes;
  const missing = scopes ? SCOPES.filter((scope) => !scopes.includes(scope)) : [];
  if (missing.length > 0) {
    throw new Failure(`SLACK_BOT_TOKEN lacks the scope${missing.length > 1 ? 's' : ''} ${missing.join(', ')}.`, {
      code: 'missing_scope',
      remedy: 'never',
      advice: 'Add it under OAuth & Permissions in the Slack app, reinstall the app and copy the token again.',
    });
  }
  if (options.appToken !== undefined) await checkAppToken(options.appToken, options);
  const [team = '', botUser = ''] = [identity.team_id, identity.user_id];
  const names = { team: identity.team ?? team, bot: identity.user ?? botUser };
  return { names, team, botUser, scopes: scopes ?? [] };
}

async function checkAppToken(token: string, options: CheckOptions): Promise<void> {
  expectKind('SLACK_APP_TOKEN', token, 'xapp-', 'Basic Information, "App-Level Tokens"');
  const client = new WebClient(token, clientOptions(options));
  try {
    await client.apps.connections.open({});
  } catch (error) {
    if (slackCode(error) === 'missing_scope') {
      throw new Failure('SLACK_APP_TOKEN lacks the scope connections:write.', {
        code: 'missing_scope',
        remedy: 'never',
        advice: 'Make a new app-level token with connections:write under Basic Information.',
        cause: error,
      });
    }
    throw tokenFailure('SLACK_APP_TOKEN', error);
  }
}

/** Neither way of receiving events is set. */
export function noTransport(): Failure {
  return settings(
    'SLACK_APP_TOKEN is missing.',
    'Make one with connections:write, or set SLACK_SIGNING_SECRET for HTTP events.',
  );
}

/** A token that is clearly of another kind is named before Slack is asked. */
function expectKind(variable: string, token: string, prefix: string, where: string): void {
  const kind = KINDS[token.slice(0, 5)];
  if (kind === undefined || token.startsWith(prefix)) return;
  throw settings(
    `${variable} is ${kind} (${token.slice(0, 5)}…), not ${KINDS[prefix]} (${prefix}…).`,
    `It is in the Slack app under ${where}.`,
  );
}

function tokenFailure(variable: string, error: unknown): Failure {
  const failure = toFailure(error, 'repeatable');
  if (failure.code !== 'invalid_credentials') return failure;
  return new Failure(`Slack refuses ${variable} (${slackCode(error) ?? 'invalid'}).`, {
    code: 'invalid_credentials',
    remedy: 'never',
    advice: 'Copy it again from the Slack app; after a reinstall it is a new one.',
    cause: error,
  });
}

function settings(message: string, advice: string): Failure {
  return new Failure(message, { code: 'invalid_credentials', remedy: 'never', advice });
}

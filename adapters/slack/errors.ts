import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { Failure, type Remedy } from '../../core/errors.ts';

/** Whether doing a call twice shows twice: a post does, an edit or a read does not. */
export type Effect = 'once' | 'repeatable';

const UNREACHABLE = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'cannot_dm_bot',
  'user_disabled',
  'user_not_found',
  'user_not_visible',
  'users_not_found',
  'user_not_in_channel',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'messages_tab_disabled',
  'thread_not_found',
]);
const CREDENTIALS = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
  'user_removed_from_team',
  'team_disabled',
]);
const TOO_LONG = new Set(['msg_too_long', 'msg_blocks_too_long', 'metadata_too_large']);
const EXPIRED = new Set(['expired_trigger_id', 'trigger_expired', 'expired_url', 'used_url', 'trigger_exchanged']);
const GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);
const TRANSIENT = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** Node and undici codes that mean the request never left. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * Turns what Slack's client threw into a Failure. Codes: `rate_limited`, `ambiguous` (a post that may have arrived, remedy
 * look), `unavailable`, `unreachable`, `too_long`, `invalid_credentials`, `missing_scope`, `expired`, `gone`, else Slack's own code.
 */
export function toFailure(error: unknown, effect: Effect): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof WebAPIRateLimitedError) return rateLimited(error.retryAfter, error);
  if (error instanceof WebAPIPlatformError) return platformFailure(error, effect);
  if (error instanceof WebAPIHTTPError) {
    return unknownFate(`Slack answered ${error.statusCode}.`, effect, error);
  }
  if (error instanceof WebAPIRequestError) {
    const code = networkCode(error.original);
    if (NEVER_SENT.has(code)) {
      return new Failure(`Slack can't be reached (${code}).`, {
        code: 'unavailable',
        remedy: 'retry',
        advice: 'Check the network and SLACK_API_URL.',
        cause: error,
      });
    }
    return unknownFate(`The connection to Slack broke (${code || error.original.message}).`, effect, error);
  }
  return unknownFate(error instanceof Error ? error.message : String(error), effect, error);
}

/** Slack's own error code, when that is what was thrown. */
export function slackCode(error: unknown): string | undefined {
  if (error instanceof WebAPIPlatformError) return error.data.error;
  return error instanceof Failure ? slackCode(error.cause) : undefined;
}

function platformFailure(error: WebAPIPlatformError, effect: Effect): Failure {
  const slack = error.data.error;
  const make = (code: string, message: string, remedy: Remedy, advice?: string): Failure =>
    new Failure(message, { code, remedy, cause: error, ...(advice ? { advice } : {}) });
  if (slack === 'ratelimited' || slack === 'rate_limited') {
    return rateLimited(error.data.response_metadata?.retryAfter ?? 1, error);
  }
  if (slack === 'missing_scope') {
    const needed = 'needed' in error.data ? String(error.data.needed) : 'a scope';
    const advice = `Add ${needed} under OAuth & Permissions in the Slack app and reinstall it.`;
    return make('missing_scope', `The Slack app lacks the scope ${needed}.`, 'never', advice);
  }
  if (CREDENTIALS.has(slack)) {
    const advice = 'Copy the token again from the Slack app and restart.';
    return make('invalid_credentials', `Slack refuses the token (${slack}).`, 'never', advice);
  }
  if (UNREACHABLE.has(slack)) {
    const advice =
      slack === 'not_in_channel' || slack === 'channel_not_found' ? 'Invite the bot: /invite @mainloop.' : undefined;
    return make('unreachable', `Slack doesn't deliver there (${slack}).`, 'never', advice);
  }
  if (TOO_LONG.has(slack)) return make('too_long', `The message is too long for Slack (${slack}).`, 'never');
  if (EXPIRED.has(slack)) return make('expired', `Too late to answer (${slack}).`, 'never');
  if (GONE.has(slack)) return make('gone', `The message is gone (${slack}).`, 'never');
  // A page instead of JSON: something in front of Slack answered.
  if (TRANSIENT.has(slack) || !/^\w+$/.test(slack))
    return unknownFate(`Slack failed (${slack.slice(0, 80)}).`, effect, error);
  return make(slack, `Slack refuses (${slack}).`, 'never');
}

function rateLimited(seconds: number, cause: unknown): Failure {
  return new Failure(`Slack asks to wait ${seconds} s.`, {
    code: 'rate_limited',
    remedy: 'retry',
    retryAfterMs: seconds * 1000,
    cause,
  });
}

function unknownFate(message: string, effect: Effect, cause: unknown): Failure {
  if (effect === 'repeatable') return new Failure(message, { code: 'unavailable', remedy: 'retry', cause });
  return new Failure(`${message} The message may have arrived.`, { code: 'ambiguous', remedy: 'look', cause });
}

function networkCode(error: unknown): string {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if ('code' in inner && typeof inner.code === 'string') return inner.code;
    if (inner.name === 'TimeoutError') return 'timeout';
  }
  return '';
}

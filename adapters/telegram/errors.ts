import { GrammyError, HttpError } from 'grammy';
import { Failure, type Remedy } from '../../core/errors.ts';

/** Whether doing a call twice shows twice: a post does, an edit or a read does not. */
export type Effect = 'once' | 'repeatable';

/** Descriptions have no codes; these are the words of telegram-bot-api, by what they mean for us. */
const MEANINGS: readonly (readonly [RegExp, string, string?])[] = [
  [/chat not found|user not found|PEER_ID_INVALID|USER_ID_INVALID|user is deactivated/i, 'unreachable'],
  [
    /not enough rights|have no rights|CHAT_WRITE_FORBIDDEN|need administrator rights|CHAT_RESTRICTED/i,
    'unreachable',
    'Give the bot the right to write there.',
  ],
  [/TOPIC_CLOSED/i, 'unreachable', 'Reopen the topic, or make the bot an administrator.'],
  [/thread not found|TOPIC_DELETED|TOPIC_ID_INVALID/i, 'thread_not_found'],
  [/message to (?:edit|react|delete|be replied|reply) not found|MESSAGE_ID_INVALID/i, 'gone'],
  [/message can't be edited|no text in the message to edit/i, 'gone'],
  [/message is too long|caption is too long|ENTITIES_TOO_LONG|reply markup is too long/i, 'too_long'],
  [/query is too old|query ID is invalid/i, 'expired'],
  [/file is too big/i, 'too_large'],
  [/wrong file|invalid file|file_id/i, 'gone'],
];

/** Node's codes for a request that never left. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Turns what grammY threw into a Failure. Codes: `rate_limited`, `ambiguous` (a post that may have arrived, remedy look),
 * `unavailable`, `unreachable`, `thread_not_found`, `gone`, `too_long`, `too_large`, `expired`, `invalid_credentials`,
 * `conflict`, else `refused`. The original is left out: it holds people's words, and the address with the token in it.
 */
export function toFailure(error: unknown, effect: Effect): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof GrammyError) return refusal(error, effect);
  if (error instanceof HttpError) {
    const code = networkCode(error.error);
    if (NEVER_SENT.has(code)) {
      return new Failure(`Telegram can't be reached (${code}).`, {
        code: 'unavailable',
        remedy: 'retry',
        advice: 'Check the network and TELEGRAM_API_URL.',
      });
    }
    return unknownFate(`The connection to Telegram broke (${code}).`, effect);
  }
  return unknownFate(`A call to Telegram failed (${error instanceof Error ? error.name : 'unknown'}).`, effect);
}

/** Telegram's own words of a refusal, or nothing. */
export const refusalOf = (error: unknown): string => (error instanceof GrammyError ? error.description : '');

function refusal({ error_code: status, description, parameters }: GrammyError, effect: Effect): Failure {
  const said = description.replace(/^[\w ]+: /, '').slice(0, 160);
  const make = (code: string, remedy: Remedy, message: string, advice?: string): Failure =>
    new Failure(message, { code, remedy, ...(advice ? { advice } : {}) });
  if (status === 429) {
    const seconds = parameters.retry_after ?? 1;
    return new Failure(`Telegram asks to wait ${seconds} s.`, {
      code: 'rate_limited',
      remedy: 'retry',
      retryAfterMs: seconds * 1000,
    });
  }
  if (status >= 500) return unknownFate(`Telegram answered ${status}.`, effect);
  if (status === 401 || (status === 404 && said === 'Not Found')) {
    return make(
      'invalid_credentials',
      'never',
      `Telegram refuses TELEGRAM_BOT_TOKEN (${said}).`,
      'Copy it again from @BotFather; after /revoke it is a new one.',
    );
  }
  if (status === 409) return make('conflict', 'retry', `Telegram says: ${said}.`);
  const meaning = MEANINGS.find(([words]) => words.test(description));
  if (meaning) return make(meaning[1], 'never', `Telegram refuses: ${said}.`, meaning[2]);
  if (status === 403) return make('unreachable', 'never', `Telegram doesn't deliver there (${said}).`);
  return make('refused', 'never', `Telegram refuses: ${said}.`);
}

function unknownFate(message: string, effect: Effect): Failure {
  return effect === 'repeatable'
    ? new Failure(message, { code: 'unavailable', remedy: 'retry' })
    : new Failure(`${message} The message may have arrived.`, { code: 'ambiguous', remedy: 'look' });
}

/** A code, or the kind of what happened; never the message, which has the address in it. */
function networkCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (/timed out/.test(error.message)) return 'timeout';
  return 'type' in error && typeof error.type === 'string' ? error.type : error.name;
}

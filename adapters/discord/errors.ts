import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { Failure, type Remedy } from '../../core/errors.ts';

/** Whether doing a call twice shows twice: a post does, an edit or a read does not. */
export type Effect = 'once' | 'repeatable';

/** Node and undici codes that mean the request never left. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

type Row = readonly [code: string, words: string, advice?: string];

/** Discord's codes (https://docs.discord.com/developers/topics/opcodes-and-status-codes) that nothing but a person can help. */
const REFUSALS: Readonly<Record<number, Row>> = {
  10003: ['gone', 'Discord no longer has that channel or thread.'],
  10004: ['gone', 'The bot is no longer in that Discord server.'],
  10008: ['gone', 'Discord no longer has that message.'],
  10013: ['unreachable', 'Discord knows no such person.'],
  10015: ['expired', 'Too late to answer in Discord.'],
  10062: ['expired', 'Too late to answer in Discord.'],
  40067: [
    'forbidden',
    'Discord wants a tag on every post in that forum.',
    'Switch off “Require people to select tags when posting” there.',
  ],
  40060: ['expired', 'That was answered in Discord already.'],
  50027: ['expired', 'Too late to answer in Discord.'],
  40005: ['too_large', 'The file is too large for Discord.'],
  50001: [
    'forbidden',
    'Discord does not let the bot see that channel.',
    'Give its role View Channel and Read Message History there.',
  ],
  50005: ['gone', 'That Discord message is not ours.'],
  50007: ['unreachable', 'That person takes no direct messages from the bot in Discord.', allowDms()],
  50278: ['unreachable', 'That person shares no Discord server with the bot.', allowDms()],
  50013: ['forbidden', 'Discord does not let the bot do that there.', 'Give its role the permission.'],
  50024: ['forbidden', 'Discord does not take that in this kind of channel.'],
  50083: ['forbidden', 'The Discord thread is archived.', 'Open it again, or write to the bot in the channel.'],
  160005: ['forbidden', 'The Discord thread is locked.', 'Unlock it, or give the role of the bot Manage Threads.'],
};

function allowDms(): string {
  return 'They allow it in the privacy settings of a server that the bot is in.';
}

/**
 * Turns what discord.js threw into a Failure. Codes: `rate_limited`, `ambiguous` (a post that may have arrived, remedy look),
 * `unavailable`, `unreachable`, `forbidden`, `gone`, `expired`, `too_large`, `invalid_credentials`, else `refused`.
 * `needs` names the permission that the call takes.
 */
export function toFailure(error: unknown, effect: Effect, needs?: string): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof RateLimitError) {
    const retryAfterMs = Math.max(error.retryAfter, error.timeToReset, 100);
    return new Failure('Discord asks to wait.', { code: 'rate_limited', remedy: 'retry', retryAfterMs, cause: error });
  }
  if (error instanceof DiscordAPIError) return refusal(error, needs);
  if (error instanceof HTTPError) return unknownFate(`Discord answered ${error.status}.`, effect, error);
  const code = networkCode(error);
  if (NEVER_SENT.has(code)) {
    const advice = 'Check the network and DISCORD_API_URL.';
    return new Failure(`Discord can't be reached (${code}).`, {
      code: 'unavailable',
      remedy: 'retry',
      advice,
      cause: error,
    });
  }
  const why = code || (error instanceof Error ? error.name : 'unknown');
  return unknownFate(`The connection to Discord broke (${why}).`, effect, error);
}

/** Discord's own code, when that is what was thrown. */
export function discordCode(error: unknown): number | undefined {
  if (error instanceof DiscordAPIError) return Number(error.code);
  return error instanceof Failure ? discordCode(error.cause) : undefined;
}

function refusal(error: DiscordAPIError, needs: string | undefined): Failure {
  const make = (code: string, message: string, remedy: Remedy, advice?: string): Failure =>
    new Failure(message, { code, remedy, cause: error, ...(advice ? { advice } : {}) });
  const row = REFUSALS[Number(error.code)];
  if (row) {
    const [code, words, advice] = row;
    const isPermission = needs !== undefined && Number(error.code) === 50_013;
    return make(code, words, 'never', isPermission ? `Give the role of the bot ${needs}.` : advice);
  }
  if (error.status === 401) {
    return make('invalid_credentials', 'Discord refuses the token.', 'never', 'Set a new DISCORD_TOKEN and restart.');
  }
  return make('refused', `Discord refuses that (${error.code}: ${error.message.slice(0, 200)}).`, 'never');
}

function unknownFate(message: string, effect: Effect, cause: unknown): Failure {
  return effect === 'once'
    ? new Failure(`${message} The message may have arrived.`, { code: 'ambiguous', remedy: 'look', cause })
    : new Failure(message, { code: 'unavailable', remedy: 'retry', cause });
}

function networkCode(error: unknown): string {
  const own = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof own === 'string') return own;
  return error instanceof Error && error.cause !== undefined ? networkCode(error.cause) : '';
}

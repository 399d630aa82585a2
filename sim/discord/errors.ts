import type { Json } from './types.ts';

/** Discord's refusals as far as the miniature knows them: HTTP status and message by code. */
const REFUSALS = {
  10002: [404, 'Unknown Application'],
  10003: [404, 'Unknown Channel'],
  10004: [404, 'Unknown Guild'],
  10007: [404, 'Unknown Member'],
  10008: [404, 'Unknown Message'],
  10013: [404, 'Unknown User'],
  10014: [400, 'Unknown Emoji'],
  10015: [404, 'Unknown Webhook'],
  10062: [404, 'Unknown interaction'],
  30010: [400, 'Maximum number of reactions reached (20)'],
  40005: [413, 'Request entity too large'],
  40058: [400, 'Cannot send a message in a forum channel'],
  40060: [400, 'Interaction has already been acknowledged.'],
  40067: [400, 'A tag is required to create a forum post in this channel'],
  50001: [403, 'Missing Access'],
  50003: [403, 'Cannot execute action on a DM channel'],
  50005: [403, 'Cannot edit a message authored by another user'],
  50006: [400, 'Cannot send an empty message'],
  50007: [403, 'Cannot send messages to this user'],
  50008: [400, 'Cannot send messages in a non-text channel'],
  50013: [403, 'Missing Permissions'],
  50021: [403, 'Cannot execute action on a system message'],
  50024: [400, 'Cannot execute action on this channel type'],
  50027: [401, 'Invalid Webhook Token'],
  50083: [400, 'Thread is archived'],
  50109: [400, 'The request body contains invalid JSON.'],
  160004: [400, 'A thread has already been created for this message'],
  160005: [403, 'Thread is locked'],
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** A refusal over REST: answered with `{code, message}` and more of `body`. */
export class DiscordApiError extends Error {
  readonly status: number;
  readonly body: Json & { code: number; message: string };
  readonly headers: Record<string, string>;

  constructor(status: number, body: Json & { code: number; message: string }, headers: Record<string, string> = {}) {
    super(body.message);
    this.name = 'DiscordApiError';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The refusal of that code, with Discord's status and words. */
export function refuse(code: RefusalCode): DiscordApiError {
  const [status, message] = REFUSALS[code];
  return new DiscordApiError(status, { message, code });
}

/** What has no code of its own, such as `404: Not Found`. */
export function refuseStatus(status: number, reason: string): DiscordApiError {
  return new DiscordApiError(status, { message: `${status}: ${reason}`, code: 0 });
}

/**
 * What a person runs into. `did_not_respond` is "The application did not respond": nothing came within 3 s.
 * `not_found` and `not_allowed` are what the client would not let one do.
 */
export class DiscordPersonError extends Error {
  readonly code: 'did_not_respond' | 'not_found' | 'not_allowed';

  constructor(code: DiscordPersonError['code'], message: string) {
    super(`${code}: ${message}`);
    this.name = 'DiscordPersonError';
    this.code = code;
  }
}

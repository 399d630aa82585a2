import type { Json } from './types.ts';

/** Telegram's own refusal of a call: answered with that HTTP status and `{ok:false, error_code, description, parameters}`. */
export class TelegramApiError extends Error {
  readonly code: number;
  readonly description: string;
  readonly parameters: Json | undefined;

  constructor(code: number, description: string, parameters?: Json) {
    super(`${code} ${description}`);
    this.name = 'TelegramApiError';
    this.code = code;
    this.description = description;
    this.parameters = parameters;
  }
}

/** The most frequent refusal: 400 with its prefix. */
export function badRequest(description: string): TelegramApiError {
  return new TelegramApiError(400, `Bad Request: ${description}`);
}

export function forbidden(description: string): TelegramApiError {
  return new TelegramApiError(403, `Forbidden: ${description}`);
}

/** @param retryAfter seconds */
export function tooManyRequests(retryAfter: number): TelegramApiError {
  return new TelegramApiError(429, `Too Many Requests: retry after ${retryAfter}`, { retry_after: retryAfter });
}

/**
 * What a person cannot do: `not_found` (no such chat, message or button), `not_allowed` (not a member, not one's own
 * message), `not_answered` (the bot left a pressed button spinning).
 */
export class TelegramPersonError extends Error {
  readonly code: 'not_found' | 'not_allowed' | 'not_answered';

  constructor(code: TelegramPersonError['code'], message: string) {
    super(`${code}: ${message}`);
    this.name = 'TelegramPersonError';
    this.code = code;
  }
}

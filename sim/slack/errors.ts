import type { Json } from './types.ts';

/** Slack's own refusal of a Web API call: answered as HTTP 200 with `{ok:false, error}`. */
export class SlackApiError extends Error {
  readonly code: string;
  readonly extra: Json;

  constructor(code: string, extra: Json = {}) {
    super(code);
    this.name = 'SlackApiError';
    this.code = code;
    this.extra = extra;
  }
}

/**
 * What the person sees when the app did not take a press, a form or a command. Codes as Slack's client shows them:
 * `dispatch_failed` (nobody connected, or an HTTP error) and `operation_timeout` (no ack within 3 s).
 */
export class SlackPersonError extends Error {
  readonly code: 'dispatch_failed' | 'operation_timeout' | 'not_found' | 'not_allowed';

  constructor(code: SlackPersonError['code'], message: string) {
    super(`${code}: ${message}`);
    this.name = 'SlackPersonError';
    this.code = code;
  }
}

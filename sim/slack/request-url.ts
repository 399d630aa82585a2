import { createHmac } from 'node:crypto';
import { isJson } from './blocks.ts';
import type { DeliveryTiming, Parcel, Receipt, Transport } from './delivery.ts';
import type { Json } from './types.ts';

/** The app's request URL: events, commands and interactions are POSTed there, signed with the signing secret. */
export class RequestUrl implements Transport {
  readonly #url: string;
  readonly #secret: string;
  readonly #timing: DeliveryTiming;
  readonly #now: () => number;

  constructor(url: string, secret: string, timing: DeliveryTiming, now: () => number) {
    this.#url = url;
    this.#secret = secret;
    this.#timing = timing;
    this.#now = now;
  }

  ready(): boolean {
    return true;
  }

  untilReady(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async send(parcel: Parcel): Promise<Receipt> {
    const { body, contentType } = encode(parcel);
    const timestamp = String(Math.floor(this.#now() / 1000));
    const digest = createHmac('sha256', this.#secret).update(`v0:${timestamp}:${body}`).digest('hex');
    const headers: Record<string, string> = {
      'content-type': contentType,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${digest}`,
    };
    if (parcel.attempt > 0) {
      headers['x-slack-retry-num'] = String(parcel.attempt);
      headers['x-slack-retry-reason'] = parcel.reason;
    }
    try {
      const signal = AbortSignal.timeout(this.#timing.ackTimeoutMs);
      const response = await fetch(this.#url, { method: 'POST', body, headers, redirect: 'manual', signal });
      const text = await response.text();
      if (response.ok) return { acked: true, response: decode(text) };
      const isFinal = response.headers.get('x-slack-no-retry') === '1';
      return { acked: false, reason: isFinal ? 'no_retry' : 'http_error' };
    } catch (error) {
      const isTimeout = error instanceof DOMException && error.name === 'TimeoutError';
      return { acked: false, reason: isTimeout ? 'http_timeout' : 'connection_failed' };
    }
  }

  /** The handshake Slack does when a request URL is saved. */
  async verify(): Promise<boolean> {
    const challenge = crypto.randomUUID();
    const payload = { type: 'url_verification', token: 'verification', challenge };
    const receipt = await this.send({ kind: 'events_api', payload, attempt: 0, reason: '' });
    if (!receipt.acked) return false;
    const answer = receipt.response;
    return answer === challenge || (isJson(answer) && answer.challenge === challenge);
  }
}

function encode(parcel: Parcel): { body: string; contentType: string } {
  const form = 'application/x-www-form-urlencoded';
  if (parcel.kind === 'events_api') return { body: JSON.stringify(parcel.payload), contentType: 'application/json' };
  if (parcel.kind === 'interactive') {
    return { body: new URLSearchParams({ payload: JSON.stringify(parcel.payload) }).toString(), contentType: form };
  }
  return { body: new URLSearchParams(strings(parcel.payload)).toString(), contentType: form };
}

function strings(payload: Json): Record<string, string> {
  return Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)]));
}

/** JSON when it is JSON, else the text itself; an empty body is no answer. */
function decode(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

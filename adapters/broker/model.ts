import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { finished, pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import type { Door, OpenAttempt } from '../../core/door.ts';
import type { Share } from './gates.ts';
import { parseJson, Refusal, readBody } from './http.ts';
import { checkModelRequest } from './model-request.ts';
import { type Price, spendOf, type Usage } from './prices.ts';
import { callUpstream } from './upstream.ts';
import { type Asked, guess, jsonUsage, streamUsage } from './usage.ts';

/** Where the real Messages API is, and Mainloop's credential for it. */
export interface ModelUpstream {
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  /** Of a Claude subscription (`CLAUDE_CODE_OAUTH_TOKEN`). */
  readonly oauthToken?: string | undefined;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly attempt: OpenAttempt;
  /** The attempt as it is by now. */
  readonly admitAgain: () => Promise<OpenAttempt>;
  readonly door: Door;
  readonly share: Share;
  readonly log: Logger;
  readonly prices: Readonly<Record<string, Price>>;
  /** The broker ends: what is under way at the model's side is given up, and what came of it charged. */
  readonly ending: AbortSignal;
}

/** Anthropic's own limit of a request. */
const maxBody = 32 * 1024 * 1024;
/** A body that takes longer is one that the attempt was not admitted for just now. */
const slowMs = 1_000;
/** A call without streaming may think for ten minutes before its first byte. */
const idleMs = 10 * 60_000;
/** A client that takes nothing for so long is given up: else the upstream would fall silent for it, and be cut off. */
const stallMs = 2 * 60_000;
const passedDown = /^(content-type|request-id|retry-after|x-should-retry|anthropic-ratelimit-.*)$/;
const passedUp = /^(content-type|accept|user-agent|x-app|x-stainless-.*|anthropic-version|anthropic-beta)$/;

/** Sends a Messages API call on with the real key, streams the answer back and counts what it cost. */
export async function proxyModel(exchange: Exchange, target: string, upstream: ModelUpstream): Promise<void> {
  const { request, response } = exchange;
  const url = new URL(upstream.baseUrl.replace(/\/$/, '') + target);
  const path = target.replace(/\?.*$/, '');
  const call = `${request.method} ${path}`;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const send = (body: Buffer | null, signal?: AbortSignal) =>
    callUpstream(url, {
      method: request.method ?? 'GET',
      headers: { ...headersUp(request.headers, upstream), ...(body && { 'content-length': body.length }) },
      body,
      idleMs,
      signal,
    });
  if (request.method === 'GET' && /^\/v1\/models(\/[\w.-]+)?$/.test(path)) {
    return relay(exchange, await send(null, gone.signal));
  }
  if (call !== 'POST /v1/messages' && call !== 'POST /v1/messages/count_tokens') {
    throw new Refusal(404, 'not_found_error', `${call} is not offered to workers.`);
  }
  const counts = path === '/v1/messages/count_tokens';
  const began = Date.now();
  const asked = parseJson(await readBody(request, maxBody, exchange));
  // While a body came slowly, the attempt may have been closed, or its money spent.
  const attempt = Date.now() - began > slowMs ? await exchange.admitAgain() : exchange.attempt;
  const { model, stream, maxTokens } = checkModelRequest(asked, attempt);
  // What was checked, not what came: of a name that comes twice each side may take another.
  const body = Buffer.from(JSON.stringify(asked));
  if (counts) return relay(exchange, await send(body, gone.signal));
  if (attempt.budgetLeft <= 0) {
    // Claude Code repeats 401, 408, 409, 429 and 5xx for minutes, but not this.
    throw new Refusal(402, 'billing_error', "This task's budget is used up.");
  }
  gone.signal.throwIfAborted();
  await converse(
    { ...exchange, attempt },
    { model, stream, asked: { bytes: body.length, maxTokens }, send: () => send(body, exchange.ending) },
  );
}

interface Call {
  readonly model: string;
  readonly stream: boolean;
  readonly asked: Asked;
  send(): Promise<IncomingMessage>;
}

/**
 * A call that costs. From here on it goes on to its end whether the client waits for it or not: the model's side charges
 * for it either way, and only its last event says how much. The place of a model call stays taken for so long.
 */
async function converse(exchange: Exchange, { model, stream, asked, send }: Call): Promise<void> {
  const { response, attempt, door } = exchange;
  const charge = async (tokens: Usage | null) => {
    if (tokens) await door.spend(attempt, { id: randomUUID(), ...spendOf(model, tokens, exchange.prices) });
  };
  const answer = await send().catch(async (error) => {
    // A stream is never silent while the model works. A plain answer is, and then it is we who hung up.
    if (!stream && error instanceof Refusal && error.code === 'upstream_silent') await charge(guess(asked));
    throw error;
  });
  // Only told, not waited for: the answer's first byte must not be later for it, nor its price be lost.
  door
    .modelAnswered(attempt, answer.statusCode ?? 502, retryAfterMs(answer.headers['retry-after']))
    .catch((error) => exchange.log.warn({ err: error, attempt: attempt.id }, "the model's state was not told"));
  if (answer.statusCode !== 200) return relay(exchange, answer);
  const usage = stream ? streamUsage(asked) : jsonUsage(asked);
  try {
    begin(exchange, answer);
    answer.on('data', (chunk: Buffer) => {
      const full = !response.destroyed && !response.write(chunk);
      usage.push(chunk);
      if (!full) return;
      answer.pause();
      void room(response).then(() => answer.resume());
    });
    await finished(answer);
  } finally {
    // Before the answer ends, so that the next call meets the budget that this one has left.
    await charge(usage.end());
  }
  if (!response.destroyed) response.end();
}

/** Waits until the client has taken what was written, or has gone. */
async function room(response: ServerResponse): Promise<void> {
  const done = new AbortController();
  const late = setTimeout(() => response.destroy(), stallMs);
  await Promise.race(['drain', 'close'].map((event) => once(response, event, { signal: done.signal }))).catch(
    () => undefined,
  );
  clearTimeout(late);
  done.abort();
}

const retryAfterMs = (seconds: string | undefined): number | null => (seconds ? Number(seconds) * 1000 || null : null);

/** An error in Anthropic's shape, as Claude Code understands it. */
export function sendModelError(response: ServerResponse, refusal: Refusal): void {
  const known = /_error$/.test(refusal.code);
  const type = known ? refusal.code : (errorTypes[refusal.status] ?? 'api_error');
  const again = refusal.status >= 500 || refusal.retryAfter !== undefined;
  response
    .writeHead(refusal.status, { 'content-type': 'application/json', ...(!again && { 'x-should-retry': 'false' }) })
    .end(JSON.stringify({ type: 'error', error: { type, message: refusal.message } }));
}

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
};

/** Passes an answer on that costs nothing. */
async function relay(exchange: Exchange, answer: IncomingMessage): Promise<void> {
  begin(exchange, answer);
  await pipeline(answer, exchange.response);
}

/** Passes the head of an answer on. */
function begin({ response, log }: Exchange, answer: IncomingMessage): void {
  const status = answer.statusCode ?? 502;
  if (status === 401 || (status >= 300 && status < 400)) {
    // A 401 passed on would tell the worker that its attempt is closed.
    answer.resume();
    log.error({ status }, "the model's side refuses Mainloop's credential or address");
    throw new Refusal(
      403,
      'permission_error',
      "The model's side refuses Mainloop's own credential. A person must mend it.",
    );
  }
  if (response.destroyed) return;
  response.writeHead(status, headersDown(answer.headers));
  response.flushHeaders();
}

function headersUp(headers: IncomingHttpHeaders, upstream: ModelUpstream): OutgoingHttpHeaders {
  const passed = Object.entries(headers).filter(([name]) => passedUp.test(name));
  const up: OutgoingHttpHeaders = { ...Object.fromEntries(passed), 'accept-encoding': 'identity' };
  if (upstream.apiKey) return { ...up, 'x-api-key': upstream.apiKey };
  const betas = [headers['anthropic-beta'], 'oauth-2025-04-20'].flat().filter(Boolean).join(',');
  return { ...up, authorization: `Bearer ${upstream.oauthToken}`, 'anthropic-beta': betas };
}

function headersDown(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => passedDown.test(name)));
}

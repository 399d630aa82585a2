import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Refusal } from './http.ts';

// Connections are kept, so that a call pays no new handshake.
const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

export interface UpstreamRequest {
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | Readable | null;
  /** The longest silence on the connection, milliseconds. */
  readonly idleMs: number;
  /** The client has gone: gives the upstream request up. Without, it goes on to its end. */
  readonly signal?: AbortSignal | undefined;
}

/** Sends a request on; resolves with the answer's head, its body still flowing. Redirects are not followed. */
export function callUpstream(url: URL, options: UpstreamRequest): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? httpsRequest : httpRequest)(url, {
      method: options.method,
      headers: options.headers,
      agent: secure ? agents.https : agents.http,
      signal: options.signal,
      timeout: options.idleMs,
    });
    const refuse = (cause: Error) =>
      reject(
        cause instanceof Refusal
          ? cause
          : new Refusal(502, 'upstream', `${url.host} can't be reached: ${cause.message}`),
      );
    outgoing.once('response', resolve);
    outgoing.once('timeout', () => outgoing.destroy(new Refusal(504, 'upstream_silent', `${url.host} fell silent.`)));
    outgoing.on('error', refuse);
    if (options.body === null || Buffer.isBuffer(options.body)) outgoing.end(options.body ?? undefined);
    else pipeline(options.body, outgoing).catch(refuse);
  });
}

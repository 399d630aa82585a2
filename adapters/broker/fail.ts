import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { describe, Failure } from '../../core/errors.ts';
import { paths } from '../../core/protocol-paths.ts';
import { Refusal, sendJson } from './http.ts';
import { sendModelError } from './model.ts';

/** Answers a request that was not served, in the form that its kind of client understands. */
export function fail(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  error: unknown,
  log: Logger,
): void {
  const refusal = refusalOf(error);
  const gone = request.socket.destroyed;
  if (!gone && refusal.status >= 500 && !(error instanceof Refusal))
    log.error({ err: error, path }, 'broker could not answer');
  if (gone || response.headersSent) {
    response.destroy();
    return;
  }
  // The rest of a refused body is not read: the connection can't be used again.
  if (!request.complete) response.setHeader('connection', 'close');
  if (refusal.retryAfter !== undefined) response.setHeader('retry-after', refusal.retryAfter);
  if (path.startsWith(`${paths.model}/`)) sendModelError(response, refusal);
  else if (path.startsWith(`${paths.git}/`) || refusal.status === 405) {
    response.writeHead(refusal.status, { 'content-type': 'text/plain' }).end(`${refusal.message}\n`);
  } else sendJson(response, refusal.status, { error: { code: refusal.code, message: refusal.message } });
}

/** Answers a CONNECT that became no tunnel. */
export function failTunnel(socket: Duplex, error: unknown, log: Logger): void {
  const { status, message } = refusalOf(error);
  if (!(error instanceof Refusal)) log.error({ err: error }, 'broker could not open a tunnel');
  if (socket.destroyed) return;
  const body = `${message}\n`;
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'content-type: text/plain',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...(status === 407 ? ['proxy-authenticate: Basic realm="mainloop"'] : []),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** What the door says, in the broker's terms: a closed attempt and one that said too much are told so; all else may pass. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof Failure)) return new Refusal(503, 'unavailable', 'The broker could not answer just now.');
  return new Refusal(statuses[error.code] ?? 503, error.code, describe(error));
}

const statuses: Readonly<Record<string, number>> = { closed: 401, full: 413 };

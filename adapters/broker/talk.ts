import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Door, OpenAttempt } from '../../core/door.ts';
import { Failure } from '../../core/errors.ts';
import { eventBatch, result } from '../../core/protocol.ts';
import { paths } from '../../core/protocol-paths.ts';
import { sendFile, takeFile } from './files.ts';
import type { Share } from './gates.ts';
import { Refusal, readJson, sendJson } from './http.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly attempt: OpenAttempt;
  readonly door: Door;
  readonly share: Share;
}

const mebibyte = 1024 * 1024;
/** A worker sends less at once, but for an entry that is larger by itself: no larger than a request of the model's. */
const mostSession = 32 * mebibyte;
const limits = { events: 4 * mebibyte, heartbeat: 1024, session: mostSession, result: 4 * mebibyte };
const maxWaitSeconds = 60;
const sessionEntries = z.array(z.looseObject({ uuid: z.string().min(1) })).max(5_000);

/** Everything but the model and git: job, events, steering, session, files, result. */
export async function talk(exchange: Exchange, path: string, query: URLSearchParams): Promise<void> {
  const { request, response, attempt, door } = exchange;
  if (request.method === 'GET' && path.startsWith(`${paths.files}/`)) return sendFile(exchange, path);
  switch (`${request.method} ${path}`) {
    case `GET ${paths.job}`:
      return sendJson(response, 200, await door.job(attempt));
    case `POST ${paths.events}`:
      return takeEvents(exchange);
    case `GET ${paths.steering}`:
      return steering(exchange, query);
    case `GET ${paths.session}`:
      return sendSession(exchange);
    case `POST ${paths.session}`:
      await door.appendSession(attempt, await readJson(exchange, sessionEntries, limits.session));
      return sendJson(response, 200, {});
    case `POST ${paths.result}`:
      await door.result(attempt, await readJson(exchange, result, limits.result));
      return sendJson(response, 200, {});
    case `POST ${paths.files}`:
      return takeFile(exchange, query.get('name') ?? 'file');
    default:
      throw new Refusal(404, 'not_found', `There is no ${request.method} ${path} here.`);
  }
}

/** Once the door keeps no more, only what is small enough for a heartbeat is still read. */
async function takeEvents(exchange: Exchange): Promise<void> {
  const { response, attempt, door, share } = exchange;
  const batch = await readJson(exchange, eventBatch, share.full ? limits.heartbeat : limits.events);
  try {
    sendJson(response, 200, await door.events(attempt, batch));
  } catch (error) {
    share.full ||= error instanceof Failure && error.code === 'full';
    throw error;
  }
}

async function steering({ response, attempt, door }: Exchange, query: URLSearchParams): Promise<void> {
  const wait = z.coerce
    .number()
    .min(0)
    .safeParse(query.get('wait') ?? 0);
  if (!wait.success) throw new Refusal(400, 'invalid_query', 'wait: expected a number of seconds');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const answer = await door.steering(attempt, Math.min(wait.data, maxWaitSeconds) * 1000, gone.signal);
  if (!gone.signal.aborted) sendJson(response, 200, answer);
}

async function sendSession({ response, attempt, door }: Exchange): Promise<void> {
  const entries = door.loadSession(attempt)[Symbol.asyncIterator]();
  // Before the answer's head: a door that is away is told by its status.
  const first = await entries.next();
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const lines = async function* () {
    for (let next = first; !next.done; next = await entries.next()) yield `${JSON.stringify(next.value)}\n`;
  };
  await pipeline(Readable.from(lines()), response);
}

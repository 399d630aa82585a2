import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import { taskOf } from '../../core/domain/ids.ts';
import type { Door, GitAccess, OpenAttempt } from '../../core/door.ts';
import { Failure } from '../../core/errors.ts';
import { handOver } from '../../core/protocol.ts';
import { parseJson, readAs, readBody, sendJson, toWire } from './http.ts';
import { type Answer, type Ask, type MethodName, methods, root, streams } from './wire.ts';

export interface DoorService {
  readonly door: Door;
  readonly gitAccess: GitAccess;
  /** Whether a bearer token is the broker's. Throws Failure when that can't be found out just now. */
  readonly authenticate: (token: string) => Promise<boolean>;
  readonly log: Logger;
}

const mebibyte = 1024 * 1024;
/** Twice what the broker takes from a worker: it may spell the same in more bytes. */
const largest = (name: string): number => (name === 'appendSession' ? 64 : 8) * mebibyte;

/**
 * The program's half of the remote door, as an HTTP handler; never rejects. Nothing but the door's own methods is offered,
 * and each admits its attempt anew, so that a broker that was taken over can act for open attempts alone.
 */
export function serveDoor(service: DoorService): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { door, log } = service;

  async function open(attempt: string): Promise<OpenAttempt> {
    const found = await door.admit({ attempt });
    if (found) return found;
    throw new Failure(`The attempt ${attempt} is closed.`, { code: 'closed', remedy: 'never' });
  }

  const calls: { [M in MethodName]: (ask: Ask<M>, gone: AbortSignal) => Promise<Answer<M>> } = {
    admit: (proof) => door.admit(proof),
    job: async ({ attempt }) => door.job(await open(attempt)),
    events: async ({ attempt, batch }) => door.events(await open(attempt), batch),
    steering: async ({ attempt, waitMs }, gone) => door.steering(await open(attempt), waitMs, gone),
    appendSession: async ({ attempt, entries }) => done(door.appendSession(await open(attempt), entries)),
    result: async ({ attempt, result }) => done(door.result(await open(attempt), result)),
    // A call that was under way when its attempt was closed costs all the same.
    spend: async ({ attempt, spend }) => done(door.spend({ id: attempt, task: taskOf(attempt) }, spend)),
    modelAnswered: async ({ attempt, status, retryAfterMs }) =>
      done(door.modelAnswered(await open(attempt), status, retryAfterMs)),
    refused: async ({ attempt, what }) => done(door.refused(await open(attempt), what)),
    mayPush: async ({ attempt, sha }) => door.mayPush(await open(attempt), sha),
    gitAccess: async ({ attempt }) => service.gitAccess(await open(attempt)),
  };

  async function call<M extends MethodName>(
    name: M,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const ask = readAs(methods[name].ask as never, parseJson(await readBody(request, largest(name)))) as Ask<M>;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    sendJson(response, 200, await calls[name](ask, gone.signal));
  }

  const bytes: Record<keyof typeof streams, (request: IncomingMessage, response: ServerResponse) => Promise<void>> = {
    async loadSession(request, response) {
      const { attempt } = readAs(streams.loadSession, parseJson(await readBody(request, mebibyte)));
      const entries = door.loadSession(await open(attempt))[Symbol.asyncIterator]();
      const first = await entries.next();
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      const lines = async function* () {
        for (let next = first; !next.done; next = await entries.next()) yield `${JSON.stringify(next.value)}\n`;
      };
      await pipeline(Readable.from(lines()), response);
    },
    async file(request, response) {
      const { attempt, id } = readAs(streams.file, parseJson(await readBody(request, mebibyte)));
      const found = await door.file(await open(attempt), id);
      if (!found) return void response.writeHead(204).end();
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': found.length });
      response.end(found);
    },
    async handOver(request, response) {
      const query = new URL(request.url ?? '/', 'http://door').searchParams;
      const { attempt, name } = readAs(streams.handOver, Object.fromEntries(query));
      const admitted = await open(attempt);
      const became = await door.handOver(admitted, name, await readBody(request, handOver.bytes));
      sendJson(response, 200, { became });
    },
  };

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!token || !(await service.authenticate(token))) {
      log.warn({ from: request.socket.remoteAddress }, 'somebody who is not the broker was at the door');
      throw new Failure('Only the broker is let in here.', { code: 'forbidden', remedy: 'never' });
    }
    const name = methodOf(request);
    if (name === null) throw new Failure('There is nothing here.', { code: 'not_found', remedy: 'never' });
    if (isStream(name)) return bytes[name](request, response);
    return call(name, request, response);
  }

  return async (request, response) => {
    try {
      await route(request, response);
    } catch (error) {
      const { status, body } = toWire(error);
      if (status === 500) log.error({ err: error }, 'the door could not answer');
      if (response.headersSent || request.socket.destroyed) return void response.destroy();
      if (!request.complete) response.setHeader('connection', 'close');
      sendJson(response, status, { error: body });
    }
  };
}

function methodOf({ method, url = '' }: IncomingMessage): MethodName | keyof typeof streams | null {
  const [, name = ''] = new RegExp(`^${root}/(\\w+)(?:\\?.*)?$`).exec(url) ?? [];
  const known = Object.hasOwn(methods, name) || Object.hasOwn(streams, name);
  return method === 'POST' && known ? (name as MethodName | keyof typeof streams) : null;
}

const isStream = (name: string): name is keyof typeof streams => Object.hasOwn(streams, name);

async function done(effect: Promise<void>): Promise<Record<string, never>> {
  await effect;
  return {};
}

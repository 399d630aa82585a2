import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { Logger } from 'pino';
import { Failure } from '../core/errors.ts';

/** A handler that reads the request by itself, as webhook receivers and proxies must: signatures cover the raw bytes. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface Mount {
  /** Path, and with a slash at the end everything below it. */
  readonly path: string;
  readonly handler: NodeHandler;
  /** Largest body in bytes; unset where the handler sees to it itself. */
  readonly maxBytes?: number;
  /** Requests that a stop cuts at once, such as long polls: their clients ask again. */
  readonly interruptible?: (request: IncomingMessage) => boolean;
}

/** State of one part of the program; `detail` says why it is not ok, or since when. */
export interface PartState {
  readonly ok: boolean;
  readonly detail?: string;
}

export interface HttpOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  /** The setting that names the port, for who has to mend it; default `PORT`. */
  readonly variable?: string;
  readonly log: Logger;
  /** Parts that must be ok for `/readyz` to answer 200. */
  readonly parts: () => Record<string, PartState> | Promise<Record<string, PartState>>;
  readonly mounts: readonly Mount[];
  /** What answers everything else, health apart. */
  readonly pages?: NodeHandler;
  /** What answers CONNECT. A stop lets its connections finish as it does requests. */
  readonly connect?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void | Promise<void>;
  /** Longest wait for running requests when it stops, milliseconds. */
  readonly graceMs?: number;
}

export interface HttpServer {
  readonly port: number;
  /** Takes no new connections, lets running requests finish for a while, then cuts what is left. */
  stop(): Promise<void>;
}

/** The one HTTP server of the program. Throws Failure `port_in_use`. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { log, mounts, pages, connect, graceMs = 10_000 } = options;
  const health = getRequestListener(healthApp(options).fetch);
  const interruptible = new Set<ServerResponse>();
  let stopping = false;
  const server = createServer((request, response) => {
    // A connection that is kept alive is idle only after its answer, and Node does not look again then.
    response.once('close', () => stopping && setImmediate(() => server.closeIdleConnections()));
    const mount = mounts.find(({ path }) => matches(path, pathOf(request)));
    if (!mount && pages && !healthPaths.includes(pathOf(request)))
      return void serve({ path: '/', handler: pages }, request, response, log);
    if (!mount) return void health(request, response);
    if (!limitBody(request, response, mount)) return;
    if (mount.interruptible?.(request)) {
      interruptible.add(response);
      response.once('close', () => interruptible.delete(response));
    }
    void serve(mount, request, response, log);
  });
  // A long poll or a stream may take as long as it wants; only a slow sender of headers is cut.
  server.requestTimeout = 0;
  const tunnels = new Set<Duplex>();
  if (connect) {
    server.on('connect', (request, socket, head) => {
      tunnels.add(socket);
      socket.once('close', () => tunnels.delete(socket));
      void connect(request, socket, head);
    });
  }
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  log.info({ port }, 'HTTP server listens');
  return {
    port,
    async stop() {
      stopping = true;
      const closed = new Promise((resolve) => server.close(resolve));
      for (const response of interruptible) response.destroy();
      const cut = setTimeout(() => {
        server.closeAllConnections();
        for (const socket of tunnels) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

function healthApp({ parts }: HttpOptions): Hono {
  const app = new Hono();
  app.get('/healthz', (context) => context.json({ ok: true }));
  app.get('/readyz', async (context) => {
    const states = await parts();
    const ok = Object.values(states).every((state) => state.ok);
    return context.json({ ok, parts: states }, ok ? 200 : 503);
  });
  return app;
}

const healthPaths = ['/healthz', '/readyz'];

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';

function matches(path: string, asked: string): boolean {
  return path.endsWith('/') ? asked.startsWith(path) : asked === path;
}

async function serve(mount: Mount, request: IncomingMessage, response: ServerResponse, log: Logger): Promise<void> {
  try {
    await mount.handler(request, response);
  } catch (error) {
    log.error({ err: error, path: mount.path }, 'a request failed');
    if (response.headersSent) response.destroy();
    else refuse(response, 500, 'The request failed; the log says why.');
  }
}

/** Lets through what says its length and keeps to the limit; Node cuts a body that is longer than its word. */
function limitBody(request: IncomingMessage, response: ServerResponse, { maxBytes }: Mount): boolean {
  if (maxBytes === undefined) return true;
  if (request.headers['transfer-encoding'] !== undefined) {
    refuse(response, 411, 'The request must say the length of its body.');
    return false;
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    refuse(response, 413, `The body is larger than ${maxBytes} bytes.`);
    return false;
  }
  return true;
}

function refuse(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ error }));
}

async function listen(server: Server, { port, host, variable = 'PORT' }: HttpOptions): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (cause) {
    throw cannotListen(port, variable, cause as NodeJS.ErrnoException);
  }
}

function cannotListen(port: number, variable: string, cause: NodeJS.ErrnoException): Failure {
  const taken = cause.code === 'EADDRINUSE';
  const what = variable === 'PORT' ? `PORT ${port}` : `${variable}: port ${port}`;
  return new Failure(taken ? `${what} is in use by another program.` : `${what}: ${cause.message}.`, {
    code: taken ? 'port_in_use' : 'port_unavailable',
    remedy: 'never',
    advice: `Stop that program, or set ${variable} to a free one.`,
    cause,
  });
}

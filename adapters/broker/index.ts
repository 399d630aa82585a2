import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Door } from '../../core/door.ts';
import { describe, Failure } from '../../core/errors.ts';
import { paths } from '../../core/protocol-paths.ts';
import { type GitAccess, proxyGit } from './git.ts';
import { Refusal, sendJson } from './http.ts';
import { type ModelUpstream, proxyModel, sendModelError } from './model.ts';
import { type Price, prices as publicPrices } from './prices.ts';
import { talk } from './talk.ts';
import { tokenOf } from './token.ts';

export interface BrokerOptions {
  readonly door: Door;
  /** The real Messages API. With both credentials the key wins. */
  readonly anthropic: ModelUpstream;
  /** Credential and git address of one repository; asked for at every git request, so it should cache. */
  readonly git: GitAccess;
  /** Dollars per million tokens by model id; default {@link publicPrices}. */
  readonly prices?: Readonly<Record<string, Price>>;
  /** Path under which the handler is mounted, e.g. `/broker`. */
  readonly prefix?: string;
  readonly log: Logger;
}

export interface Broker {
  /** Answers every request under the prefix. Never rejects. */
  handler(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** The longest silence of a client. A model that thinks without streaming keeps both sides silent for ten minutes. */
const idleMs = 2 * 60_000;
const modelIdleMs = 11 * 60_000;

/** The worker's door over HTTP: job, events, steering, session and result, the model and git, each for one open attempt. */
export function createBroker(options: BrokerOptions): Broker {
  const { door, log, prefix = '' } = options;
  const prices = options.prices ?? publicPrices;

  async function route(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const token = tokenOf(request.headers);
    const attempt = token ? await door.admit(token) : null;
    if (!attempt) throw new Refusal(401, 'closed', 'This attempt is closed, or the token was never good. Stop here.');
    const path = url.pathname.slice(prefix.length);
    const model = under(path, paths.model);
    if (model !== null) {
      response.setTimeout(modelIdleMs, () => response.destroy());
      return proxyModel({ request, response, attempt, door, log, prices }, model + url.search, options.anthropic);
    }
    response.setTimeout(idleMs, () => response.destroy());
    const repository = under(path, paths.git);
    if (repository !== null) {
      return proxyGit({ request, response, attempt, log }, repository, url.searchParams, options.git);
    }
    return talk({ request, response, attempt, door }, path, url.searchParams);
  }

  return {
    async handler(request, response) {
      const url = new URL(request.url ?? '/', 'http://broker');
      try {
        if (!url.pathname.startsWith(`${prefix}/`)) throw new Refusal(404, 'not_found', 'There is nothing here.');
        await route(request, response, url);
      } catch (error) {
        fail(request, response, url.pathname.slice(prefix.length), error, log);
      }
    },
  };
}

function under(path: string, root: string): string | null {
  return path.startsWith(`${root}/`) ? path.slice(root.length) : null;
}

function fail(request: IncomingMessage, response: ServerResponse, path: string, error: unknown, log: Logger): void {
  const refusal = error instanceof Refusal ? error : unavailable(error);
  const gone = request.socket.destroyed;
  if (!gone && !(error instanceof Refusal)) log.error({ err: error, path }, 'broker could not answer');
  if (gone || response.headersSent) {
    response.destroy();
    return;
  }
  // The rest of a refused body is not read: the connection can't be used again.
  if (!request.complete) response.setHeader('connection', 'close');
  if (under(path, paths.model) !== null) sendModelError(response, refusal);
  else if (under(path, paths.git) !== null) {
    response.writeHead(refusal.status, { 'content-type': 'text/plain' }).end(`${refusal.message}\n`);
  } else sendJson(response, refusal.status, { error: { code: refusal.code, message: refusal.message } });
}

function unavailable(error: unknown): Refusal {
  const code = error instanceof Failure ? error.code : 'unavailable';
  return new Refusal(503, code, error instanceof Failure ? describe(error) : 'The broker could not answer just now.');
}

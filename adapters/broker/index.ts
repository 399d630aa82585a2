import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { Door, GitAccess, OpenAttempt, Proof } from '../../core/door.ts';
import { paths } from '../../core/protocol-paths.ts';
import { createEgress } from './egress.ts';
import { fail, failTunnel } from './fail.ts';
import { createShares, type Share } from './gates.ts';
import { proxyGit } from './git.ts';
import { Refusal } from './http.ts';
import { type ModelUpstream, proxyModel } from './model.ts';
import { type Price, prices as publicPrices } from './prices.ts';
import { createShown } from './shown.ts';
import { talk } from './talk.ts';
import { proxyTokenOf, tokenOf } from './token.ts';

export interface BrokerOptions {
  readonly door: Door;
  /**
   * Who shows a bearer token, where something else than the door knows: a cluster, of its pods. Then no token is looked up
   * at the door. Null for a token that is no good.
   */
  readonly identify?: (token: string) => Promise<Extract<Proof, { attempt: unknown }> | null>;
  /** The real Messages API. With both credentials the key wins. */
  readonly anthropic: ModelUpstream;
  /** Credential and git address of the attempt's repository; asked for at every git request, so it should cache. */
  readonly git: GitAccess;
  /** Hosts that tunnels may lead to, as `allowedHosts` reads them; without, to package registries. */
  readonly egressHosts?: readonly string[];
  /** How often it is asked whether an attempt with tunnels is still open, milliseconds; default 10 s. */
  readonly tunnelCheckMs?: number;
  /** Dollars per million tokens by model id; default {@link publicPrices}. */
  readonly prices?: Readonly<Record<string, Price>>;
  /** Path under which the handler is mounted, e.g. `/broker`. */
  readonly prefix?: string;
  readonly log: Logger;
}

export interface Broker {
  /** Answers every request under the prefix. Never rejects. */
  handler(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers a CONNECT with a tunnel to an allowed host. Never rejects. */
  connect(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Gives up the model calls that are under way, with or without a client, and charges what came of them. */
  close(): Promise<void>;
}

/** The longest silence of a client. A model that thinks without streaming keeps both sides silent for ten minutes. */
const idleMs = 2 * 60_000;
const modelIdleMs = 11 * 60_000;
/** How long a request waits for a place among those of its attempt. */
const waitMs = { requests: 0, models: 60_000, bulk: 30_000 };

/** The worker's door over HTTP: job, events, steering, session and result, the model, git and the way out, each for one open attempt. */
export function createBroker(options: BrokerOptions): Broker {
  const { door, identify, log, prefix = '' } = options;
  const prices = options.prices ?? publicPrices;
  const shareOf = createShares();
  const ending = new AbortController();
  const calls = new Set<Promise<void>>();
  const isNew = createShown();
  const egress = createEgress({ door, hosts: options.egressHosts, checkMs: options.tunnelCheckMs, log });

  /** Asked at every request: a closed attempt is let in nowhere. */
  async function admit(token: string | null): Promise<OpenAttempt> {
    const proof = token === null ? null : identify ? await identify(token) : { token };
    const attempt = proof && (await door.admit(proof));
    if (attempt) return attempt;
    if (proof && 'attempt' in proof) log.warn({ attempt: proof.attempt }, 'a closed attempt showed its token');
    throw new Refusal(401, 'closed', 'This attempt is closed, or the token was never good. Stop here.');
  }

  const show = (attempt: OpenAttempt, words: string): void => {
    const what = words.slice(0, mostWords);
    if (!isNew(attempt.id, what)) return;
    log.warn({ attempt: attempt.id, what }, 'refused');
    door
      .refused(attempt, what)
      .catch((error) => log.warn({ err: error, attempt: attempt.id }, 'a refusal was not shown'));
  };

  /** Does the attempt's work; what is refused for being forbidden or too much is shown in the task's log. */
  async function watched<T>(attempt: OpenAttempt, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refusal && shownStatuses.has(error.status)) show(attempt, error.message);
      throw error;
    }
  }

  async function route(
    { request, response, url }: { request: IncomingMessage; response: ServerResponse; url: URL },
    attempt: OpenAttempt,
    share: Share,
    admitAgain: () => Promise<OpenAttempt>,
  ): Promise<void> {
    const path = url.pathname.slice(prefix.length);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const through = async (gate: 'models' | 'bulk', work: () => Promise<void>) => {
      const leave = await share[gate].enter(waitMs[gate], gone.signal);
      return work().finally(leave);
    };
    const model = under(path, paths.model);
    if (model !== null) {
      response.setTimeout(modelIdleMs, () => response.destroy());
      const waits = share.models.full;
      return through('models', async () => {
        // While it waited for its turn the attempt may have been closed, or its money spent.
        const admitted = waits ? await admitAgain() : attempt;
        const exchange = {
          request,
          response,
          attempt: admitted,
          admitAgain,
          door,
          share,
          log,
          prices,
          ending: ending.signal,
        };
        const call = proxyModel(exchange, model + url.search, options.anthropic);
        calls.add(call);
        return call.finally(() => calls.delete(call));
      });
    }
    response.setTimeout(idleMs, () => response.destroy());
    const repository = under(path, paths.git);
    if (repository !== null) {
      const exchange = { request, response, attempt, door, log, show: (what: string) => show(attempt, what) };
      return proxyGit(exchange, repository, url.searchParams, options.git);
    }
    const exchange = { request, response, attempt, door, share };
    if (path === paths.job || path === paths.steering) return talk(exchange, path, url.searchParams);
    return through('bulk', () => talk(exchange, path, url.searchParams));
  }

  return {
    async handler(request, response) {
      const target = request.url ?? '/';
      const url = new URL(target, 'http://broker');
      const path = url.pathname.slice(prefix.length);
      try {
        if (!target.startsWith('/')) return await refuseForward(request);
        if (!url.pathname.startsWith(`${prefix}/`)) throw new Refusal(404, 'not_found', 'There is nothing here.');
        const token = tokenOf(request.headers);
        const attempt = await admit(token);
        const share = shareOf(attempt.id);
        await watched(attempt, async () => {
          const leave = await share.requests.enter(waitMs.requests);
          await route({ request, response, url }, attempt, share, () => admit(token)).finally(leave);
        });
      } catch (error) {
        fail(request, response, path, error, log);
      }
    },

    async connect(request, socket, head) {
      // An error is followed by `close`, which is what everything here looks at.
      socket.on('error', () => socket.destroy());
      try {
        const token = proxyTokenOf(request.headers);
        if (token === null) throw new Refusal(407, 'closed', 'The proxy needs the token of an attempt.');
        const attempt = await admit(token);
        await watched(attempt, () => egress.open(request, socket, head, attempt, shareOf(attempt.id)));
      } catch (error) {
        failTunnel(socket, error, log);
      }
    },

    async close() {
      ending.abort();
      await Promise.allSettled(calls);
    },
  };

  /** Requests that a client sends to a proxy for an `http:` address. */
  async function refuseForward(request: IncomingMessage): Promise<never> {
    const attempt = await admit(proxyTokenOf(request.headers));
    const host = URL.parse(request.url ?? '')?.host ?? 'somewhere';
    return watched(attempt, async () => {
      throw new Refusal(405, 'forbidden', `Plain http to ${host} is not carried; only https is, by CONNECT.`);
    });
  }
}

/** Characters that are shown of a refusal: names in it are the worker's. */
const mostWords = 1_000;

/** Forbidden, a method that is not carried, and too much at once. */
const shownStatuses = new Set([403, 405, 429]);

const under = (path: string, root: string): string | null =>
  path.startsWith(`${root}/`) ? path.slice(root.length) : null;

import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Logger } from 'pino';
import type { GitHubHost } from '../adapters/github/index.ts';
import { describe, Failure } from '../core/errors.ts';
import type { Core } from '../core/index.ts';
import type { NodeHandler } from './http.ts';

/** Takes GitHub's webhooks: a good signature makes the program look; nothing in the body is believed beyond that. */
export const githubWebhooks =
  (github: GitHubHost, core: Core, secret: string, log: Logger): NodeHandler =>
  async (request, response) => {
    const answer = (status: number, text = '') =>
      void response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
    try {
      const hint = await github.receiveWebhook({ headers: headersOf(request), rawBody: await buffer(request), secret });
      if (hint) await core.hint(hint);
      answer(204);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.warn({ error: describe(error) }, 'webhook refused');
      answer(error.code === 'bad_signature' ? 401 : 400, describe(error));
    }
  };

const headersOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );

import { createServer } from 'node:http';
import { Api, Bot, type PollingOptions, webhookCallback } from 'grammy';
import { onTestFinished } from 'vitest';
import { createTelegramSim, type TelegramSim, type TelegramSimOptions } from './index.ts';
import { listen } from './listen.ts';

/** A miniature that ends with the test. */
export async function startSim(options: TelegramSimOptions = {}): Promise<TelegramSim> {
  const sim = await createTelegramSim(options);
  onTestFinished(() => sim.close());
  return sim;
}

/** The Bot API through grammY, without a bot that polls; it waits 5 s for an answer. */
export function apiOf(sim: TelegramSim, o: { token?: string; timeoutSeconds?: number } = {}): Api {
  return new Api(o.token ?? sim.token, { apiRoot: sim.apiRoot, timeoutSeconds: o.timeoutSeconds ?? 5 });
}

/** A bot that is not yet started. */
export function botOf(sim: TelegramSim): Bot {
  return new Bot(sim.token, { client: { apiRoot: sim.apiRoot, timeoutSeconds: 5 } });
}

/** Starts to poll; the bot stops before the miniature does. */
export async function poll(bot: Bot, options: PollingOptions = {}): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done = bot.start({ timeout: 2, onStart: () => resolve(), ...options });
    done.catch(reject);
    onTestFinished(async () => {
      await bot.stop();
      await done.catch(() => undefined);
    });
  });
}

/** Puts the bot behind an HTTP server and returns its address. */
export async function serveWebhook(bot: Bot, secretToken: string): Promise<string> {
  const handle = webhookCallback(bot, 'http', { secretToken });
  const server = createServer((request, response) => {
    // grammY leaves failures of handlers to the server.
    handle(request, response).catch(() => response.writeHead(500).end());
  });
  const port = await listen(server, 0);
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${port}/`;
}

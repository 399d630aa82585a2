import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { type BrokerOptions, createBroker } from '../adapters/broker/index.ts';
import { connectDoor } from '../adapters/remote-door/index.ts';
import { describe } from '../core/errors.ts';
import type { BrokerConfig } from './broker-config.ts';
import { createBrokerServer } from './broker-server.ts';
import type { HttpServer, PartState } from './http.ts';
import { heardMs } from './listening.ts';

/** How long charges that the program has not taken are waited for at the end, after the streams. */
const drainMs = 5_000;
/** The cluster renews the file's token well before its end. */
const tokenMs = 60_000;

/** The broker as a program of its own: workers on one side, the program's door on the other. */
export async function startBroker(
  config: BrokerConfig,
  identify: NonNullable<BrokerOptions['identify']>,
  log: Logger,
): Promise<HttpServer> {
  const token = rereadEvery(config.doorTokenFile, tokenMs);
  const door = connectDoor({ url: config.doorUrl, token, log: log.child({ part: 'door' }) });
  const broker = createBroker({
    ...{ door, identify, anthropic: config.anthropic, git: door.gitAccess, egressHosts: config.egressHosts },
    log: log.child({ part: 'broker' }),
  });
  const doorState = async (): Promise<PartState> => {
    try {
      await door.reach();
      return { ok: true };
    } catch (error) {
      return { ok: false, detail: describe(error) };
    }
  };
  const server = await createBrokerServer({
    ...{ broker, listen: config.listen, log: log.child({ part: 'http' }) },
    parts: async () => ({ door: await doorState() }),
  });
  // So that the program knows that its workers can be heard, also when none of them says anything.
  const here = setInterval(() => void door.reach().catch(() => undefined), heardMs);
  return {
    port: server.port,
    async stop() {
      clearInterval(here);
      await server.stop();
      await broker.close();
      await door.close(drainMs);
    },
  };
}

/** The content of a file that somebody else renews. */
function rereadEvery(file: string, ms: number): () => Promise<string> {
  let known: { at: number; text: string } | undefined;
  return async () => {
    if (known && Date.now() - known.at < ms) return known.text;
    known = { at: Date.now(), text: (await readFile(file, 'utf8')).trim() };
    return known.text;
  };
}

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { type Broker, createBroker } from '../adapters/broker/index.ts';
import { createLocalSandbox } from '../adapters/local/index.ts';
import type { Door, GitAccess } from '../core/door.ts';
import type { Sandbox } from '../core/ports.ts';
import type { Config } from './config.ts';
import type { Mount, NodeHandler, PartState } from './http.ts';

/** Where workers run, and the door through which they come back. */
export interface Workers {
  readonly sandbox: Sandbox;
  /** What of the door is on the program's own server. */
  mounts(door: Door): Mount[];
  /** Opens what of the door has servers of its own. */
  open(door: Door): Promise<void>;
  /** Of `/readyz`. */
  parts(): Record<string, PartState>;
  close(): Promise<void>;
}

const prefix = '/broker';

/** Workers as processes of this machine, whose broker is on the program's own server. */
export function localWorkers(config: Config, git: GitAccess, log: Logger): Workers {
  let broker: Broker | undefined;
  return {
    sandbox: createLocalSandbox({
      dir: join(config.dataDir, 'sandboxes'),
      workerEntry: fileURLToPath(new URL('../k8s/worker/main.ts', import.meta.url)),
      brokerUrl: `http://127.0.0.1:${config.port}${prefix}`,
      log: log.child({ part: 'sandbox' }),
    }),
    mounts(door) {
      broker = createBroker({
        ...{ door, anthropic: workersModel(config), git, prefix, log: log.child({ part: 'broker' }) },
      });
      return [
        {
          path: `${prefix}/`,
          handler: fromThisMachine(broker.handler),
          interruptible: (request) => request.url?.includes('/v1/steering') ?? false,
        },
      ];
    },
    open: async () => undefined,
    parts: () => ({}),
    close: async () => broker?.close(),
  };
}

/** Workers use the Claude subscription when there is one; the assistant always uses the key. */
export const workersModel = ({ anthropic: { baseUrl, apiKey, workerOauthToken } }: Config) =>
  workerOauthToken ? { baseUrl, oauthToken: workerOauthToken } : { baseUrl, apiKey };

/** Local workers are on this machine, so nobody else has business at their door. */
const fromThisMachine =
  (handler: NodeHandler): NodeHandler =>
  (request, response) => {
    const from = request.socket.remoteAddress ?? '';
    if (/^(::ffff:)?127\.|^::1$/.test(from)) return handler(request, response);
    response.writeHead(404).end();
  };

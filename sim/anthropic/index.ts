import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Faults } from './faults.ts';
import { handle } from './handler.ts';
import { PromptCache } from './prompt-cache.ts';
import { Recorder } from './recorder.ts';
import type { Brain, RecordedRequest } from './types.ts';

export type * from './types.ts';

export interface AnthropicSimOptions {
  /** Default: any free port. */
  port?: number;
  /** The address it listens on; 127.0.0.1 by default. */
  host?: string;
  apiKey?: string;
  brain: Brain;
  /** The prompt cache's clock, epoch milliseconds. */
  now?: () => number;
}

export interface AnthropicSim {
  /** Base URL, as `ANTHROPIC_BASE_URL` wants it. */
  readonly url: string;
  readonly apiKey: string;
  /** May be replaced while the simulator runs. */
  brain: Brain;
  readonly faults: Faults;
  /** The last 500 requests, oldest first. */
  readonly requests: readonly RecordedRequest[];
  on(event: 'request' | 'reply', listener: (request: RecordedRequest) => void): void;
  /** The first request, past or coming, that the probe accepts. Rejects after `timeoutMs` (30 s). */
  waitFor(probe: (request: RecordedRequest) => boolean, timeoutMs?: number): Promise<RecordedRequest>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Anthropic's Messages API in miniature. */
export async function createAnthropicSim(options: AnthropicSimOptions): Promise<AnthropicSim> {
  const host = options.host ?? '127.0.0.1';
  const recorder = new Recorder();
  const context = {
    apiKey: options.apiKey ?? 'sk-ant-sim',
    brain: options.brain,
    faults: new Faults(),
    cache: new PromptCache(options.now),
    recorder,
  };
  const server = createServer((request, response) => void handle(request, response, context));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    apiKey: context.apiKey,
    faults: context.faults,
    requests: recorder.requests,
    get brain() {
      return context.brain;
    },
    set brain(brain) {
      context.brain = brain;
    },
    on: (event, listener) => void recorder.on(event, listener),
    waitFor: (probe, timeoutMs) => recorder.waitFor(probe, timeoutMs),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

import { type EventBatch, type Result, type Steering, steering } from '../../core/protocol.ts';
import { paths } from '../../core/protocol-paths.ts';
import type { Call } from './call.ts';

export interface BrokerClient {
  events(batch: EventBatch): Promise<Steering>;
  /** Waits for something to say, up to half a minute. */
  steering(signal: AbortSignal): Promise<Steering>;
  loadSession(): Promise<unknown[]>;
  appendSession(entries: readonly unknown[]): Promise<void>;
  result(result: Result): Promise<void>;
  /** The bytes of a file that people sent. Throws `Rejected` when it is not to be had. */
  file(id: number): Promise<Uint8Array>;
  /** Gives a file to people. Throws `Rejected` with the reason when it is not taken. */
  handOver(name: string, bytes: Uint8Array): Promise<void>;
}

const steeringWaitSeconds = 30;

/** What the worker and the broker say to each other once there is a job. Throws what {@link Call} does. */
export function createBrokerClient(call: Call): BrokerClient {
  const text = async (...request: Parameters<Call>): Promise<string> => (await call(...request)).toString('utf8');

  return {
    events: async (batch) => steering.parse(JSON.parse(await text(paths.events, { body: batch }))),
    steering: async (signal) =>
      steering.parse(JSON.parse(await text(`${paths.steering}?wait=${steeringWaitSeconds}`, { signal }))),
    loadSession: async () =>
      (await text(paths.session))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown),
    appendSession: async (entries) => void (await call(paths.session, { body: entries })),
    result: async (result) => void (await call(paths.result, { body: result })),
    file: (id) => call(`${paths.files}/${id}`),
    handOver: async (name, bytes) =>
      void (await call(`${paths.files}?name=${encodeURIComponent(name.toWellFormed())}`, { body: bytes })),
  };
}

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
}

const steeringWaitSeconds = 30;

/** What the worker and the broker say to each other once there is a job. Throws what {@link Call} does. */
export function createBrokerClient(call: Call): BrokerClient {
  return {
    events: async (batch) => steering.parse(JSON.parse(await call(paths.events, { body: batch }))),
    steering: async (signal) =>
      steering.parse(JSON.parse(await call(`${paths.steering}?wait=${steeringWaitSeconds}`, { signal }))),
    loadSession: async () =>
      (await call(paths.session))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown),
    appendSession: async (entries) => void (await call(paths.session, { body: entries })),
    result: async (result) => void (await call(paths.result, { body: result })),
  };
}

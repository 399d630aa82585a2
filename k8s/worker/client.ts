import { setTimeout as sleep } from 'node:timers/promises';
import { type EventBatch, type Job, job, paths, type Result, type Steering, steering } from '../../core/protocol.ts';

/** The broker knows this attempt no more: it was revoked, and whatever it does now counts for nothing. */
export class AttemptClosed extends Error {
  override readonly name = 'AttemptClosed';
}

/** The broker could not be reached for longer than {@link patienceMs}. */
export class BrokerAway extends Error {
  override readonly name = 'BrokerAway';
}

export interface BrokerClient {
  job(): Promise<Job>;
  events(batch: EventBatch): Promise<Steering>;
  /** Waits for something to say, up to half a minute. */
  steering(signal: AbortSignal): Promise<Steering>;
  loadSession(): Promise<unknown[]>;
  appendSession(entries: readonly unknown[]): Promise<void>;
  result(result: Result): Promise<void>;
}

const patienceMs = 10 * 60_000;
const callTimeoutMs = 60_000;
const steeringWaitSeconds = 30;

/** Talks to the broker; every call is repeated until it is answered. Throws AttemptClosed and BrokerAway. */
export function createBrokerClient(broker: string, token: string): BrokerClient {
  // What a model prints (`env`, a binary file) must bring neither the token nor characters that no database takes.
  const clean = (_key: string, value: unknown) =>
    typeof value === 'string' ? value.replaceAll(token, '[token]').replaceAll('\0', '\uFFFD').toWellFormed() : value;

  async function call(path: string, init: { body?: unknown; signal?: AbortSignal } = {}): Promise<string> {
    const until = Date.now() + patienceMs;
    for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
      init.signal?.throwIfAborted();
      const problem = await attempt(path, init);
      if (typeof problem === 'string') return problem;
      if (Date.now() + wait > until) throw new BrokerAway(`The broker did not answer: ${problem.message}`);
      await sleep(wait * (0.5 + Math.random()), undefined, init.signal ? { signal: init.signal } : {});
    }
  }

  /** The answer's text, or what went wrong when it is worth another try. */
  async function attempt(path: string, init: { body?: unknown; signal?: AbortSignal }): Promise<string | Error> {
    const late = AbortSignal.timeout(callTimeoutMs);
    try {
      const response = await fetch(`${broker}${path}`, {
        method: init.body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: init.body === undefined ? null : JSON.stringify(init.body, clean),
        signal: init.signal ? AbortSignal.any([init.signal, late]) : late,
      });
      const text = await response.text();
      if (response.ok) return text;
      if (response.status === 401) throw new AttemptClosed('The broker has closed this attempt.');
      const refused = new Error(`${path} answered ${response.status}: ${text.slice(0, 500)}`);
      if (response.status < 500 && response.status !== 408 && response.status !== 429)
        throw new Rejected(refused.message);
      return refused;
    } catch (error) {
      if (error instanceof AttemptClosed || error instanceof Rejected || init.signal?.aborted) throw error;
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  return {
    job: async () => job.parse(JSON.parse(await call(paths.job))),
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

/** The broker understood and refused: a fault of this program, which no repetition mends. */
export class Rejected extends Error {
  override readonly name = 'Rejected';
}

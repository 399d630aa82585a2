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
  /** The bytes of a file that people sent. Throws {@link Rejected} when it is not to be had. */
  file(id: number): Promise<Uint8Array>;
  /** Gives a file to people. Throws {@link Rejected} with the reason when it is not taken. */
  handOver(name: string, bytes: Uint8Array): Promise<void>;
}

interface Call {
  /** Sent as JSON, or as it is when it is bytes. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const patienceMs = 10 * 60_000;
const callTimeoutMs = 60_000;
const steeringWaitSeconds = 30;

/** Talks to the broker; every call is repeated until it is answered. Throws AttemptClosed and BrokerAway. */
export function createBrokerClient(broker: string, token: string): BrokerClient {
  // What a model prints (`env`, a binary file) must bring neither the token nor characters that no database takes.
  const clean = (_key: string, value: unknown) =>
    typeof value === 'string' ? value.replaceAll(token, '[token]').replaceAll('\0', '\uFFFD').toWellFormed() : value;

  const call = async (path: string, init: Call = {}): Promise<string> => (await fetched(path, init)).toString('utf8');

  async function fetched(path: string, init: Call = {}): Promise<Buffer> {
    const until = Date.now() + patienceMs;
    for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
      init.signal?.throwIfAborted();
      const answer = await attempt(path, init);
      if (!(answer instanceof Error)) return answer;
      if (Date.now() + wait > until) throw new BrokerAway(`The broker did not answer: ${answer.message}`);
      await sleep(wait * (0.5 + Math.random()), undefined, init.signal ? { signal: init.signal } : {});
    }
  }

  /** The answer's body, or what went wrong when it is worth another try. */
  async function attempt(path: string, { body, signal }: Call): Promise<Buffer | Error> {
    const late = AbortSignal.timeout(callTimeoutMs);
    try {
      const response = await fetch(`${broker}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': contentType(body) },
        body: body === undefined ? null : isBytes(body) ? Buffer.from(body) : JSON.stringify(body, clean),
        signal: signal ? AbortSignal.any([signal, late]) : late,
      });
      const answer = Buffer.from(await response.arrayBuffer());
      if (response.ok) return answer;
      const text = answer.toString('utf8');
      if (response.status === 401) throw new AttemptClosed('The broker has closed this attempt.');
      const refused = new Error(`${path} answered ${response.status}: ${text.slice(0, 500)}`);
      if (response.status < 500 && response.status !== 408 && response.status !== 429)
        throw new Rejected(refused.message);
      return refused;
    } catch (error) {
      if (error instanceof AttemptClosed || error instanceof Rejected || signal?.aborted) throw error;
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
    file: (id) => fetched(`${paths.files}/${id}`),
    handOver: async (name, bytes) =>
      void (await call(`${paths.files}?name=${encodeURIComponent(name.toWellFormed())}`, { body: bytes })),
  };
}

const isBytes = (body: unknown): body is Uint8Array => body instanceof Uint8Array;

const contentType = (body: unknown): string => (isBytes(body) ? 'application/octet-stream' : 'application/json');

/** The broker understood and refused: a fault of this program, which no repetition mends. */
export class Rejected extends Error {
  override readonly name = 'Rejected';
}

import { setTimeout as sleep } from 'node:timers/promises';

/** The broker knows this attempt no more: it was revoked, and whatever it does now counts for nothing. */
export class AttemptClosed extends Error {
  override readonly name = 'AttemptClosed';
}

/** The broker could not be reached for longer than {@link patienceMs}. */
export class BrokerAway extends Error {
  override readonly name = 'BrokerAway';
}

/** The broker understood and refused: a fault of this program, which no repetition mends. */
export class Rejected extends Error {
  override readonly name = 'Rejected';
}

interface Init {
  /** Sent as JSON, or as it is when it is bytes. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** A request under a path of the broker, POST with a body; answers the body of the answer. */
export type Call = (path: string, init?: Init) => Promise<Buffer>;

const patienceMs = 10 * 60_000;
const callTimeoutMs = 60_000;

/** Every call is repeated until it is answered. Throws AttemptClosed, BrokerAway and Rejected. */
export function createCall(broker: string, token: string): Call {
  // What a model prints (`env`, a binary file) must bring neither the token nor characters that no database takes.
  const clean = (_key: string, value: unknown) =>
    typeof value === 'string' ? value.replaceAll(token, '[token]').replaceAll('\0', '\uFFFD').toWellFormed() : value;

  async function call(path: string, init: Init = {}): Promise<Buffer> {
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
  async function attempt(path: string, { body, signal }: Init): Promise<Buffer | Error> {
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

  return call;
}

const isBytes = (body: unknown): body is Uint8Array => body instanceof Uint8Array;

const contentType = (body: unknown): string => (isBytes(body) ? 'application/octet-stream' : 'application/json');

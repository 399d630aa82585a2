import { heartbeatSeconds, type Steering, type WorkerEvent } from '../../core/protocol.ts';
import type { BrokerClient } from './client.ts';

export interface Reporter {
  tell(event: WorkerEvent['event']): void;
  /** Sends a heartbeat now, with all that waits; how a closed attempt is noticed at once. */
  beat(): void;
  /** Resolves when everything told so far is at the broker. */
  flush(): Promise<void>;
  stop(): void;
}

export interface ReporterOptions {
  readonly client: BrokerClient;
  onSteering(steering: Steering): void;
  /** AttemptClosed or BrokerAway: nothing more can be told. Called once. */
  onLost(error: unknown): void;
}

const batchMs = 300;
const maxBatch = 500;

/** Tells the broker what happens, in order and without loss, at least once a heartbeat, and hears what people say. */
export function createReporter({ client, onSteering, onLost }: ReporterOptions): Reporter {
  const waiting: WorkerEvent[] = [];
  const stopped = new AbortController();
  let seq = 0;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;

  const lose = (error: unknown) => {
    if (stopped.signal.aborted) return;
    stopped.abort();
    clearTimeout(timer);
    onLost(error);
  };

  async function send(): Promise<void> {
    do {
      const events = waiting.slice(0, maxBatch);
      const answer = await client.events({ events });
      waiting.splice(0, events.length);
      onSteering(answer);
    } while (waiting.length > 0);
  }

  const beat = (): Promise<void> => {
    clearTimeout(timer);
    sending ??= send().finally(() => {
      sending = undefined;
      schedule(waiting.length > 0 ? batchMs : heartbeatSeconds * 1000);
    });
    return sending;
  };

  const schedule = (ms: number) => {
    if (stopped.signal.aborted) return;
    clearTimeout(timer);
    timer = setTimeout(() => beat().catch(lose), ms);
  };

  async function listen(): Promise<void> {
    while (!stopped.signal.aborted) {
      const before = Date.now();
      onSteering(await client.steering(stopped.signal));
      // What was heard stays in the answer until it is acknowledged: no reason to ask again at once.
      if (Date.now() - before < 1_000) await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }

  schedule(0);
  listen().catch(lose);

  return {
    tell(event) {
      seq += 1;
      waiting.push({ seq, at: Date.now(), event });
      if (!sending && waiting.length === 1) schedule(batchMs);
    },
    beat: () => void beat().catch(lose),
    async flush() {
      while (waiting.length > 0) await beat();
    },
    stop() {
      stopped.abort();
      clearTimeout(timer);
    },
  };
}

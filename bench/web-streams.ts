import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from './statistics.ts';

export interface Streams {
  /**
   * Makes changes one after the other, `everyMs` apart at least: for each change and stream, the milliseconds from the
   * moment that `change` answers, just before it asks for the commit, until the stream tells its topic.
   */
  measure(changes: number, everyMs: number, change: (n: number) => Promise<Change>): Promise<number[]>;
}

export interface Change {
  readonly topic: string;
  readonly commit: () => Promise<unknown>;
}

const patienceMs = 10_000;

/** Opens event streams on a connection each, as so many browsers do. */
export async function openStreams(
  scope: AsyncDisposableStack,
  address: string,
  headers: Readonly<Record<string, string>>,
  count: number,
): Promise<Streams> {
  let hear: (topic: string, at: number) => void = () => undefined;
  const agent = new Agent({ keepAlive: false });
  const open = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const request = get(address, { agent, headers: { accept: 'text/event-stream', ...headers } }, resolve);
      request.on('error', reject);
      scope.defer(() => void request.destroy());
    });
  for (let n = 0; n < count; n += 1) {
    const stream = await open();
    if (stream.statusCode !== 200) throw new Error(`a stream was refused: ${stream.statusCode}`);
    listen(stream, (topic, at) => hear(topic, at));
  }
  return {
    async measure(changes, everyMs, change) {
      const samples: number[] = [];
      for (let n = 0; n < changes; n += 1) {
        const { topic, commit } = await change(n);
        let left = count;
        const told = Promise.withResolvers<void>();
        const from = now();
        hear = (heard, at) => {
          if (heard !== topic) return;
          samples.push(at - from);
          left -= 1;
          if (left === 0) told.resolve();
        };
        const late = AbortSignal.timeout(patienceMs);
        late.addEventListener('abort', () => told.reject(new Error(`${left} streams did not hear of ${topic}`)));
        await Promise.all([commit(), told.promise]);
        await sleep(Math.max(0, everyMs - (now() - from)));
      }
      return samples;
    },
  };
}

/** Hears each topic of a stream of server-sent events, with the moment at which it arrived. */
function listen(stream: IncomingMessage, hear: (topic: string, at: number) => void): void {
  let text = '';
  // Its end is the scope's.
  stream.on('error', () => undefined);
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const at = now();
    const events = (text + chunk).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      if (!event.includes('event: changed\n')) continue;
      for (const topic of JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? '[]')) hear(topic, at);
    }
  });
}

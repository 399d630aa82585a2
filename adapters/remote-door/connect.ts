import type { Logger } from 'pino';
import type { Door, GitAccess, OpenAttempt } from '../../core/door.ts';
import { Failure } from '../../core/errors.ts';
import { away, type CallerOptions, createCaller } from './caller.ts';
import { createCharges } from './charges.ts';
import { type Answer, type Ask, handedOver, type MethodName, methods } from './wire.ts';

export interface RemoteDoor extends Door {
  readonly gitAccess: GitAccess;
  /** Resolves when the program answers. */
  reach(): Promise<void>;
  /** Waits for charges that are still to be told, at most `ms`, and closes the connections. */
  close(ms: number): Promise<void>;
}

/** The broker's half of the remote door: a {@link Door} and git access that ask the program over HTTP. */
export function connectDoor({ log, ...options }: CallerOptions & { readonly log: Logger }): RemoteDoor {
  const { call, close } = createCaller(options);

  async function ask<M extends MethodName>(
    name: M,
    asked: Ask<M>,
    more: { signal?: AbortSignal; extraMs?: number } = {},
  ): Promise<Answer<M>> {
    const { body } = await call(name, { body: JSON.stringify(asked), ...more });
    const answered = methods[name].answer.safeParse(await body.json().catch((cause) => Promise.reject(away(cause))));
    if (answered.success) return answered.data as Answer<M>;
    throw new Failure(`The door answers ${name} in another form than this broker knows.`, {
      ...{ code: 'unavailable', remedy: 'retry', cause: answered.error },
      advice: 'Run the program and the broker in the same release.',
    });
  }

  const charges = createCharges(async (attempt, spend) => void (await ask('spend', { attempt, spend })), log);
  const of = ({ id }: Pick<OpenAttempt, 'id'>) => ({ attempt: id });

  return {
    async admit(proof) {
      if ('token' in proof) throw new Error('a remote door does not know random tokens');
      await charges.settled(proof.attempt);
      return ask('admit', proof);
    },
    job: (attempt) => ask('job', of(attempt)),
    events: (attempt, batch) => ask('events', { ...of(attempt), batch }),
    steering: (attempt, waitMs, signal) => ask('steering', { ...of(attempt), waitMs }, { signal, extraMs: waitMs }),
    async *loadSession(attempt) {
      const { body } = await call('loadSession', { body: JSON.stringify(of(attempt)) });
      for await (const line of linesOf(body)) yield JSON.parse(line) as unknown;
    },
    appendSession: async (attempt, entries) =>
      void (await ask('appendSession', { ...of(attempt), entries: entries as Ask<'appendSession'>['entries'] })),
    async file(attempt, id) {
      const { status, body } = await call('file', { body: JSON.stringify({ ...of(attempt), id }) });
      const bytes = await body.bytes();
      return status === 204 ? null : bytes;
    },
    async handOver(attempt, name, bytes) {
      const init = { body: Buffer.from(bytes), type: 'application/octet-stream', query: { ...of(attempt), name } };
      const { body } = await call('handOver', init);
      return handedOver.parse(await body.json()).became;
    },
    result: async (attempt, result) => void (await ask('result', { ...of(attempt), result })),
    spend: (attempt, spend) => charges.tell(attempt.id, spend),
    modelAnswered: async (attempt, status, retryAfterMs) =>
      void (await ask('modelAnswered', { ...of(attempt), status, retryAfterMs })),
    refused: async (attempt, what) => void (await ask('refused', { ...of(attempt), what: what.slice(0, 1_000) })),
    mayPush: (attempt, sha) => ask('mayPush', { ...of(attempt), sha }),
    gitAccess: (attempt) => ask('gitAccess', of(attempt)),
    // Of an attempt that there never is: the door's own question, and the least work.
    reach: async () => void (await ask('admit', { attempt: '0.0.0' })),
    async close(ms) {
      await charges.drain(ms);
      await close();
    },
  };
}

/** Lines that end in a newline each. Throws Failure when the stream breaks before its end. */
async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  try {
    for await (const chunk of stream) {
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        yield Buffer.concat([...rest, chunk.subarray(from, end)]).toString('utf8');
        rest = [];
        from = end + 1;
      }
      rest.push(chunk.subarray(from));
    }
  } catch (cause) {
    throw away(cause);
  }
}

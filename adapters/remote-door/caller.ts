import { Agent, type Dispatcher } from 'undici';
import { Failure } from '../../core/errors.ts';
import { failure, root } from './wire.ts';

export interface CallerOptions {
  /** The program's door, e.g. `http://orchestrator:8081`. */
  readonly url: string;
  /** Our own token, asked for at every call. */
  readonly token: () => Promise<string>;
}

export interface CallInit {
  readonly body: Buffer | string;
  readonly type?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** How long the answer's head may take beyond {@link answerMs}. */
  readonly extraMs?: number;
}

/** Asks the door; the answer's body still flows. Throws Failure, `unavailable` when the program is not there. */
export type Caller = (
  name: string,
  init: CallInit,
) => Promise<{ readonly status: number; readonly body: Dispatcher.ResponseData['body'] }>;

const answerMs = 30_000;
const connectMs = 5_000;

/** Calls over connections that are kept. */
export function createCaller({ url, token }: CallerOptions): { call: Caller; close(): Promise<void> } {
  // Shorter than what a Node server keeps an idle connection (5 s): else a call could meet one that is being closed.
  const agent = new Agent({ connections: 256, keepAliveTimeout: 4_000, connect: { timeout: connectMs } });

  const once: Caller = async (name, { body, type = 'application/json', query, signal, extraMs = 0 }) => {
    const { statusCode, body: answer } = await agent.request({
      origin: new URL(url).origin,
      path: `${root}/${name}`,
      ...(query && { query }),
      method: 'POST',
      headers: { authorization: `Bearer ${await token()}`, 'content-type': type },
      body,
      headersTimeout: answerMs + extraMs,
      bodyTimeout: answerMs,
      ...(signal && { signal }),
    });
    if (statusCode >= 200 && statusCode < 300) return { status: statusCode, body: answer };
    throw failureOf(statusCode, await answer.text());
  };

  return {
    async call(name, init) {
      try {
        return await once(name, init);
      } catch (error) {
        if (error instanceof Failure || init.signal?.aborted) throw error;
        // A connection that broke: every method may be called twice, and the second meets a new connection.
        return once(name, init).catch((cause) => {
          throw cause instanceof Failure ? cause : away(cause);
        });
      }
    },
    close: () => agent.destroy(),
  };
}

export const away = (cause: unknown): Failure =>
  new Failure('Mainloop is not to be reached just now.', { code: 'unavailable', remedy: 'retry', cause });

function failureOf(status: number, text: string): Failure {
  const parsed = failure.safeParse(errorIn(text));
  if (!parsed.success) return away(new Error(`HTTP ${status}`));
  const { message, code, remedy, advice, retryAfterMs } = parsed.data;
  // That it does not know us is nothing that a worker can mend, or may take for its own end.
  if (code === 'forbidden' && status === 403) return away(new Error(message));
  return new Failure(message, {
    ...{ code, remedy },
    ...(advice !== undefined && { advice }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function errorIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { error?: unknown }).error;
  } catch {
    return undefined;
  }
}

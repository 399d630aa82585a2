import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Message, readMessages, writeMessage } from './json-rpc.ts';
import type { FoundServer } from './language-servers.ts';
import { killGroup } from './process.ts';

export interface Start {
  readonly server: FoundServer;
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface Limits {
  /** How long a server may take to start, in milliseconds. */
  readonly startMs: number;
  /** Quiet after which what a server has published is taken as all that it has to say. */
  readonly settleMs: number;
  /** The same while it has not spoken of every file: some never do. */
  readonly silenceMs: number;
}

/** What LSP says of a place in a file; severity 1 is an error. */
export const diagnostic = z.object({
  range: z.object({ start: z.object({ line: z.number(), character: z.number() }) }),
  severity: z.number().optional(),
  code: z.union([z.string(), z.number()]).optional(),
  message: z.string(),
});
export type Diagnostic = z.infer<typeof diagnostic>;

const published = z.object({ uri: z.string(), diagnostics: z.array(diagnostic) });

export type Connection = ReturnType<typeof connect>;

const lastWordsMs = 100;

/**
 * Starts a server and speaks with it. Whatever it does wrong (it ends, breaks the protocol) fails all that is asked from then
 * on, and so does `signal`. `end` ends it with all its processes.
 */
export function connect({ server, directory, env, signal }: Start) {
  signal.throwIfAborted();
  const child = spawn(server.path, server.args, { cwd: directory, env: { ...env }, stdio: 'pipe', detached: true });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  const said = new Map<string, readonly Diagnostic[]>();
  let lastSaid = 0;
  let lost: Error | undefined;
  let stderr = '';
  let id = 0;

  const lose = (error: Error): void => {
    lost ??= error;
    for (const { reject } of waiting.values()) reject(lost);
    waiting.clear();
  };
  const onAbort = () => lose(new Error('there was no time left'));
  signal.addEventListener('abort', onAbort, { once: true });
  child.once('error', lose);
  child.once('exit', (code, by) => {
    // Its last words may still be on their way.
    setTimeout(() => lose(new Error(`it ended with ${code ?? by}: ${stderr.trim()}`)), lastWordsMs);
  });
  // It has gone, or will not listen: its end or the time limit says so better.
  child.stdin.on('error', () => undefined);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-500);
  });

  async function listen(): Promise<void> {
    for await (const message of readMessages(child.stdout)) hear(message);
  }
  listen().catch(lose);

  function hear({ id, method, params, result, error }: Message): void {
    if (method === undefined) {
      const asked = waiting.get(Number(id));
      waiting.delete(Number(id));
      if (error) asked?.reject(new Error(error.message));
      else asked?.resolve(result);
    } else if (id !== undefined) {
      writeMessage(child.stdin, { id, result: method === 'workspace/configuration' ? settings(params) : null });
    } else if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = published.parse(params);
      said.set(decodeURIComponent(uri), diagnostics);
      lastSaid = Date.now();
    }
  }

  function settings(params: unknown): unknown[] {
    const { items } = z.object({ items: z.array(z.object({ section: z.string().optional() })) }).parse(params);
    return items.map(({ section }) => server.settings?.[section ?? ''] ?? {});
  }

  return {
    notify: (method: string, params: unknown): void => writeMessage(child.stdin, { method, params }),
    async request(method: string, params: unknown, withinMs?: number): Promise<unknown> {
      if (lost) throw lost;
      id += 1;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(id, { resolve, reject });
      writeMessage(child.stdin, { id, method, params });
      if (withinMs === undefined) return promise;
      const late = setTimeout(() => reject(new Error(`it did not start within ${withinMs / 1_000} s`)), withinMs);
      return promise.finally(() => clearTimeout(late));
    },
    /** What it has published when it seems to be ready with these; waits for its first word as long as it takes. */
    async settled(
      uris: readonly string[],
      { settleMs, silenceMs }: Limits,
    ): Promise<(readonly [uri: string, readonly Diagnostic[]])[]> {
      for (;;) {
        if (lost) throw lost;
        const spoken = uris.flatMap((uri) => {
          const diagnostics = said.get(decodeURIComponent(uri));
          return diagnostics ? [[uri, diagnostics] as const] : [];
        });
        const enough = spoken.length === uris.length ? settleMs : silenceMs;
        if (spoken.length > 0 && Date.now() - lastSaid > enough) return spoken;
        await sleep(50);
      }
    },
    end(): void {
      signal.removeEventListener('abort', onAbort);
      child.removeAllListeners('exit');
      killGroup(child.pid);
    },
  };
}

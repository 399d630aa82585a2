import type { Readable, Writable } from 'node:stream';

/** A message of JSON-RPC 2.0: a request has `method` and `id`, a notification `method` alone, an answer `id` alone. */
export interface Message {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** More than any answer that is meant seriously. */
const maxBytes = 64 * 1024 * 1024;

/** Writes a message as language servers want it (LSP 3.17, base protocol). Does nothing when the reader is gone. */
export function writeMessage(to: Writable, message: Message): void {
  if (!to.writable) return;
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
  to.write(`Content-Length: ${body.length}\r\n\r\n`);
  to.write(body);
}

/** Yields the messages of a stream until it ends. Throws on what is none: nothing after it can be told apart. */
export async function* readMessages(from: Readable): AsyncGenerator<Message> {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = 0;
  for await (const chunk of from as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    held += chunk.length;
    // Pieces of a long message are put together once.
    if (held < wanted) continue;
    let rest = Buffer.concat(chunks);
    for (wanted = 0; ; ) {
      const head = rest.indexOf('\r\n\r\n');
      if (head < 0) break;
      const length = lengthIn(rest.toString('ascii', 0, head));
      const end = head + 4 + length;
      if (rest.length < end) {
        wanted = end;
        break;
      }
      yield JSON.parse(rest.toString('utf8', head + 4, end)) as Message;
      rest = rest.subarray(end);
    }
    if (wanted === 0 && rest.length > 8_192) throw new Error('not the language server protocol');
    chunks = [rest];
    held = rest.length;
  }
}

function lengthIn(head: string): number {
  const length = Number(/^content-length: *(\d+) *$/im.exec(head)?.[1]);
  if (!(length <= maxBytes)) throw new Error(`not the language server protocol: ${head.slice(0, 200)}`);
  return length;
}

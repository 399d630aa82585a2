import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Refusal } from './http.ts';
import { readUntilFlush } from './pkt-line.ts';
import { type Push, parsePush } from './receive-pack.ts';

/** More than a thousand refs' commands; nothing else of a push is ever held in memory. */
const maxCommands = 256 * 1024;
/** How much of a refused push is read to its end before the answer, bytes. */
const maxDrain = 512 * 1024 * 1024;

/** The request's body, unpacked where git has packed it. */
export function bodyOf(request: IncomingMessage): Readable {
  if (request.headers['content-encoding'] !== 'gzip') return request;
  const plain = createGunzip();
  request.on('error', (cause) => plain.destroy(cause)).pipe(plain);
  return plain;
}

/** The commands at the head of a push, a stream of the whole body, head included, and one of what follows the head. */
export async function readCommands(stream: Readable): Promise<{ push: Push; body(): Readable; pack(): Readable }> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head = Buffer.alloc(0);
  for (;;) {
    const found = tryParse(head);
    if (found) {
      const from = (at: number) => Readable.from(joined(head.subarray(at), chunks), { objectMode: false });
      return { push: found.push, body: () => from(0), pack: () => from(found.end) };
    }
    if (head.length > maxCommands) throw new Refusal(413, 'too_large', 'The push names too many refs.');
    const next = await chunks.next();
    if (next.done) throw new Refusal(400, 'invalid_body', 'The push ended before its commands did.');
    head = Buffer.concat([head, next.value]);
  }
}

/** Reads the rest of a body that nobody wants. */
export async function drain(body: Readable): Promise<void> {
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxDrain) throw new Refusal(413, 'too_large', 'The push is too large.');
  }
}

function tryParse(head: Buffer): { push: Push; end: number } | null {
  try {
    const read = readUntilFlush(head);
    return read && { push: parsePush(read.payloads), end: read.end };
  } catch {
    throw new Refusal(400, 'invalid_body', 'This is not a push that the broker understands (signed pushes are not).');
  }
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (;;) {
    const next = await rest.next();
    if (next.done) return;
    yield next.value;
  }
}

import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Refusal } from './http.ts';
import { packetAt } from './pkt-line.ts';
import { type Push, readPush } from './receive-pack.ts';

/** Thousands of lines that say where a shallow history ends; nothing else of a push is ever held in memory. */
const maxHead = 256 * 1024;
/** Time within which a client must have sent its commands. */
const headMs = 30_000;
/** How much of a refused push is read to its end before the answer, bytes. */
const maxDrain = 512 * 1024 * 1024;

/** The request's body, unpacked where git has packed it. */
export function bodyOf(request: IncomingMessage): Readable {
  if (request.headers['content-encoding'] !== 'gzip') return request;
  const plain = createGunzip();
  request.on('error', (cause) => plain.destroy(cause)).pipe(plain);
  return plain;
}

/** What a push begins with, a stream of the whole body, and one of what follows the commands. */
interface Opened {
  readonly push: Push;
  body(): Readable;
  pack(): Readable;
}

/** Reads the commands at the head of a push. Throws Refusal 408 when they do not come in time. */
export async function readCommands(stream: Readable): Promise<Opened> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Refusal(408, 'too_slow', 'The push took too long.')), headMs);
  return Promise.race([readHead(stream), late.promise]).finally(() => clearTimeout(timer));
}

/** Copies each byte once and looks at each packet once, in however small pieces they come. */
async function readHead(stream: Readable): Promise<Opened> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const lines = readPush();
  const head = Buffer.allocUnsafe(maxHead);
  let filled = 0;
  let read = 0;
  while (filled < maxHead) {
    const next = await chunks.next();
    if (next.done) throw new Refusal(400, 'invalid_body', 'The push ended before its commands did.');
    const copied = next.value.copy(head, filled);
    filled += copied;
    const { end, flushed } = takeLines(head.subarray(0, filled), read, lines.take);
    read = end;
    if (!flushed) continue;
    const rest = next.value.subarray(copied);
    const from = (at: number) =>
      Readable.from(joined([head.subarray(at, filled), rest], chunks), { objectMode: false });
    return { push: lines.push, body: () => from(0), pack: () => from(end) };
  }
  throw new Refusal(413, 'too_large', 'The push names too many refs.');
}

/** Reads the rest of a body that nobody wants. */
export async function drain(body: Readable): Promise<void> {
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxDrain) throw new Refusal(413, 'too_large', 'The push is too large.');
  }
}

/** Takes the packets that have come whole, from `at` up to the flush; answers where it ended, and whether with that. */
function takeLines(came: Buffer, at: number, take: (payload: Buffer) => void): { end: number; flushed: boolean } {
  try {
    let end = at;
    for (let packet = packetAt(came, end); packet; packet = packetAt(came, end)) {
      end = packet.end;
      if (packet.payload === null) return { end, flushed: true };
      take(packet.payload);
    }
    return { end, flushed: false };
  } catch {
    throw new Refusal(400, 'invalid_body', 'This is not a push that the broker understands (signed pushes are not).');
  }
}

async function* joined(begun: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* begun.filter((part) => part.length > 0);
  for (;;) {
    const next = await rest.next();
    if (next.done) return;
    yield next.value;
  }
}

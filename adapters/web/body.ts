import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/** Largest form, bytes: a message with its files; all other forms are words. */
const largestMessage = 12 * 2 ** 20;
const largestForm = 256 * 2 ** 10;
/** As much of what is too large is read, bytes. */
const mostDropped = 256 * 2 ** 20;

/** A message with its files. */
const isMessage = ({ req }: Context): boolean =>
  req.path === '/chat/say' && /^multipart\/form-data\b/i.test(req.header('content-type') ?? '');

function limit(bytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: bytes,
    async onError(context) {
      await discard(context.req.raw.body);
      return context.text(`At most ${most(bytes)} can be sent at once.`, 413, { connection: 'close' });
    },
  });
}

/** Who still sends hears no answer. So what is too much is read and dropped, as far as a person may have meant it. */
async function discard(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (!body || body.locked) return;
  let size = 0;
  for await (const { length } of body) {
    size += length;
    if (size > mostDropped) return;
  }
}

function most(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.floor(bytes / 2 ** 10)} kB` : `${Math.floor(bytes / 2 ** 20)} MB`;
}

const [message, form] = [limit(largestMessage), limit(largestForm)];

/** Refuses forms of words that are too large, in words: 413. */
export const limitForms: MiddlewareHandler = (context, next) => (isMessage(context) ? next() : form(context, next));

/** The same for messages with files. */
export const limitMessages: MiddlewareHandler = (context, next) =>
  isMessage(context) ? message(context, next) : next();

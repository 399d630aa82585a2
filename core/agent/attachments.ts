import type { ModelMessage } from '../ports.ts';
import type { StoredMessage } from '../store/conversations.ts';
import type { Store } from '../store/index.ts';
import { images as limit } from './limits.ts';
import type { Attachment, Shown } from './render.ts';

/** Messages with what became of their files. */
export async function withFiles<T extends StoredMessage>(
  { files }: Store,
  messages: readonly T[],
): Promise<(T & Pick<Shown, 'attached'>)[]> {
  const found = await files.of(messages.filter((message) => message.files.length > 0).map(({ id }) => id));
  return messages.map((message) => ({ ...message, attached: found.get(message.id) ?? [] }));
}

/** The same messages with the newest images in them; which ones depends on the messages alone. */
export async function withImages<T extends Shown>({ files }: Store, messages: readonly T[]): Promise<T[]> {
  const all = messages.flatMap(({ attached = [] }) => attached.filter(isVisible)).map(({ id }) => id);
  const seen = new Set(all.slice(hidden(all.length)));
  const load = async (file: Attachment): Promise<Attachment> => {
    const bytes = seen.has(file.id) ? await files.bytes(file.id) : null;
    return bytes ? { ...file, image: Buffer.from(bytes).toString('base64') } : file;
  };
  return Promise.all(
    messages.map(async (message) => ({ ...message, attached: await Promise.all((message.attached ?? []).map(load)) })),
  );
}

const isVisible = ({ kind, problem }: Attachment): boolean => kind === 'image' && problem === null;

/**
 * How many of the oldest of `n` images are no longer shown. It moves by whole batches, so that the prefix before the
 * newest messages, and with it the prompt cache, changes seldom.
 */
const hidden = (n: number): number =>
  n < limit.least + limit.batch ? 0 : Math.floor((n - limit.least) / limit.batch) * limit.batch;

/** A request's messages without their images: for when the service refuses one, which would end every later turn too. */
export function withoutImages(messages: readonly ModelMessage[]): ModelMessage[] {
  return messages.map(({ role, content }) => ({
    role,
    content: content.map((part) => (part.type === 'image' ? refusedImage : part)),
  }));
}

const refusedImage = { type: 'text' as const, text: '<note>An image stood here that could not be shown.</note>' };

export const hasImages = (messages: readonly ModelMessage[]): boolean =>
  messages.some(({ content }) => content.some(({ type }) => type === 'image'));

import type { MessageRef, Place } from '../../core/domain/chat.ts';
import type { OutFile } from '../../core/domain/file.ts';
import { Failure } from '../../core/errors.ts';
import { captionOf } from './render.ts';
import type { Sender } from './send.ts';
import type { Sent } from './sent.ts';

/** What Telegram shows in the chat itself; the rest is a document with a name. */
const PHOTOS = new Set(['image/png', 'image/jpeg']);

/**
 * Sends one file with its caption. An image that Telegram does not take for a photo (more than 20 times as wide as high,
 * say: https://core.telegram.org/bots/api#sendphoto) goes as a document. @throws Failure
 */
export async function uploadFile(
  { sender, sent }: { sender: Sender; sent: Sent },
  place: Place,
  { name, mimeType, bytes, caption }: OutFile,
  key: string,
): Promise<MessageRef> {
  const file = { name, bytes, caption: captionOf(caption) };
  const asDocument = () => sender.sendFile(place, file);
  const ref = PHOTOS.has(mimeType)
    ? await sender.sendFile(place, { ...file, asPhoto: true }).catch((error: unknown) => {
        if (error instanceof Failure && error.code === 'refused') return asDocument();
        throw error;
      })
    : await asDocument();
  sent.note(key, ref);
  return ref;
}

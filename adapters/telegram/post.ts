import type { Doc, MessageRef, Place } from '../../core/domain/chat.ts';
import type { Logger } from './logger.ts';
import { partsOf } from './render.ts';
import type { Sender, SendOptions } from './send.ts';
import type { Sent } from './sent.ts';

export interface Poster {
  /** Sends a Doc as one to three messages and a file; the ref names the last message, which has the buttons. @throws Failure */
  post(place: Place, doc: Doc, key: string, options?: SendOptions): Promise<MessageRef>;
}

export function createPoster({ sender, sent, log }: { sender: Sender; sent: Sent; log: Logger }): Poster {
  return {
    async post(place, doc, key, options = {}) {
      const { parts, file } = partsOf(doc);
      let ref: MessageRef | null = null;
      for (const [i, part] of parts.entries()) {
        const isLast = i === parts.length - 1;
        const partKey = isLast ? key : `${key}#${i + 1}`;
        // What went out before a part failed is not sent again.
        const before = isLast ? null : sent.find(partKey);
        ref = before ?? (await sender.send(place, part, isLast ? { ...options, wantsReply: doc.wantsReply } : options));
        sent.note(partKey, ref);
      }
      if (!ref) throw new Error('a Doc rendered to nothing');
      if (file) {
        // The message is there; failing now would send it again.
        await sender
          .sendFile(place, { name: file.name, bytes: Buffer.from(file.text || ' ') })
          .catch((error: unknown) => {
            log.warn({ error, key }, 'a file did not reach Telegram');
          });
      }
      return ref;
    },
  };
}

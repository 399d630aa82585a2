import type { Doc, MessageRef } from '../../core/domain/chat.ts';
import { describe } from '../../core/errors.ts';
import type { ReplyStream } from '../../core/ports.ts';
import type { Logger } from './logger.ts';

/** Milliseconds between two forms of a growing reply. */
const PACE_MS = 150;

/** How the reply is written; each may be repeated. */
export interface Pen {
  /** Makes the message, or answers the one that is there under the reply's key. */
  begin(doc: Doc, isWhole: boolean): Promise<MessageRef>;
  write(ref: MessageRef, doc: Doc, isWhole: boolean): Promise<void>;
}

/**
 * A reply that grows. The first words are written at once, the rest at a pace; what could not be written leaves with the next
 * words, and at the latest with the end, which throws when that fails.
 */
export function createStream(pen: Pen, resume: MessageRef | null, log: Logger): ReplyStream {
  let ref = resume;
  let text = '';
  let written = '';
  let nextAt = 0;
  let isFinished = false;
  let timer: NodeJS.Timeout | undefined;
  let busy: Promise<void> | undefined;

  function kick(): void {
    if (busy || timer || isFinished || written === text) return;
    const waitMs = nextAt - Date.now();
    if (waitMs > 0) {
      timer = setTimeout(() => {
        timer = undefined;
        kick();
      }, waitMs);
      return;
    }
    busy = write()
      .catch((error: unknown) => log.debug({ error: describe(error) }, 'a growing reply is not written'))
      .finally(() => {
        busy = undefined;
        kick();
      });
  }

  async function write(): Promise<void> {
    nextAt = Date.now() + PACE_MS;
    const doc = { text };
    if (ref) await pen.write(ref, doc, false);
    else ref = await pen.begin(doc, false);
    written = doc.text;
  }

  return {
    get ref() {
      return ref;
    },
    append(more) {
      text += more;
      kick();
    },
    async finish(doc) {
      isFinished = true;
      clearTimeout(timer);
      await busy;
      const whole = ref ?? (await pen.begin(doc, true));
      ref = whole;
      await pen.write(whole, doc, true);
      return whole;
    },
  };
}

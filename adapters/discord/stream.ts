import type { Doc, MessageRef, Place } from '../../core/domain/chat.ts';
import type { Failure } from '../../core/errors.ts';
import type { ReplyStream } from '../../core/ports.ts';
import { openFence, splitMarkdown } from '../../core/words/split.ts';
import type { Api } from './api.ts';
import { toFailure } from './errors.ts';
import { CURSOR, type Finder } from './find.ts';
import type { Poster } from './post.ts';
import { MAX_TEXT, partsOf } from './render.ts';
import type { Threads } from './threads.ts';

export interface StreamParts {
  readonly api: Api;
  readonly poster: Poster;
  readonly finder: Finder;
  readonly threads: Threads;
  /** Milliseconds between two edits. */
  readonly paceMs: number;
}

const MAX_TRIES = 6;
/** Edits of a channel that growing replies leave to what must arrive. */
const RESERVE = 2;

/**
 * A reply that grows by edits. The first words leave at once, the rest at a pace and only while the channel's budget has
 * room; `finish` leaves the whole text, in more messages when it is long.
 */
export function createStream(parts: StreamParts, place: Place, key: string, resume: MessageRef | null): ReplyStream {
  const { api, poster, finder, threads, paceMs } = parts;
  let ref = resume;
  let text = '';
  let sent = '';
  let nextAt = 0;
  let isFinished = false;
  let timer: NodeJS.Timeout | undefined;
  let busy: Promise<void> | undefined;
  let failure: Failure | undefined;
  if (resume) finder.own(resume.id, key);

  function kick(): void {
    if (busy || timer || isFinished || failure || growing(text) === sent) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        busy = step()
          .catch(onError)
          .finally(() => {
            busy = undefined;
            kick();
          });
      },
      Math.max(0, nextAt - Date.now()),
    );
  }

  async function step(): Promise<void> {
    const shown = growing(text);
    nextAt = Date.now() + paceMs;
    if (ref) {
      const taken = api.budgets.lane('edit', await threads.channelOf(ref)).tryTake(RESERVE);
      if (!taken) return;
      await poster.update(ref, { text: shown }, { taken });
    } else ref = await poster.postOne(place, { text: shown }, key);
    sent = shown;
  }

  async function onError(error: unknown): Promise<void> {
    const wrong = toFailure(error, 'once');
    nextAt = Date.now() + (wrong.retryAfterMs ?? 2_000);
    // A beginning of unknown fate can be repeated: its nonce makes it one message.
    if (wrong.remedy === 'never') failure = wrong;
  }

  async function settle(target: MessageRef, doc: Doc): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await poster.update(target, doc, { key });
      } catch (error) {
        const wrong = toFailure(error, 'repeatable');
        if (attempt === MAX_TRIES || wrong.remedy === 'never') throw wrong;
        await new Promise((resolve) => setTimeout(resolve, Math.min(30_000, wrong.retryAfterMs ?? 250 * 2 ** attempt)));
      }
    }
  }

  async function finish(doc: Doc): Promise<MessageRef> {
    isFinished = true;
    clearTimeout(timer);
    await busy;
    if (failure) throw failure;
    const since = Date.now() - 24 * 3_600_000;
    const [first = doc, ...rest] = partsOf(doc);
    if (ref) await settle(ref, first);
    else ref = await poster.postOne(place, first, key);
    for (const [i, part] of rest.entries()) {
      const partKey = `${key}+${i + 2}`;
      const left = resume ? await finder.find(place, partKey, since, 'post', part) : null;
      if (!left) await poster.postOne(place, part, partKey);
    }
    return ref;
  }

  return {
    get ref() {
      return ref;
    },
    append(more) {
      text += more;
      kick();
    },
    finish,
  };
}

/** What is shown of a text that goes on: its beginning, as far as it fits, and that it is not all. */
function growing(text: string): string {
  if (text.trim() === '') return '';
  const [head = ''] = splitMarkdown(text, MAX_TEXT);
  return openFence(head) ? `${head}\n\`\`\`${CURSOR}` : `${head.trimEnd()}${CURSOR}`;
}

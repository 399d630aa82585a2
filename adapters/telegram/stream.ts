import { createHash } from 'node:crypto';
import type { MessageEntity } from 'grammy/types';
import type { MessageRef, Place } from '../../core/domain/chat.ts';
import type { ReplyStream } from '../../core/ports.ts';
import type { Client } from './client.ts';
import type { Editor } from './edit.ts';
import { isBlank } from './flow.ts';
import type { Logger } from './logger.ts';
import { targetOf } from './place.ts';
import type { Poster } from './post.ts';
import { growing } from './render.ts';

/** Milliseconds between two forms of a draft; drafts are previews and count as no message. */
const DRAFT_EVERY_MS = 800;
/** After a refusal. */
const PAUSE_MS = 5_000;

export interface StreamParts {
  readonly client: Client;
  readonly poster: Poster;
  readonly editor: Editor;
  readonly log: Logger;
}

/**
 * A reply that grows: in private chats as a draft, a preview that its person sees for half a minute and that the message at
 * the end replaces (https://core.telegram.org/bots/api#sendmessagedraft). Groups have none and see that the bot is typing.
 * So a killed program leaves nothing behind, and the reply is sent anew.
 */
export function createStream(
  { client, poster, editor, log }: StreamParts,
  place: Place,
  key: string,
  resume: MessageRef | null,
): ReplyStream {
  const id = draftId(key);
  const target = targetOf(place);
  const topic = target && 'topic' in target ? { message_thread_id: target.topic } : {};
  let isDrafted = place.dm && !resume;
  let ref = resume;
  let text = '';
  let shown = '';
  let nextAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let busy: Promise<void> | undefined;

  function kick(): void {
    if (!isDrafted || busy || timer || shown === text) return;
    const waitMs = nextAt - Date.now();
    if (waitMs > 0) {
      timer = setTimeout(() => {
        timer = undefined;
        kick();
      }, waitMs);
      return;
    }
    busy = draft().finally(() => {
      busy = undefined;
      kick();
    });
  }

  async function draft(): Promise<void> {
    nextAt = Date.now() + DRAFT_EVERY_MS;
    shown = text;
    const flow = growing(text);
    if (isBlank(flow)) return;
    try {
      await client.inChat(place.channel, 'repeatable', (chat) =>
        client.api.sendMessageDraft(chat, id, flow.text, { entities: flow.marks as MessageEntity[], ...topic }),
      );
    } catch (error) {
      log.debug({ error }, 'Telegram does not show a draft');
      nextAt = Date.now() + PAUSE_MS;
    }
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
      isDrafted = false;
      clearTimeout(timer);
      // A draft that arrives after the message would stand below it for half a minute.
      await busy;
      ref = ref ? await editor.edit(ref, doc) : await poster.post(place, doc, key);
      return ref;
    },
  };
}

/** A number that is not 0; the same for the same reply, so that it goes on in its own preview. */
const draftId = (key: string): number => createHash('sha256').update(key).digest().readUInt32BE() % 2 ** 31 || 1;

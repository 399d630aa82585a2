import type { WebClient } from '@slack/web-api';
import type { Account, Doc, MessageRef, Place } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import type { ReplyStream } from '../../core/ports.ts';
import type { Budgets } from './budget.ts';
import type { Editor } from './edit.ts';
import { slackCode, toFailure } from './errors.ts';
import type { Finder } from './find.ts';
import type { Logger } from './logger.ts';
import { safeMarkdown, settledLength } from './markdown.ts';
import { metadataOf } from './metadata.ts';
import { refOf } from './place.ts';
import type { Poster } from './post.ts';
import { closingBlocks, MAX_TEXT, shortened } from './render.ts';

export interface StreamOptions {
  readonly client: WebClient;
  readonly poster: Poster;
  readonly editor: Editor;
  readonly finder: Finder;
  readonly budgets: Budgets;
  readonly log: Logger;
  /** Milliseconds between two appends. */
  readonly paceMs: number;
  /** Slack ends a stream after about five minutes; ours becomes an edited message before that. */
  readonly maxMs: number;
}

/** How the reply travels: `native` appends to a Slack stream, `edited` replaces the message's text. */
type Mode = 'native' | 'edited';

const MAX_TRIES = 6;

/**
 * A reply that grows. The first text leaves at once, the rest at a pace; whatever happens to the stream, `finish` leaves one
 * message with the final content, since its last resort, chat.update, can be repeated.
 */
export function createStream(
  options: StreamOptions,
  place: Place,
  to: Account,
  key: string,
  resume: MessageRef | null,
): ReplyStream {
  const { client, poster, editor, finder, budgets, log, paceMs } = options;
  let ref: MessageRef | null = resume;
  let mode: Mode = resume || place.thread === undefined ? 'edited' : 'native';
  let text = '';
  /** Characters of `text` that Slack has. */
  let sent = 0;
  let startedAt = 0;
  let nextAt = 0;
  let isFinished = false;
  let timer: NodeJS.Timeout | undefined;
  let busy: Promise<void> | undefined;
  let failure: Failure | undefined;
  if (resume) finder.streams.set(resume.id, key);

  function kick(): void {
    if (busy || timer || isFinished || failure) return;
    const waitMs = nextAt - Date.now();
    if (waitMs > 0) {
      timer = setTimeout(() => {
        timer = undefined;
        kick();
      }, waitMs);
      return;
    }
    busy = step()
      .catch(onError)
      .finally(() => {
        busy = undefined;
        if (settled() > sent) kick();
      });
  }

  /** Where the text may be cut for sending now. */
  const settled = (): number => Math.min(settledLength(text), MAX_TEXT);

  async function step(): Promise<void> {
    const until = settled();
    if (until <= sent) return;
    nextAt = Date.now() + paceMs;
    startedAt ||= Date.now();
    const chunk = safeMarkdown(text.slice(sent, until));
    if (mode === 'native' && Date.now() - startedAt > options.maxMs) await leaveStream();
    if (mode === 'native' && ref) {
      if (!budgets.appends.tryTake()) return;
      await client.chat.appendStream({ channel: place.channel, ts: ref.id, markdown_text: chunk });
    } else if (mode === 'native') {
      // A busy workspace: the text grows unseen, and leaves whole at the end unless there is room before.
      if (!budgets.begins.tryTake()) return;
      await begin(chunk);
    } else if (!ref) {
      ref = await poster.post(place, { text: text.slice(0, until) }, key);
    } else {
      if (!budgets.edits.tryTake()) return;
      await editor.update(ref, { text: text.slice(0, until) }, key);
      nextAt = Date.now() + Math.max(paceMs, 1_000);
    }
    sent = until;
  }

  async function begin(chunk: string): Promise<void> {
    const started = await client.chat.startStream({
      channel: place.channel,
      thread_ts: place.thread ?? '',
      markdown_text: chunk,
      ...(place.dm ? {} : { recipient_user_id: to.id, recipient_team_id: to.space }),
    });
    if (!started.ts) throw new Failure('Slack named no message.', { code: 'ambiguous', remedy: 'look' });
    finder.streams.set(started.ts, key);
    ref = refOf(place.space, place.channel, started.ts, place.thread);
  }

  async function onError(error: unknown): Promise<void> {
    const slack = slackCode(error);
    const wrong = toFailure(error, 'once');
    if (wrong.code === 'rate_limited') {
      nextAt = Date.now() + (wrong.retryAfterMs ?? 1_000);
    } else if (ref) {
      // The stream has ended or its state is unknown: from here on the whole text is written again.
      log.debug({ slack }, 'a Slack stream goes on as an edited message');
      await leaveStream();
    } else if (mode === 'native' && wrong.remedy === 'never') {
      // No streaming here; whether nothing at all goes here, the post will tell.
      log.debug({ slack }, 'Slack does not stream here');
      mode = 'edited';
    } else if (wrong.remedy === 'look') {
      await adopt().catch(() => {
        failure = wrong;
      });
    } else if (wrong.remedy === 'retry') {
      nextAt = Date.now() + 1_000;
    } else {
      failure = wrong;
    }
  }

  /** After a beginning of unknown fate: the message that came of it, or else a new one, posted. */
  async function adopt(): Promise<void> {
    mode = 'edited';
    ref = await finder.find(place, key, startedAt, 'reply');
    if (ref) await leaveStream();
  }

  /** Ends the native stream, if it is one; the message stays and is edited from now on. */
  async function leaveStream(): Promise<void> {
    mode = 'edited';
    if (!ref) return;
    await client.chat
      .stopStream({ channel: place.channel, ts: ref.id, metadata: metadataOf(key) })
      .catch((error: unknown) => log.debug({ slack: slackCode(error) }, 'a Slack stream had ended already'));
  }

  /** Ends the stream with what is left of the final text. False when that is not all there is to do. */
  async function stopWith(doc: Doc): Promise<boolean> {
    const isTextOnly = doc.title === undefined && !doc.steps?.length && !doc.attachment;
    const isMore = doc.text.startsWith(text.slice(0, sent)) && doc.text.length <= MAX_TEXT;
    if (mode !== 'native' || !ref || !isTextOnly || !isMore) return false;
    const rest = safeMarkdown(doc.text.slice(sent));
    const blocks = closingBlocks(doc);
    try {
      await client.chat.stopStream({
        channel: place.channel,
        ts: ref.id,
        metadata: metadataOf(key),
        ...(rest ? { markdown_text: rest } : {}),
        ...(blocks.length > 0 ? { blocks } : {}),
      });
      return true;
    } catch (error) {
      log.debug({ slack: slackCode(error) }, 'a Slack stream could not be ended with its text');
      return false;
    }
  }

  async function replace(target: MessageRef, doc: Doc): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      if (mode === 'native' || attempt > 1 || resume) await leaveStream();
      try {
        await budgets.edits.take();
        return await editor.update(target, doc, key);
      } catch (error) {
        const wrong = toFailure(error, 'repeatable');
        const isConflict = slackCode(error) === 'streaming_state_conflict';
        if (attempt === MAX_TRIES || (wrong.remedy === 'never' && !isConflict)) throw wrong;
        await new Promise((resolve) => setTimeout(resolve, Math.min(30_000, wrong.retryAfterMs ?? 250 * 2 ** attempt)));
      }
    }
  }

  async function finish(doc: Doc): Promise<MessageRef> {
    isFinished = true;
    clearTimeout(timer);
    await busy;
    if (failure) throw failure;
    if (!ref) {
      ref = await poster.post(place, doc, key);
    } else if (!(await stopWith(doc))) {
      const shown = doc.text.length > MAX_TEXT ? shortened(doc) : doc;
      if (shown.attachment) await poster.attach(ref, shown.attachment, key);
      await replace(ref, shown);
    }
    finder.streams.delete(ref.id);
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

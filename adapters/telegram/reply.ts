import { z } from 'zod';
import type { Doc, Place, ReplyHandle } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import { placeOf } from './place.ts';
import type { Poster } from './post.ts';
import type { Queries } from './queries.ts';
import { fitted } from './render.ts';

const replyHandle = z.object({
  chat: z.string(),
  thread: z.string().optional(),
  /** The command, or the message with the button. */
  message: z.string().optional(),
  query: z.string().optional(),
});

/** What an answer needs to know: the place, the message it answers, and the pressed button, if it was one. */
export const handleOf = (place: Place, o: { message?: number | undefined; query?: string }): ReplyHandle => ({
  chat: place.channel,
  ...(place.thread === undefined ? {} : { thread: place.thread }),
  ...(o.message === undefined ? {} : { message: String(o.message) }),
  ...(o.query === undefined ? {} : { query: o.query }),
});

/**
 * A few words over the chat for a button that was just pressed, in private an ordinary message for everything else. In a
 * group everybody reads a bot's messages, so there is none. @throws Failure `not_private`
 */
export async function sendReply(poster: Poster, queries: Queries, handle: ReplyHandle, doc: Doc): Promise<void> {
  const { chat, thread, message, query } = replyHandle.parse(handle);
  if (query !== undefined && isWordsOnly(doc) && (await queries.tell(query, fitted(doc).flow.text))) return;
  const place = placeOf(chat, thread);
  if (!place.dm)
    throw new Failure('Everybody in a Telegram group reads what answers a command there.', {
      code: 'not_private',
      remedy: 'never',
    });
  await poster.post(place, doc, `reply:${chat}:${query ?? message}`);
}

const isWordsOnly = ({ buttons, steps, attachment }: Doc): boolean => !buttons?.length && !steps?.length && !attachment;

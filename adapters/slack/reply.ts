import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Doc, ReplyHandle } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import { toFailure } from './errors.ts';
import { fitted, render } from './render.ts';

const replyHandle = z.object({
  channel: z.string(),
  user: z.string(),
  until: z.coerce.number(),
  url: z.string().optional(),
  thread: z.string().optional(),
});

/**
 * Answers privately: through the interaction's response_url (five times in half an hour), or, for forms, which have none,
 * with an ephemeral message. @throws Failure `expired` when Slack no longer takes it
 */
export async function sendReply(client: WebClient, handle: ReplyHandle, doc: Doc, timeoutMs: number): Promise<void> {
  const { channel, user, until, url, thread } = replyHandle.parse(handle);
  const content = render(fitted(doc), { plan: false });
  const where = thread === undefined ? {} : { thread_ts: thread };
  if (url === undefined) {
    try {
      await client.chat.postEphemeral({ channel, user, ...content, ...where, link_names: false, parse: 'none' });
    } catch (error) {
      throw toFailure(error, 'once');
    }
    return;
  }
  if (Date.now() > until) throw expired('half an hour is over');
  await respond(url, { ...content, ...where, response_type: 'ephemeral', replace_original: false }, timeoutMs);
}

async function respond(url: string, body: object, timeoutMs: number): Promise<void> {
  let status: number;
  let text: string;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    status = answer.status;
    text = await answer.text();
  } catch (cause) {
    throw new Failure('The answer to a Slack interaction may have arrived.', {
      code: 'ambiguous',
      remedy: 'look',
      cause,
    });
  }
  if (status === 200) return;
  if (/expired_url|used_url/.test(text)) throw expired(text);
  if (status === 429)
    throw new Failure('Slack asks to wait.', { code: 'rate_limited', remedy: 'retry', retryAfterMs: 1000 });
  if (status >= 500) throw new Failure(`Slack answered ${status}.`, { code: 'ambiguous', remedy: 'look' });
  throw status === 404
    ? expired(text)
    : new Failure(`Slack refuses the answer (${text.slice(0, 100)}).`, { code: 'refused', remedy: 'never' });
}

function expired(why: string): Failure {
  return new Failure(`Too late to answer in Slack (${why.slice(0, 100)}).`, { code: 'expired', remedy: 'never' });
}

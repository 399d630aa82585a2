import { MessageFlags, Routes } from 'discord.js';
import { z } from 'zod';
import type { Doc, ReplyHandle } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import type { Api } from './api.ts';
import { partsOf, render } from './render.ts';

/** Discord takes answers to an interaction for a quarter of an hour; a little less, for the way there. */
const ANSWER_MS = 14.5 * 60_000;

const replyHandle = z.object({
  application: z.string(),
  token: z.string(),
  until: z.coerce.number(),
  /** `original`: "thinking" is shown and the answer takes its place; `more`: nothing is shown yet. */
  as: z.enum(['original', 'more']),
});

export const handleOf = (application: string, token: string, as: 'original' | 'more'): ReplyHandle => ({
  application,
  token,
  until: String(Date.now() + ANSWER_MS),
  as,
  ...(as === 'original' ? { waits: 'yes' } : {}),
});

/** Answers a button, command or form for its person's eyes only. @throws Failure `expired` when Discord no longer takes it */
export async function sendReply(api: Api, handle: ReplyHandle, doc: Doc): Promise<void> {
  const { application, token, until, as } = replyHandle.parse(handle);
  if (Date.now() > until) throw new Failure('Too late to answer in Discord.', { code: 'expired', remedy: 'never' });
  for (const [i, part] of partsOf(doc).entries()) {
    const { body, files } = render(part);
    const options = { bucket: 'webhook', auth: false, files } as const;
    if (as === 'original' && i === 0) {
      await api.call('PATCH', Routes.webhookMessage(application, token), { ...options, body });
    } else {
      const ephemeral = { ...body, flags: body.flags | MessageFlags.Ephemeral };
      await api.call('POST', Routes.webhook(application, token), { ...options, effect: 'once', body: ephemeral });
    }
  }
}

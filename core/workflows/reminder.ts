import type { MessageRef } from '../domain/chat.ts';
import { describe, Failure } from '../errors.ts';
import type { Post } from '../store/posts.ts';
import { reminderLine } from '../words/inbox.ts';
import { cardKey, threadKey } from './ask.ts';
import { chatFor, deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { notice } from './notice.ts';

/** Reminds a person of an open ask by one line where its card is, once per time at which it is due. */
export const createReminder = (deps: Deps) =>
  async function reminder(ask: number, person: number, dueAt: number): Promise<void> {
    await notice(deps.log, 'remind', () => remind(deps, ask, person, dueAt));
  };

async function remind(deps: Deps, id: number, person: number, dueAt: number): Promise<void> {
  const ask = await deps.store.asks.find(id);
  const card = await cardOf(deps, id, person);
  if (ask?.state !== 'open' || !card) return;
  const doc = reminderLine(ask, await deps.store.tasks.get(ask.task), await linkTo(deps, card), Date.now());
  // Its subject is not the ask itself: a thumb on a reminder approves nothing. What is written to it is an answer.
  const line = { key: `reminder:${id}:${person}:${dueAt}`, subject: `reminder:${id}`, doc, settled: true };
  await deliver(deps, { ...line, place: card.place });
}

/** The card that a person finds most easily: in the DM they used last (`platform` first), else in the thread. */
export async function cardOf(
  { store }: Pick<Deps, 'store'>,
  id: number,
  person: number,
  platform?: string,
): Promise<MessageRef | null> {
  const accounts = await store.people.accountsOf(person);
  const preferred = [
    ...accounts.filter((account) => account.platform === platform),
    ...accounts.filter((account) => account.platform !== platform),
  ];
  const keys = [...preferred.map((account) => cardKey(id, account)), threadKey(id)];
  const sent = new Map((await store.posts.of(`ask:${id}`)).map((post) => [post.key, post]));
  const found = keys.map((key) => sent.get(key)).find((post): post is Post => typeof post?.messageId === 'string');
  return found?.messageId ? { place: found.place, id: found.messageId } : null;
}

/** Where people open a message; null where a platform has no links, or none now. */
export async function linkTo({ chats, log }: Pick<Deps, 'chats' | 'log'>, ref: MessageRef): Promise<string | null> {
  try {
    return await chatFor(chats, ref.place.platform).link(ref);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    log.warn({ message: ref, error: describe(error) }, 'no link to a card');
    return null;
  }
}

import type { Doc, Inbound } from '../domain/chat.ts';
import type { Ask } from '../store/asks.ts';
import { noLongerNeeded } from '../words/ask.ts';
import { sentToDm } from '../words/inbox.ts';
import { laterDoc } from '../words/later.ts';
import { notAllowed } from '../words/people.ts';
import { showAsk } from './ask.ts';
import type { Actor, Decided } from './decisions.ts';
import { chatFor } from './delivery.ts';
import type { Deps } from './deps.ts';
import { snooze } from './postpone.ts';
import { mayAnswer } from './recipients.ts';

const say = (text: string): Decided => ({ say: text, start: null });

/** The ask that a button is about, or what to say instead. */
async function askedFor({ store }: Deps, id: number, actor: Actor): Promise<Ask | Decided> {
  const ask = await store.asks.find(id);
  if (ask?.state !== 'open') return say(noLongerNeeded);
  return (await mayAnswer(store, actor.person, ask)) ? ask : say(notAllowed('answer').text);
}

/** "Later": offers when. */
export async function offerLater(
  deps: Deps,
  id: number,
  actor: Actor,
): Promise<Decided & { more?: { doc: Doc; subject: string } }> {
  const ask = await askedFor(deps, id, actor);
  if ('say' in ask) return ask;
  return { say: null, start: null, more: { doc: laterDoc(id, ask.task), subject: `later:${id}:${actor.person?.id}` } };
}

/** Puts one ask off until a time in words. */
export async function snoozeOne(deps: Deps, id: number, when: string, actor: Actor): Promise<Decided> {
  deps.presenter.touch(`later:${id}:${actor.person?.id}`);
  const ask = await askedFor(deps, id, actor);
  return 'say' in ask ? ask : say(await snooze(deps, [ask], when, actor));
}

/** A fresh copy of an ask's card, where nobody else reads it. */
export async function showAgain(
  deps: Deps,
  id: number,
  { place, account, dedupe }: Extract<Inbound, { kind: 'action' | 'form' }>,
  actor: Actor,
): Promise<Decided> {
  const ask = await askedFor(deps, id, actor);
  if ('say' in ask) return ask;
  await showAsk(
    deps,
    id,
    `ask:${id}:shown:${dedupe}`,
    place.dm ? place : await chatFor(deps.chats, account.platform).dm(account),
  );
  return place.dm ? { say: null, start: null } : say(sentToDm);
}

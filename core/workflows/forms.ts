import type { Button, Doc, Inbound, MessageRef } from '../domain/chat.ts';
import { may, type Person } from '../domain/policy.ts';
import { chatFor } from './delivery.ts';
import type { Deps } from './deps.ts';
import { mayAnswer } from './recipients.ts';

type Message = Extract<Inbound, { kind: 'message' }>;

/** What a message shows that asks for the words of a button: `form:` and the button's token. */
export const formSubject = (token: string): string => `form:${token}`;

/** Whether a face asks for words by a message; there, what else has buttons is a message too. */
export const asksByMessage = ({ chats }: Pick<Deps, 'chats'>, platform: string): boolean =>
  chatFor(chats, platform).capabilities.forms === 'reply';

/**
 * The message that asks for the words of a pressed button, on a face without forms; null when the button asks for none.
 * The button is looked up on the card as it is now, since the platform tells its token alone.
 */
export async function promptFor(
  deps: Deps,
  { account, target, token }: Extract<Inbound, { kind: 'action' }>,
  person: Person | null,
): Promise<Doc | null> {
  if (!asksByMessage(deps, account.platform)) return null;
  const shown = target && (await deps.store.posts.subjectOf(target));
  for (const subject of [shown, subjectOf(token, person)]) {
    if (subject && !(await mayRead(deps, subject, person))) continue;
    const doc = subject ? (await deps.draw(subject))?.doc : undefined;
    const form = buttonsOf(doc).find((button) => button.token === token)?.form;
    if (!form) continue;
    const note = form.initial ? `Reply to this message, for example: ${form.initial}` : 'Reply to this message.';
    return { title: form.title, text: form.label, note, wantsReply: true };
  }
  return null;
}

/** The same words as a form would have brought them; null when the message answers no such prompt, or brings more than words. */
export async function formOf({ store }: Pick<Deps, 'store'>, message: Message): Promise<Inbound | null> {
  if (message.files.length > 0) return null;
  const subject = message.replyTo && (await store.posts.subjectOf(message.replyTo));
  if (!subject?.startsWith('form:')) return null;
  const { dedupe, at, account, place, ref, text } = message;
  const token = subject.slice('form:'.length);
  return { kind: 'form', dedupe, at, account, place, token, fields: { text }, reply: {}, message: ref };
}

/** A token can be forged; what it names is shown to those alone whom it concerns. */
async function mayRead({ store }: Deps, subject: string, person: Person | null): Promise<boolean> {
  const [noun, id] = subject.split(':');
  if (noun === 'ask') {
    const ask = await store.asks.find(Number(id));
    return ask !== null && mayAnswer(store, person, ask);
  }
  if (noun !== 'proposal') return true;
  const proposal = await store.proposals.find(Number(id));
  return proposal !== null && may(person, 'propose', proposal.repo);
}

const buttonsOf = (doc: Doc | undefined): readonly Button[] => (doc?.buttons ?? []).flat();

/** The card that a button belongs to, for buttons shown elsewhere: in `why`, in a list. */
function subjectOf(token: string, person: Person | null): string | null {
  const [verb, id] = token.split(':');
  switch (verb) {
    case 'answer':
      return `ask:${id}`;
    case 'change':
      return `proposal:${id}`;
    case 'snooze':
      return person && `later:${id}:${person.id}`;
    default:
      return null;
  }
}

/** The message that brought a form's words, where there are no forms: what is said about them is said below it. */
export const broughtBy = (inbound: Inbound): MessageRef | null =>
  inbound.kind === 'form' ? (inbound.message ?? null) : null;

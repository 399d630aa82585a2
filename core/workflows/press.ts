import type { Answer, FailureChoice } from '../domain/ask.ts';
import type { Doc, Inbound } from '../domain/chat.ts';
import { may } from '../domain/policy.ts';
import { partOf } from '../domain/questions.ts';
import type { Ask } from '../store/asks.ts';
import { notAllowed, notTheirs } from '../words/people.ts';
import type { Actor, Decided, Decisions } from './decisions.ts';
import type { Deps } from './deps.ts';
import { offerLater, showAgain, snoozeOne } from './inbox-touch.ts';

/** What came of a touch: beside a decision, a message that asks for more; `subject` says what it shows. */
export interface Outcome extends Decided {
  readonly more?: { readonly doc: Doc; readonly subject: string };
}

export const outOfDate = 'That button is out of date.';
const stale: Outcome = { say: outOfDate, start: null };

type Pressed = Extract<Inbound, { kind: 'action' | 'form' }>;

/** What a button does. Its token is `verb:id[:choice]`, as the words room writes it; `text` is what was written into its form. */
export async function press(
  deps: Deps,
  decisions: Decisions,
  inbound: Pressed,
  text: string,
  actor: Actor,
): Promise<Outcome> {
  const { token, at } = inbound;
  const [verb, idText = '', choice = ''] = token.split(':');
  const id = Number(idText);
  switch (verb) {
    case 'confirm':
      return decisions.confirm(id, actor, choice === 'now' ? false : undefined);
    case 'decline':
      return decisions.decline(id, actor);
    case 'undo':
      return decisions.undo(id, actor, at);
    case 'cancel':
      return decisions.cancel(id, actor);
    case 'retry':
      return decisions.retry(id, actor);
    case 'unlink':
      return decisions.unlink(id, actor, at);
    case 'change':
      // Whoever may propose there has said it in the thread by now.
      return { say: (may(actor.person, 'propose') ? notTheirs : notAllowed('propose')).text, start: null };
    case 'answer':
      return answer(deps, decisions, id, choice, text, actor);
    case 'later':
      return offerLater(deps, id, actor);
    case 'snooze':
      return snoozeOne(deps, id, choice === 'at' ? text : choice, actor);
    case 'show':
      return showAgain(deps, id, inbound, actor);
    default:
      return stale;
  }
}

async function answer(
  { store }: Deps,
  decisions: Decisions,
  id: number,
  choice: string,
  text: string,
  actor: Actor,
): Promise<Outcome> {
  const ask = await store.asks.find(id);
  if (!ask) return stale;
  // Whoever is late reads who was first, whatever they wrote.
  const asksForWords = ask.state === 'open' && (choice === 'revise' || choice.endsWith('other'));
  if (asksForWords && text === '') return { say: 'What you wrote was empty, so nothing changed.', start: null };
  const part = ask.body.kind === 'question' ? partOf(choice, text) : null;
  if (part) return decisions.reply(id, [part], actor);
  const answered = answerOf(ask, choice, text);
  return answered ? decisions.answer(id, answered, actor) : stale;
}

const failureChoices: readonly FailureChoice[] = ['retry', 'ignore', 'take_over', 'drop'];

function answerOf({ body }: Ask, choice: string, text: string): Answer | null {
  if (choice === 'approve') return { type: 'approve' };
  if (choice === 'revise') return { type: 'revise', text };
  if (choice === 'raise' && body.kind === 'budget') return { type: 'raise', usd: body.limitUsd };
  if (body.kind === 'failure') {
    const known = failureChoices.find((item) => item === choice);
    return known ? { type: 'choose', choice: known } : null;
  }
  return choice === 'drop' ? { type: 'drop' } : null;
}

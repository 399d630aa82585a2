import { accountKey, conversationKey, type Doc, type Inbound, type MessageRef } from '../domain/chat.ts';
import type { TaskNumber } from '../domain/ids.ts';
import type { Person } from '../domain/policy.ts';
import { describe, Failure } from '../errors.ts';
import { headline, plain } from '../words/text.ts';
import { answeredIn } from '../words/turn.ts';
import { runCommand } from './commands.ts';
import type { Actor, Decided, Decisions } from './decisions.ts';
import { below, chatFor, deliver, shownBy } from './delivery.ts';
import type { Deps } from './deps.ts';
import { brisk, effect } from './effect.ts';
import { asksByMessage, formSubject, promptFor } from './forms.ts';
import { notice } from './notice.ts';
import { type Outcome, outOfDate, press } from './press.ts';
import { answerPrivately } from './private-answer.ts';
import { sayInConversation, textOf } from './say.ts';
import { heardThumb } from './thumb.ts';

/** A button's token as the words room writes it: `verb:id[:choice]`. People can send others, and ids that are none. */
const isToken = (token: string): boolean => /^[a-z]+:[1-9]\d{0,8}(?::|$)/.test(token);

const ignored: Outcome = { say: null, start: null };

export interface InteractionChildren {
  readonly startTask: (task: TaskNumber) => Promise<void>;
  readonly startTurn: (turn: string, conversation: string) => Promise<void>;
}

/** Handles a button, reaction, command or form, once: its own id on the platform names this workflow. */
export const createInteraction = (deps: Deps, decisions: Decisions, children: InteractionChildren) =>
  async function interaction(inbound: Inbound, person: Person): Promise<void> {
    const { account, place } = inbound;
    const name = account.name ?? person.name;
    const { platform } = account;
    const actor: Actor = { person, name, platform, account: accountKey(account), place, origin: inbound.dedupe };
    try {
      await handle(deps, decisions, children, inbound, actor);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      await effect('say failure', () => answerPrivately(deps, inbound, { text: describe(error) }), brisk);
    }
  };

async function handle(
  deps: Deps,
  decisions: Decisions,
  children: InteractionChildren,
  inbound: Inbound,
  actor: Actor,
): Promise<void> {
  if ('token' in inbound && !isToken(inbound.token))
    return effect('reply', () => answerPrivately(deps, inbound, { text: outOfDate }), brisk);
  const said = await effect('say', () => sayInConversation(deps, inbound, actor), brisk);
  if (said) {
    if (said.turn) await children.startTurn(said.turn, said.conversation);
    if (!('reply' in inbound) || inbound.reply.waits === undefined) return;
    return effect(
      'reply',
      async () => answerPrivately(deps, inbound, answeredIn(await linkTo(deps, said.root))),
      brisk,
    );
  }
  if (inbound.kind === 'command') {
    const doc = await effect(
      'command',
      async () => runCommand(deps, decisions, inbound, await asNow(deps, actor)),
      brisk,
    );
    return effect('reply', () => answerPrivately(deps, inbound, doc), brisk);
  }
  const decided = await effect('decide', async () => decide(deps, decisions, inbound, await asNow(deps, actor)), brisk);
  if (decided.start !== null) await children.startTask(decided.start);
  const { say, more } = decided;
  if (more) await effect('reply', () => askFor(deps, inbound, more), brisk);
  else if (say) await effect('reply', () => answerPrivately(deps, inbound, { text: say }), brisk);
  // A thumb has no private answer, and a proposer's does nothing where it looks as if it should. No patch is needed: what an
  // older release decided is never refused so.
  if (say && inbound.kind === 'reaction' && decided.refused === 'own')
    await notice(deps.log, 'say refusal', () => sayRefusal(deps, inbound, actor, say));
}

/** Who acts, by what they are now: a role, a project or an account may have been taken from them since the event came in. */
const asNow = async ({ store }: Deps, actor: Actor): Promise<Actor> => ({
  ...actor,
  person: await store.people.byAccount(actor.account),
});

/** Below the card, once for each person. */
async function sayRefusal(
  deps: Deps,
  { target }: Extract<Inbound, { kind: 'reaction' }>,
  actor: Actor,
  say: string,
): Promise<void> {
  const place = below(deps.chats, target);
  const key = `refused:${conversationKey(target.place)}:${target.id}:${actor.account}`;
  const doc = { text: `${plain(headline(actor.name))}: ${say}` };
  await deliver(deps, { key, place, subject: null, doc, settled: true });
}

async function decide(deps: Deps, decisions: Decisions, inbound: Inbound, actor: Actor): Promise<Outcome> {
  switch (inbound.kind) {
    case 'reaction': {
      const { target, account, emoji } = inbound;
      await deps.store.history.setCursor(heardThumb(target, account, emoji), String(inbound.at));
      return react(deps, decisions, target, emoji, actor);
    }
    case 'action': {
      const doc = await promptFor(deps, inbound, actor.person);
      if (doc) return { ...ignored, more: { doc, subject: formSubject(inbound.token) } };
      return press(deps, decisions, inbound, '', actor);
    }
    case 'form':
      return press(deps, decisions, inbound, textOf(inbound.fields), actor);
    default:
      return ignored;
  }
}

async function react(
  deps: Deps,
  decisions: Decisions,
  target: MessageRef,
  emoji: string,
  actor: Actor,
): Promise<Decided> {
  if (emoji !== 'yes' && emoji !== 'no') return ignored;
  const [noun, id = ''] = ((await shownBy(deps, target)) ?? '').split(':');
  if (noun === 'proposal')
    return emoji === 'yes' ? decisions.confirm(Number(id), actor) : decisions.decline(Number(id), actor);
  if (noun !== 'ask') return ignored;
  const ask = await deps.store.asks.find(Number(id));
  // A thumb is enough for a plan; a question or a failure needs to be told which way.
  if (ask?.kind !== 'plan') return ignored;
  return emoji === 'yes' ? decisions.answer(ask.id, { type: 'approve' }, actor) : ignored;
}

/**
 * Asks for more: privately where the platform shows buttons and forms so, else by a message that is kept, so that a reply
 * to it or a change of it can be told. It stands below the card whose button was pressed, says no more than that card, and
 * names nothing: so it may be read by all who read the card.
 */
async function askFor(deps: Deps, inbound: Inbound, { doc, subject }: { doc: Doc; subject: string }): Promise<void> {
  if (!asksByMessage(deps, inbound.account.platform)) return answerPrivately(deps, inbound, doc);
  const settled = subject.startsWith('form:');
  await deliver(deps, { key: `more:${inbound.dedupe}`, place: inbound.place, subject, doc, settled });
}

const linkTo = async ({ chats }: Deps, ref: MessageRef | null): Promise<string | null> =>
  ref && chatFor(chats, ref.place.platform).link(ref);

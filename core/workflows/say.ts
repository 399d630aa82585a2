import {
  accountKey,
  type ConversationKey,
  conversationKey,
  type Inbound,
  type MessageRef,
  type Place,
} from '../domain/chat.ts';
import { parseCommand } from '../domain/commands.ts';
import { may } from '../domain/policy.ts';
import { askedBy } from '../words/turn.ts';
import type { Actor } from './decisions.ts';
import { below, deliver } from './delivery.ts';
import type { Deps } from './deps.ts';

/** Where something was said, and the turn that answers it; null when a turn at work will. */
interface SaidThere {
  readonly turn: string | null;
  readonly conversation: ConversationKey;
  /** The message that it is answered under, where it has one. */
  readonly root: MessageRef | null;
}

/**
 * What is typed into a form or behind `/mainloop task` is said in a conversation, as if it had been written there: the
 * assistant answers it. Null for everything else, and for who may not propose tasks.
 */
export async function sayInConversation(deps: Deps, inbound: Inbound, actor: Actor): Promise<SaidThere | null> {
  if (!may(actor.person, 'propose')) return null;
  if (inbound.kind === 'form' && inbound.token.startsWith('change:')) return sayChange(deps, inbound, actor);
  if (inbound.kind !== 'command') return null;
  const command = parseCommand(inbound.text);
  return 'name' in command && command.name === 'task' ? sayTask(deps, inbound, command.text, actor) : null;
}

/** What a person wants changed about a proposal; the assistant proposes anew. */
async function sayChange(
  deps: Deps,
  inbound: Extract<Inbound, { kind: 'form' }>,
  actor: Actor,
): Promise<SaidThere | null> {
  const proposal = await deps.store.proposals.find(Number(inbound.token.split(':')[1]));
  if (!proposal || !may(actor.person, 'propose', proposal.repo)) return null;
  const text = `About proposal ${proposal.id} (${proposal.title}): ${textOf(inbound.fields)}`;
  return store(deps, inbound, actor, proposal.place, null, text);
}

/** Slack runs no commands inside threads, so the wish opens one: a message that names its author, answered below it. */
async function sayTask(deps: Deps, inbound: Inbound, text: string, actor: Actor): Promise<SaidThere> {
  const doc = { text: askedBy(actor.name, text) };
  const root = await deliver(deps, {
    key: `wish:${inbound.dedupe}`,
    place: inbound.place,
    subject: null,
    doc,
    settled: true,
  });
  return store(deps, inbound, actor, below(deps.chats, root), root, text);
}

async function store(
  deps: Deps,
  inbound: Inbound,
  actor: Actor,
  place: Place,
  ref: MessageRef | null,
  text: string,
): Promise<SaidThere> {
  const conversation = conversationKey(place);
  const turn = await deps.store.conversations.receive({
    conversation,
    place,
    external: inbound.dedupe,
    account: accountKey(inbound.account),
    person: actor.person?.id ?? 0,
    author: actor.name,
    text,
    files: [],
    ref,
    at: inbound.at,
  });
  return { turn, conversation, root: ref };
}

export const textOf = (fields: Readonly<Record<string, string | readonly string[]>>): string =>
  Object.values(fields).flat().join('\n').trim();

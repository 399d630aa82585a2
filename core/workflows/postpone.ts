import { parseCommand } from '../domain/commands.ts';
import type { InboxCommand } from '../domain/inbox-commands.ts';
import type { Person } from '../domain/policy.ts';
import { parseWhen } from '../domain/when.ts';
import type { Ask } from '../store/asks.ts';
import { noLongerNeeded } from '../words/ask.ts';
import { cannotAnswer, handedOver, nobodyNamed } from '../words/inbox.ts';
import { snoozed, whenUnknown } from '../words/later.ts';
import { notAllowed } from '../words/people.ts';
import type { Actor } from './decisions.ts';
import type { Deps } from './deps.ts';
import { answerable } from './recipients.ts';
import { record } from './record.ts';
import { escalationAt, zoneOf } from './surfaces.ts';

export type Postponement = Extract<InboxCommand, { name: 'snooze' | 'delegate' }>;

/** Puts asks of one task off for a person. Answers what they read. */
export async function snooze(deps: Deps, asks: readonly Ask[], when: string, actor: Actor): Promise<string> {
  const { store, presenter } = deps;
  const mine = await answerable(
    store,
    actor.person,
    asks.filter(({ state }) => state === 'open'),
  );
  const [first] = mine;
  if (!actor.person || !first)
    return asks.some(({ state }) => state === 'open') ? notAllowed('answer').text : noLongerNeeded;
  const zone = zoneOf(await store.inbox.of(actor.person.id));
  const now = Date.now();
  const until = parseWhen(when, now, zone);
  if (until === null) return whenUnknown;
  for (const ask of mine) {
    await store.askings.snooze(ask.id, actor.person.id, until);
    await note(deps, ask, 'snoozed', actor, { until });
    presenter.touch(`later:${ask.id}:${actor.person.id}`);
  }
  return snoozed(first.task, until, now, zone);
}

/** Hands asks over to somebody named, who hears of them at once. Answers what the person reads. */
export async function delegate(deps: Deps, asks: readonly Ask[], name: string, actor: Actor): Promise<string> {
  const open = asks.filter((ask) => ask.state === 'open');
  const [first] = open;
  if (!first) return noLongerNeeded;
  const able = async (person: Person | null) => (await answerable(deps.store, person, open)).length === open.length;
  if (!actor.person || !(await able(actor.person))) return notAllowed('answer').text;
  const named = await peopleNamed(deps, name, actor.platform);
  const [to, another] = named;
  if (!to || another)
    return nobodyNamed(
      name,
      named.map((person) => person.name),
    );
  if (!(await able(to))) return cannotAnswer(to.name);
  const now = Date.now();
  for (const ask of open) {
    const target = { person: to.id, name: to.name, by: actor.name };
    if (!(await deps.store.askings.hand(ask.id, actor.person.id, target, now, escalationAt(deps, now)))) continue;
    await note(deps, ask, 'delegated', actor, { to: to.name });
    deps.presenter.touch(`ask:${ask.id}`);
  }
  return handedOver(first.task, to.name);
}

/** What is written to a card to put it off or hand it over, as in the commands; null for all that can be an answer. */
export async function postponement(
  deps: Deps,
  text: string,
  { person, platform }: Actor,
): Promise<Postponement | null> {
  const command = parseCommand(text);
  if (!('name' in command) || !person) return null;
  if (command.name === 'snooze') {
    const zone = zoneOf(await deps.store.inbox.of(person.id));
    return parseWhen(command.when, Date.now(), zone) === null ? null : command;
  }
  // "Delegate the check to the form" is a change to a plan, unless that is somebody's name.
  if (command.name !== 'delegate') return null;
  return (await peopleNamed(deps, command.to, platform)).length === 1 ? command : null;
}

/** Carries it out for one ask. Answers what the person reads. */
export async function postpone(deps: Deps, id: number, command: Postponement, actor: Actor): Promise<string> {
  const ask = await deps.store.asks.find(id);
  if (!ask) return noLongerNeeded;
  return command.name === 'snooze'
    ? snooze(deps, [ask], command.when, actor)
    : delegate(deps, [ask], command.to, actor);
}

/** By a mention (`<@U1>`, as platforms write it in commands), by the whole name, or by its beginning. */
async function peopleNamed({ store }: Deps, text: string, platform: string): Promise<Person[]> {
  const everybody = await store.people.list();
  const id = /^<@!?(\w+)(?:\|[^>]*)?>$/.exec(text.trim())?.[1];
  if (id) {
    const owners = await Promise.all(
      everybody.map(async (person) =>
        (await store.people.accountsOf(person.id)).some(
          (account) => account.platform === platform && account.id === id,
        ),
      ),
    );
    return everybody.filter((_, at) => owners[at]);
  }
  const wanted = text.trim().replace(/^@/, '').toLowerCase();
  const exact = everybody.filter((person) => person.name.toLowerCase() === wanted);
  if (exact.length > 0 || wanted === '') return exact;
  return everybody.filter((person) => person.name.toLowerCase().startsWith(wanted));
}

const note = ({ store }: Deps, ask: Ask, type: string, actor: Actor, data: Record<string, unknown>) =>
  record(store, actor, {
    subject: `task:${ask.task}`,
    type,
    key: `${actor.origin}:${type}:ask:${ask.id}`,
    data: { ...data, ask: ask.id },
  });

import { mayAnswer } from '../domain/answering.ts';
import type { Person } from '../domain/policy.ts';
import { parseWhen } from '../domain/when.ts';
import type { Ask } from '../store/asks.ts';
import { noLongerNeeded } from '../words/ask.ts';
import { cannotAnswer, handedOver, nobodyNamed } from '../words/inbox.ts';
import { snoozed, whenUnknown } from '../words/later.ts';
import { notAllowed } from '../words/people.ts';
import type { Actor } from './decisions.ts';
import type { Deps } from './deps.ts';
import { escalationAt, zoneOf } from './surfaces.ts';

/** Puts asks of one task off for a person. Answers what they read. */
export async function snooze(deps: Deps, asks: readonly Ask[], when: string, actor: Actor): Promise<string> {
  const { store, presenter } = deps;
  const mine = asks.filter((ask) => ask.state === 'open' && mayAnswer(actor.person, ask));
  const [first] = mine;
  if (!actor.person || !first)
    return asks.some(({ state }) => state === 'open') ? notAllowed('answer').text : noLongerNeeded;
  const zone = zoneOf(await store.inbox.of(actor.person.id));
  const now = Date.now();
  const until = parseWhen(when, now, zone);
  if (until === null) return whenUnknown;
  for (const ask of mine) {
    await store.inbox.snooze(ask.id, actor.person.id, until);
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
  if (!actor.person || !open.every((ask) => mayAnswer(actor.person, ask))) return notAllowed('answer').text;
  const named = await peopleNamed(deps, name, actor.platform);
  const [to, another] = named;
  if (!to || another)
    return nobodyNamed(
      name,
      named.map((person) => person.name),
    );
  if (!open.every((ask) => mayAnswer(to, ask))) return cannotAnswer(to.name);
  const now = Date.now();
  for (const ask of open) {
    const target = { person: to.id, name: to.name, by: actor.name };
    if (!(await deps.store.inbox.hand(ask.id, actor.person.id, target, now, escalationAt(deps, now)))) continue;
    await note(deps, ask, 'delegated', actor, { to: to.name });
    deps.presenter.touch(`ask:${ask.id}`);
  }
  return handedOver(first.task, to.name);
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
  store.history.add({
    key: `${actor.origin}:${type}:ask:${ask.id}`,
    at: Date.now(),
    actor: actor.name,
    subject: `task:${ask.task}`,
    type,
    data: { ...data, ask: ask.id, platform: actor.platform, person: actor.person?.id ?? null },
  });

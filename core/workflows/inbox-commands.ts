import type { Doc, Inbound } from '../domain/chat.ts';
import type { TaskNumber } from '../domain/ids.ts';
import type { InboxCommand } from '../domain/inbox-commands.ts';
import { isAmong, may, seenBy } from '../domain/policy.ts';
import { nextQuietEnd, parseQuiet } from '../domain/quiet.ts';
import { zoneNamed } from '../domain/zoned.ts';
import type { Ask } from '../store/asks.ts';
import { inboxDoc, isBlocked, surfacesSet, surfaceUnknown } from '../words/inbox.ts';
import { notAllowed } from '../words/people.ts';
import { quietUnknown, quietWords, zoneUnknown } from '../words/quiet.ts';
import type { Actor } from './decisions.ts';
import type { Deps } from './deps.ts';
import { delegate, snooze } from './postpone.ts';
import { answerable } from './recipients.ts';
import { cardOf, linkTo } from './reminder.ts';
import { zoneOf } from './surfaces.ts';

type CommandInbound = Extract<Inbound, { kind: 'command' }>;

/** Lines of an inbox; the rest comes up when these are answered. */
const listed = 20;

/** Runs a command about asks and how a person is asked. `taskHere` finds the task of a place that names none. */
export async function runInboxCommand(
  deps: Deps,
  command: InboxCommand,
  inbound: CommandInbound,
  actor: Actor,
  taskHere: () => Promise<TaskNumber | null>,
): Promise<Doc> {
  if (!may(actor.person, 'view')) return notAllowed('view');
  switch (command.name) {
    case 'inbox':
      return command.action === 'list' ? inbox(deps, inbound, actor) : via(deps, command.surfaces, actor);
    case 'quiet':
      return quiet(deps, command, actor);
    case 'snooze':
    case 'delegate': {
      const asks = await asksMeant(deps, inbound, command.task, actor, taskHere);
      if ('text' in asks) return asks;
      const text =
        command.name === 'snooze'
          ? await snooze(deps, asks.found, command.when, actor)
          : await delegate(deps, asks.found, command.to, actor);
      return { text };
    }
  }
}

async function asksMeant(
  { store }: Deps,
  { place }: CommandInbound,
  named: TaskNumber | null,
  { person }: Actor,
  taskHere: () => Promise<TaskNumber | null>,
): Promise<{ found: Ask[] } | Doc> {
  const above = named === null && place.thread ? await store.posts.subjectOf({ place, id: place.thread }) : null;
  const ask = above?.startsWith('ask:') ? await store.asks.find(Number(above.slice('ask:'.length))) : null;
  const seen = async (number: TaskNumber) => isAmong(seenBy(person), (await store.tasks.find(number))?.repo ?? '');
  if (ask && (await seen(ask.task))) return { found: [ask] };
  const task = named ?? (await taskHere());
  if (task !== null) {
    const found = (await seen(task)) ? await store.asks.openOf(task) : [];
    return found.length > 0 ? { found } : { text: `Nothing of #${task} waits for an answer.` };
  }
  const mine = await answerable(store, person, await store.asks.inbox());
  return mine.length === 1 ? { found: mine } : { text: 'Which one? Add its number, e.g. `#41`; `inbox` lists them.' };
}

/** The open asks that the person may answer: stopped workers first, the oldest before others, what they put off last. */
async function inbox(deps: Deps, { account }: CommandInbound, { person }: Actor): Promise<Doc> {
  const { store } = deps;
  const id = person?.id ?? 0;
  const now = Date.now();
  const snoozed = new Map((await store.askings.of(id)).map(({ ask, snoozedUntil }) => [ask, snoozedUntil]));
  const open = await answerable(store, person, await store.asks.inbox());
  const items = await Promise.all(
    open.map(async (ask) => {
      const until = snoozed.get(ask.id) ?? null;
      return { ask, task: await store.tasks.get(ask.task), snoozedUntil: until !== null && until > now ? until : null };
    }),
  );
  const rank = (item: (typeof items)[number]) => (item.snoozedUntil !== null ? 2 : isBlocked(item) ? 0 : 1);
  const first = items.sort((a, b) => rank(a) - rank(b) || a.ask.createdAt - b.ask.createdAt).slice(0, listed);
  const shown = await Promise.all(
    first.map(async (item) => {
      const card = await cardOf(deps, item.ask.id, id, account.platform);
      return { ...item, url: card && (await linkTo(deps, card)) };
    }),
  );
  const doc = inboxDoc(shown, now, zoneOf(await store.inbox.of(id)));
  return items.length > listed ? { ...doc, note: `And ${items.length - listed} more.` } : doc;
}

async function via({ store, chats }: Deps, surfaces: readonly string[] | null, { person }: Actor): Promise<Doc> {
  const id = person?.id ?? 0;
  const accounts = await store.people.accountsOf(id);
  const yours = [...new Set(accounts.map(({ platform }) => platform))].filter((platform) => chats.has(platform));
  const unknown = surfaces?.find((platform) => !yours.includes(platform));
  if (unknown !== undefined) return { text: surfaceUnknown(unknown, yours) };
  await store.inbox.set(id, { surfaces });
  return { text: surfacesSet(surfaces) };
}

async function quiet(
  { store }: Deps,
  command: Extract<InboxCommand, { name: 'quiet' }>,
  { person }: Actor,
): Promise<Doc> {
  const id = person?.id ?? 0;
  const before = await store.inbox.of(id);
  if (command.action === 'show') return { text: quietWords(before.quiet, zoneOf(before)) };
  const hours = command.action === 'set' ? parseQuiet(command.hours) : null;
  if (command.action === 'set' && !hours) return { text: quietUnknown };
  const named = command.action === 'set' ? command.zone : null;
  const zone = named === null ? before.zone : zoneNamed(named);
  if (named !== null && zone === null) return { text: zoneUnknown(named) };
  const now = Date.now();
  const there = zoneOf({ zone });
  await store.inbox.set(id, { quiet: hours, zone, digestAt: hours && nextQuietEnd(hours, now, there) });
  await store.askings.release(id, now);
  return { text: quietWords(hours, there) };
}

import { nextReminder } from '../domain/answering.ts';
import { nextQuietEnd } from '../domain/quiet.ts';
import { describe } from '../errors.ts';
import type { Asking } from '../store/askings.ts';
import type { Deps } from './deps.ts';
import { whoMayAnswer } from './recipients.ts';
import { cardOf } from './reminder.ts';
import { escalationAt, quietNow, zoneOf } from './surfaces.ts';

/** How often it is looked what people are to hear now. */
const roundMs = 1_000;
/** Asks put to people in one round; the next takes more. */
const perRound = 100;

export interface InboxRounds {
  start(): void;
  stop(): Promise<void>;
}

/** Workflows that a round starts; by their ids each is started once. */
export interface InboxChildren {
  /** Shows an ask to one more person. */
  readonly startAsk: (ask: number, person: number, dueAt: number) => Promise<void>;
  readonly startReminder: (ask: number, person: number, dueAt: number) => Promise<void>;
  readonly startDigest: (person: number, at: number) => Promise<void>;
}

/**
 * Sees to it that people hear of asks when they are due: at the end of quiet hours and of a snooze, when they are handed one,
 * when nobody answered in time, and again later. What is due is in the store, so a restart finds it.
 */
export function createInboxRounds(deps: Deps, children: InboxChildren): InboxRounds {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | null = null;

  const once = async () => {
    try {
      await digests(deps, children);
      await escalate(deps);
      for (const asking of await deps.store.askings.due(Date.now(), perRound)) await tell(deps, children, asking);
    } catch (error) {
      deps.log.warn({ error: describe(error) }, 'inbox round failed');
    }
  };

  return {
    start() {
      timer = setInterval(() => {
        round ??= once().finally(() => {
          round = null;
        });
      }, roundMs);
    },
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}

async function digests({ store }: Deps, { startDigest }: InboxChildren): Promise<void> {
  const now = Date.now();
  for (const inbox of await store.inbox.digestsDue(now)) {
    const { person, digestAt, quiet } = inbox;
    // After a long downtime it can be quiet again: then this end is not the one to wait for.
    if (quiet && quietNow(inbox, now) !== null) {
      await store.inbox.digested(person, digestAt, nextQuietEnd(quiet, now, zoneOf(inbox)));
    } else await startDigest(person, digestAt);
  }
}

async function escalate({ store }: Deps): Promise<void> {
  for (const ask of await store.askings.unanswered(Date.now())) {
    const ids = (await whoMayAnswer(store, ask)).map(({ id }) => id);
    await store.askings.escalate(ask.id, ids, Date.now());
    await store.history.add({
      key: `escalated:${ask.id}:${ask.escalateAt}`,
      at: Date.now(),
      actor: 'mainloop',
      subject: `task:${ask.task}`,
      type: 'escalated',
      data: { ask: ask.id },
    });
  }
}

/** A crash between start and note starts the same workflow again, which is nothing. */
async function tell(deps: Deps, { startAsk, startReminder }: InboxChildren, asking: Asking): Promise<void> {
  const { store } = deps;
  const { ask, person, told, reminds } = asking;
  const found = await store.asks.find(ask);
  const able = found ? await whoMayAnswer(store, found) : [];
  if (!able.some(({ id }) => id === person)) {
    // They lost the role or the project: whoever runs the house hears of it instead.
    const owners = reminds ? able.filter(({ role }) => role === 'owner') : [];
    const due = Date.now();
    for (const { id } of owners)
      await store.askings.put({ ask, person: id, told: 0, dueAt: due }, escalationAt(deps, due));
    return store.askings.told(asking, null);
  }
  const now = Date.now();
  const dueAt = asking.dueAt ?? now;
  const until = quietNow(await store.inbox.of(person), now);
  if (until !== null) return store.askings.defer(asking, until);
  // Who put it off without having a card, or lost it with an account, gets one now.
  if (told === 0 || !(await cardOf(deps, ask, person))) await startAsk(ask, person, dueAt);
  else await startReminder(ask, person, dueAt);
  await store.askings.told(asking, reminds ? nextReminder(told + 1, now) : null);
}

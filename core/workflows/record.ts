import type { Place } from '../domain/chat.ts';
import type { Person } from '../domain/policy.ts';
import type { Store } from '../store/index.ts';

/** Who decides, and where. */
export interface Actor {
  /** As they were when they acted; null for a stranger. Decisions look again. */
  readonly person: Person | null;
  readonly name: string;
  readonly platform: string;
  /** The account's key, `platform:space:id`. */
  readonly account: string;
  /** Where it was said, pressed or written. */
  readonly place: Place | null;
  /** Names the deed in the history: the inbound's own id. */
  readonly origin: string;
}

export interface Deeds {
  /** `task:41`, `proposal:7`, `person:3`. */
  readonly subject: string;
  readonly type: string;
  /** What it can happen to only once, e.g. `answered:ask:12`; by default it is named by its origin. */
  readonly key?: string;
  readonly data?: Record<string, unknown>;
}

/** Writes down who did what, with which account and where; once, however often the step is repeated. */
export const record = (store: Store, actor: Actor, { subject, type, key, data = {} }: Deeds): Promise<void> =>
  store.history.add({
    key: key ?? `${actor.origin}:${type}:${subject}`,
    at: Date.now(),
    actor: actor.name,
    subject,
    type,
    data: {
      ...data,
      person: actor.person?.id ?? null,
      account: actor.account,
      platform: actor.platform,
      place: actor.place,
    },
  });

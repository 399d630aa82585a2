/** What tests of a face share: starting it, hearing what comes in, and waiting. */
import { onTestFinished } from 'vitest';
import type { Inbound } from '../domain/chat.ts';
import type { Chat, Suggest } from '../ports.ts';

type Kind = Inbound['kind'];
type Of<K extends Kind> = Extract<Inbound, { kind: K }>;

/** A log that nobody reads. */
export const quiet = { debug: drop, info: drop, warn: drop, error: drop };

/** A connected face and what came in. */
export interface Connected<C extends Chat> {
  readonly chat: C;
  readonly inbox: Inbound[];
  /** Waits for the first inbound of a kind that satisfies `is`. */
  inbound<K extends Kind>(kind: K, is?: (inbound: Of<K>) => boolean): Promise<Of<K>>;
}

/** Starts a face; it stops with the test. `before` may refuse an inbound by throwing. */
export async function listenTo<C extends Chat>(
  chat: C,
  before: (inbound: Inbound) => Promise<void> = () => Promise.resolve(),
  suggest?: Suggest,
): Promise<Connected<C>> {
  onTestFinished(() => chat.stop());
  const inbox: Inbound[] = [];
  await chat.start(async (inbound) => {
    await before(inbound);
    inbox.push(inbound);
  }, suggest);
  return {
    chat,
    inbox,
    inbound: (kind, is = () => true) => until(() => inbox.filter((item) => isKind(item, kind)).find(is)),
  };
}

/** Asks until there is an answer, for at most ten seconds. */
export async function until<T>(probe: () => T | undefined): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const found = probe();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('waited ten seconds for nothing');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function isKind<K extends Kind>(inbound: Inbound, kind: K): inbound is Of<K> {
  return inbound.kind === kind;
}

function drop(): void {
  return;
}

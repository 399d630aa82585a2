import { onTestFinished } from 'vitest';
import type { Inbound } from '../../core/domain/chat.ts';
import { createTelegram, type TelegramChat, type TelegramOptions } from './index.ts';

export const quiet = { debug: drop, info: drop, warn: drop, error: drop };

type Sink = (inbound: Inbound) => Promise<void>;
type Kind = Inbound['kind'];
type Of<K extends Kind> = Extract<Inbound, { kind: K }>;

/** A connected adapter and what came in. */
export interface Connected {
  readonly chat: TelegramChat;
  readonly inbox: Inbound[];
  /** Waits for the first inbound of a kind that satisfies `is`. */
  inbound<K extends Kind>(kind: K, is?: (inbound: Of<K>) => boolean): Promise<Of<K>>;
}

/** Starts the adapter against a Telegram in miniature; it stops with the test. `before` may refuse an inbound by throwing. */
export async function connect(
  { token, apiRoot }: { token: string; apiRoot: string },
  options: Partial<TelegramOptions> = {},
  before: Sink = () => Promise.resolve(),
): Promise<Connected> {
  const chat = createTelegram({ token, apiUrl: apiRoot, log: quiet, timeoutMs: 1_500, pauseMs: 20, ...options });
  onTestFinished(() => chat.stop());
  const inbox: Inbound[] = [];
  await chat.start(async (inbound) => {
    await before(inbound);
    inbox.push(inbound);
  });
  return {
    chat,
    inbox,
    inbound: (kind, is = () => true) => until(() => inbox.filter((i) => isKind(i, kind)).find(is)),
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

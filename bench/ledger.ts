import { setTimeout as sleep } from 'node:timers/promises';
import { now } from './statistics.ts';

/** An answer that did not come for so long does not come any more. */
const patienceMs = 30_000;

/** What one message became. */
interface Fate {
  readonly sentAt: number;
  answers: number;
  answeredAt: number;
}

/** What messages became that are tokens, `e<conversation>.<order>`, and are answered with their own words. */
export interface Ledger {
  /** A message is about to be said; answers its words. */
  send(conversation: number, order: number): string;
  /** A message of the bot reads so for good; what it read before counts no more. Ids rise within a thread. */
  heard(thread: string, id: string, text: string): void;
  /** Resolves when all are answered, or when nothing has happened for long. */
  settled(say: (line: string) => void): Promise<void>;
  /** How the answered messages were, `ms` from said to answered; of the doubled ones until the last answer. */
  result(): { ms: number[]; firstAt: number; lastAt: number; lost: number; doubled: number; outOfOrder: number };
}

export function openLedger(): Ledger {
  const fates = new Map<string, Fate>();
  /** Tokens by message and thread. */
  const threads = new Map<string, Map<string, string[]>>();
  const answered = () => [...fates.values()].filter(({ answers }) => answers > 0);
  return {
    send(conversation, order) {
      const token = `e${conversation}.${order}`;
      fates.set(token, { sentAt: now(), answers: 0, answeredAt: 0 });
      return token;
    },
    heard(thread, id, text) {
      const messages = threads.get(thread) ?? new Map<string, string[]>();
      threads.set(thread, messages);
      const known = messages.get(id) ?? [];
      const tokens = [...text.matchAll(/\be\d+\.\d+\b/g)].map(([token]) => token);
      messages.set(id, tokens);
      for (const token of tokens.slice(known.length)) {
        const fate = fates.get(token);
        if (!fate) continue;
        fate.answers += 1;
        fate.answeredAt = now();
      }
    },
    async settled(say) {
      let [done, lastAt, saidAt] = [0, now(), now()];
      while (done < fates.size && now() - lastAt < patienceMs) {
        await sleep(50);
        const count = answered().length;
        if (count > done) lastAt = now();
        done = count;
        if (now() - saidAt < 2_000) continue;
        saidAt = now();
        say(`${done} of ${fates.size} answered`);
      }
    },
    result() {
      const found = answered();
      return {
        ms: found.map(({ answeredAt, sentAt }) => answeredAt - sentAt),
        firstAt: Math.min(...[...fates.values()].map(({ sentAt }) => sentAt)),
        lastAt: Math.max(...found.map(({ answeredAt }) => answeredAt)),
        lost: fates.size - found.length,
        doubled: found.filter(({ answers }) => answers > 1).length,
        outOfOrder: [...threads.values()].reduce((sum, thread) => sum + outOfOrder(thread), 0),
      };
    },
  };
}

/** Messages of one thread that were answered after a later one. */
function outOfOrder(thread: ReadonlyMap<string, readonly string[]>): number {
  let wrong = 0;
  let highest = -1;
  for (const [, tokens] of [...thread].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))) {
    for (const token of tokens) {
      const order = Number(token.split('.')[1]);
      if (order < highest) wrong += 1;
      highest = Math.max(highest, order);
    }
  }
  return wrong;
}

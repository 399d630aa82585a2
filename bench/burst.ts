import type { SlackMessage } from '../sim/slack/index.ts';
import { renderMessage } from '../sim/slack/index.ts';
import type { Benchmark } from './benchmark.ts';
import { echoBrain } from './echo-brain.ts';
import { openPostgres } from './postgres.ts';
import { openProgram, type Program } from './program.ts';
import { now, quantile } from './statistics.ts';

const conversations = 200;
const rounds = 10;
const events = conversations * rounds;
/** An answer that did not come for so long does not come any more. */
const patienceMs = 30_000;

/** What one message became. */
interface Fate {
  readonly conversation: number;
  readonly order: number;
  readonly sentAt: number;
  answers: number;
  answeredAt: number;
}

export const burst: Benchmark = {
  name: 'burst',
  what: `${events} events over ${conversations} conversations, all at once`,
  goals: () => ({
    events_per_s: { atLeast: 200 },
    p99_ms: null,
    lost: { atMost: 0 },
    doubled: { atMost: 0 },
    out_of_order: { atMost: 0 },
  }),
  async run(scope, say) {
    const postgres = await openPostgres(scope);
    const databaseUrl = await postgres.database('burst');
    const program = await openProgram(scope, { brain: echoBrain, databaseUrl });
    const fates = new Map<string, Fate>();
    const answers = listen(program, fates);
    await sendAll(program, fates);
    await settled(fates, say);
    const times = [...fates.values()].filter(({ answers: count }) => count > 0);
    const last = Math.max(...times.map(({ answeredAt }) => answeredAt));
    const first = Math.min(...[...fates.values()].map(({ sentAt }) => sentAt));
    return {
      events_per_s: times.length / ((last - first) / 1000),
      p99_ms: quantile(
        times.map(({ answeredAt, sentAt }) => answeredAt - sentAt),
        0.99,
      ),
      lost: events - times.length,
      doubled: times.filter(({ answers: count }) => count > 1).length,
      out_of_order: outOfOrder(answers),
    };
  },
};

/** Every conversation begins with a mention; the rest is said in its thread, without waiting for answers. */
async function sendAll({ world }: Program, fates: Map<string, Fate>): Promise<void> {
  const { slack, ana, channel } = world;
  const roots: string[] = [];
  for (let order = 0; order < rounds; order += 1) {
    for (let conversation = 0; conversation < conversations; conversation += 1) {
      const token = `e${conversation}.${order}`;
      fates.set(token, { conversation, order, sentAt: now(), answers: 0, answeredAt: 0 });
      const thread = roots[conversation];
      if (thread === undefined) roots.push(await ana.say(channel, `<@${slack.botUserId}> ${token}`));
      else await ana.say(channel, token, { threadTs: thread });
    }
    // Lets the events leave: a person cannot type all of them in one tick either.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Notes who was answered in which message, from each message's final text. Answers per thread, in their order. */
function listen({ world }: Program, fates: ReadonlyMap<string, Fate>): ReadonlyMap<string, Map<string, string[]>> {
  const answers = new Map<string, Map<string, string[]>>();
  const hear = (message: SlackMessage) => {
    if (message.user !== world.slack.botUserId || message.streaming_state === 'in_progress') return;
    const thread = answers.get(message.thread_ts ?? '') ?? new Map<string, string[]>();
    answers.set(message.thread_ts ?? '', thread);
    const known = thread.get(message.ts) ?? [];
    const tokens = [...renderMessage(message).matchAll(/\be\d+\.\d+\b/g)].map(([token]) => token);
    thread.set(message.ts, tokens);
    for (const token of tokens.slice(known.length)) {
      const fate = fates.get(token);
      if (!fate) continue;
      fate.answers += 1;
      fate.answeredAt = now();
    }
  };
  world.slack.on('message', hear);
  world.slack.on('edit', hear);
  world.slack.on('stream', ({ op, message }) => op === 'stop' && hear(message));
  return answers;
}

/** Resolves when all are answered, or when nothing has happened for long. */
async function settled(fates: ReadonlyMap<string, Fate>, say: (line: string) => void): Promise<void> {
  let [done, lastAt, saidAt] = [0, now(), now()];
  while (done < events && now() - lastAt < patienceMs) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const answered = [...fates.values()].filter(({ answers }) => answers > 0).length;
    if (answered > done) lastAt = now();
    done = answered;
    if (now() - saidAt < 2_000) continue;
    saidAt = now();
    say(`${done} of ${events} answered`);
  }
}

/** Messages that were answered after a later one of the same conversation. */
function outOfOrder(answers: ReadonlyMap<string, Map<string, string[]>>): number {
  let wrong = 0;
  for (const thread of answers.values()) {
    let highest = -1;
    for (const [, tokens] of [...thread].sort(([a], [b]) => a.localeCompare(b))) {
      for (const token of tokens) {
        const order = Number(token.split('.')[1]);
        if (order < highest) wrong += 1;
        highest = Math.max(highest, order);
      }
    }
  }
  return wrong;
}

import type { Benchmark } from './benchmark.ts';
import { echoBrain } from './echo-brain.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { openPostgres } from './postgres.ts';
import { openProgram, type Program } from './program.ts';
import { hearSlack } from './slack-room.ts';
import { quantile } from './statistics.ts';

const conversations = 200;
const rounds = 10;
const events = conversations * rounds;

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
    const ledger = openLedger();
    hearSlack(program.world.slack, ledger);
    await sendAll(program, ledger);
    await ledger.settled(say);
    const { ms, firstAt, lastAt, lost, doubled, outOfOrder } = ledger.result();
    return {
      events_per_s: ms.length / ((lastAt - firstAt) / 1000),
      p99_ms: quantile(ms, 0.99),
      lost,
      doubled,
      out_of_order: outOfOrder,
    };
  },
};

/** Every conversation begins with a mention; the rest is said in its thread, without waiting for answers. */
async function sendAll({ world }: Program, ledger: Ledger): Promise<void> {
  const { slack, ana, channel } = world;
  const roots: string[] = [];
  for (let order = 0; order < rounds; order += 1) {
    for (let conversation = 0; conversation < conversations; conversation += 1) {
      const token = ledger.send(conversation, order);
      const thread = roots[conversation];
      if (thread === undefined) roots.push(await ana.say(channel, `<@${slack.botUserId}> ${token}`));
      else await ana.say(channel, token, { threadTs: thread });
    }
    // Lets the events leave: a person cannot type all of them in one tick either.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

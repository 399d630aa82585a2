import type { Benchmark } from './benchmark.ts';
import { openDiscordRoom } from './discord-room.ts';
import { echoBrain } from './echo-brain.ts';
import { openLedger } from './ledger.ts';
import { openPostgres } from './postgres.ts';
import { openProgram } from './program.ts';
import { openSlackRoom } from './slack-room.ts';
import { openTelegramRoom } from './telegram-room.ts';
import { watchWeight } from './weight.ts';

const conversations = 500;
const rounds = 3;
/** Where threads are opened on Slack and on Discord. */
const channels = 10;
const share = Math.ceil(conversations / 3);

export const chats: Benchmark = {
  name: 'chats',
  what: `${conversations} conversations over three platforms at once, ${rounds} messages each, under the platforms’ limits`,
  goals: () => ({
    lost: { atMost: 0 },
    doubled: { atMost: 0 },
    out_of_order: { atMost: 0 },
    limit_violations: { atMost: 0 },
    rss_mb: { atMost: 400 },
  }),
  async run(scope, say) {
    const postgres = await openPostgres(scope);
    const databaseUrl = await postgres.database('chats');
    const ledger = openLedger();
    const rooms = await Promise.all([
      openSlackRoom(ledger, channels),
      openDiscordRoom(ledger, channels),
      openTelegramRoom(ledger, share),
    ]);
    for (const room of rooms) scope.defer(() => room.close());
    const OWNERS = rooms.flatMap(({ owners }) => owners).join(',');
    const env = Object.assign({}, ...rooms.map((room) => room.env), { OWNERS });
    const { bot } = await openProgram(scope, { brain: echoBrain, databaseUrl, env });
    const weight = watchWeight(scope, bot.pid ?? 0);
    await weight.first;
    say(`the program weighs ${Math.round(weight.most())} MB before the first word`);
    await Promise.all(
      Array.from({ length: conversations }, async (_, n) => {
        for (let order = 0; order < rounds; order += 1) {
          await rooms[n % rooms.length]?.say(Math.floor(n / rooms.length), ledger.send(n, order));
          // Lets the events leave: a person cannot type all of them in one tick either.
          await new Promise((resolve) => setImmediate(resolve));
        }
      }),
    );
    await ledger.settled(say);
    const { lost, doubled, outOfOrder } = ledger.result();
    const violations = rooms.map((room) => room.violations());
    say(`calls over the limit: Slack ${violations[0]}, Discord ${violations[1]}, Telegram ${violations[2]}`);
    return {
      lost,
      doubled,
      out_of_order: outOfOrder,
      limit_violations: violations.reduce((sum, count) => sum + count),
      rss_mb: weight.most(),
    };
  },
};

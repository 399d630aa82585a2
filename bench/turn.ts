import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from './benchmark.ts';
import { startChild } from './child.ts';
import { type CommitCounter, countCommits } from './commits.ts';
import { discordOffice } from './discord-office.ts';
import type { Office, OfficePlatform } from './office.ts';
import { openPostgres } from './postgres.ts';
import { openProgram } from './program.ts';
import { slackOffice } from './slack-office.ts';
import { median, now, quantile } from './statistics.ts';
import { telegramOffice } from './telegram-office.ts';

const events = 500;
const warmUps = 25;
const counted = 50;
/** Nothing has left for so long: the last event is done with. */
const quietMs = 40;
const patienceMs = 10_000;

const offices: Readonly<Record<string, OfficePlatform>> = {
  slack: slackOffice,
  discord: discordOffice,
  telegram: telegramOffice,
};
const libraries = Object.values(offices).map(({ library }) => library);

export const turn: Benchmark = {
  name: 'turn',
  what: `platform event → first call that leaves for the platform, ${events} events, against a bare echo bot (${libraries.join(', ')})`,
  platforms: Object.keys(offices),
  goals: () => ({
    bare_p50_ms: null,
    bare_p99_ms: null,
    ours_p50_ms: null,
    ours_p99_ms: null,
    added_p50_ms: { atMost: 10 },
    added_p99_ms: { atMost: 30 },
    commits: { atMost: 2 },
  }),
  async run(scope, say, platform) {
    const { open, bareBot } = offices[platform] ?? slackOffice;
    const postgres = await openPostgres(scope, { track_commit_timestamp: 'on' });
    const databaseUrl = await postgres.database('turn');
    const [ours, bare] = [await open(), await open()];
    scope.defer(async () => void (await Promise.all([ours.close(), bare.close()])));
    // The world has a Slack of its own, with which the program has nothing to do here.
    const env = { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '', ...ours.env };
    await openProgram(scope, { brain: () => ({ say: 'Heard you.' }), databaseUrl, env });
    await startChild(scope, bareBot, bare.env);
    for (let i = 0; i < warmUps; i += 1) {
      await measure(bare);
      await measure(ours);
    }
    const samples = { bare: [] as number[], ours: [] as number[] };
    for (let i = 0; i < events; i += 1) {
      samples.bare.push((await measure(bare)).ms);
      samples.ours.push((await measure(ours)).ms);
      if (i % 100 === 99) say(`${i + 1} of ${events} pairs`);
    }
    const commits = await commitsOf(ours, await countCommits(scope, databaseUrl));
    const figures = {
      bare_p50_ms: median(samples.bare),
      bare_p99_ms: quantile(samples.bare, 0.99),
      ours_p50_ms: median(samples.ours),
      ours_p99_ms: quantile(samples.ours, 0.99),
    };
    return {
      ...figures,
      added_p50_ms: figures.ours_p50_ms - figures.bare_p50_ms,
      added_p99_ms: figures.ours_p99_ms - figures.bare_p99_ms,
      commits,
    };
  },
};

/** Says one hello, and answers when the first call about it left; resolves when all is quiet again. */
async function measure(office: Office): Promise<{ ms: number; from: number; to: number }> {
  let to = 0;
  let lastAt = 0;
  let root = '';
  const stop = office.onCall((ids) => {
    lastAt = now();
    if (to === 0 && root !== '' && ids.includes(root)) to = lastAt;
  });
  const from = now();
  // The call cannot come before the id is known: both are in this tick of the event loop.
  root = await office.greet();
  while (to === 0 || now() - lastAt <= quietMs) {
    if (now() - from > patienceMs) throw new Error('the bot does not answer, or does not come to rest');
    await sleep(5);
  }
  stop();
  return { ms: to - from, from, to };
}

/** How many commits an event costs before the first call about it. */
async function commitsOf(office: Office, counter: CommitCounter): Promise<number> {
  const found: number[] = [];
  for (let i = 0; i < counted; i += 1) {
    const mark = await counter.mark();
    const { from, to } = await measure(office);
    found.push(await counter.between(mark, from, to));
  }
  return median(found);
}

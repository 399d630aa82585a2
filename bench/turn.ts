import type { SlackCall, SlackPerson, SlackSim } from '../sim/slack/index.ts';
import { createSlackSim } from '../sim/slack/index.ts';
import type { Benchmark } from './benchmark.ts';
import { startChild } from './child.ts';
import { type CommitCounter, countCommits } from './commits.ts';
import { openPostgres } from './postgres.ts';
import { openProgram } from './program.ts';
import { median, now, quantile } from './statistics.ts';

const events = 500;
const warmUps = 25;
const counted = 50;
/** Nothing has left for so long: the last event is done with. */
const quietMs = 40;

/** A Slack workspace with a bot in it, as the person sees it. */
interface Office {
  readonly slack: SlackSim;
  readonly person: SlackPerson;
  readonly channel: string;
}

export const turn: Benchmark = {
  name: 'turn',
  what: `platform event → first call that leaves for Slack, ${events} events, against a bare Bolt echo bot`,
  goals: () => ({
    bare_p50_ms: null,
    bare_p99_ms: null,
    ours_p50_ms: null,
    ours_p99_ms: null,
    added_p50_ms: { atMost: 10 },
    added_p99_ms: { atMost: 30 },
    commits: { atMost: 2 },
  }),
  async run(scope, say) {
    const postgres = await openPostgres(scope, { track_commit_timestamp: 'on' });
    const databaseUrl = await postgres.database('turn');
    const { world } = await openProgram(scope, { brain: () => ({ say: 'Heard you.' }), databaseUrl });
    const ours: Office = { slack: world.slack, person: world.ana, channel: world.channel };
    const bare = await openBare(scope);
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

async function openBare(scope: AsyncDisposableStack): Promise<Office> {
  const slack = await createSlackSim();
  scope.defer(() => slack.close());
  await startChild(scope, new URL('bare-bolt.ts', import.meta.url), {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
  });
  const person = slack.person('Ana');
  return { slack, person, channel: slack.createChannel('web') };
}

/** Sends one mention, and answers when the first call about it left; resolves when all is quiet again. */
async function measure({ slack, person, channel }: Office): Promise<{ ms: number; from: number; to: number }> {
  let to = 0;
  let lastAt = 0;
  let root = '';
  const stop = slack.on('call', (call) => {
    lastAt = now();
    if (to === 0 && isAbout(call, root)) to = lastAt;
  });
  const from = now();
  // The call cannot come before the timestamp is known: both are in this tick of the event loop.
  root = await person.say(channel, `<@${slack.botUserId}> hello`);
  await slack.waitFor(() => (to > 0 && now() - lastAt > quietMs ? true : undefined), { timeoutMs: 10_000 });
  stop();
  return { ms: to - from, from, to };
}

const isAbout = ({ args }: SlackCall, root: string): boolean => root !== '' && args.thread_ts === root;

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

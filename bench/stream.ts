import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedRequest } from '../sim/anthropic/index.ts';
import type { Benchmark } from './benchmark.ts';
import { openPostgres } from './postgres.ts';
import { openProgram, type Program } from './program.ts';
import { median, now, quantile } from './statistics.ts';

const turns = 50;
const warmUps = 5;
/** Slack lets 20 streams a minute begin, and the adapter begins 14; what is measured is what comes on top. */
const apartMs = 4_400;
/** Fast for a model, so that appends are paced by the adapter, as they would be in life. */
const chunkDelayMs = 20;
const chunks =
  'The date picker takes the day as it comes and lets the browser roll it over into March. '.match(/\S+ /g) ?? [];

export const stream: Benchmark = {
  name: 'stream',
  what: `the model’s first token → the first call that carries it, last token → final text sent, ${turns} turns`,
  goals: () => ({
    first_p50_ms: { atMost: 10 },
    first_p99_ms: { atMost: 10 },
    last_p99_ms: { atMost: 10 },
  }),
  async run(scope, say) {
    const postgres = await openPostgres(scope);
    const databaseUrl = await postgres.database('stream');
    const program = await openProgram(scope, { brain: () => ({ say: chunks, chunkDelayMs }), databaseUrl });
    for (let i = 0; i < warmUps; i += 1) await Promise.all([measure(program), sleep(apartMs)]);
    const samples: { first: number; last: number }[] = [];
    for (let i = 0; i < turns; i += 1) {
      const [sample] = await Promise.all([measure(program), sleep(apartMs)]);
      samples.push(sample);
      if (i % 20 === 19) say(`${i + 1} of ${turns} turns`);
    }
    const first = samples.map((sample) => sample.first);
    return {
      first_p50_ms: median(first),
      first_p99_ms: quantile(first, 0.99),
      last_p99_ms: quantile(
        samples.map(({ last }) => last),
        0.99,
      ),
    };
  },
};

/** One streamed answer. The sims of the model and of Slack live in this process, so their clocks are one. */
async function measure({ world }: Program): Promise<{ first: number; last: number }> {
  const { slack, ana, channel, anthropic } = world;
  let [firstAt, lastAt, clearedAt] = [0, 0, 0];
  const stop = slack.on('call', ({ method, args }) => {
    if (method === 'chat.startStream' && args.markdown_text) firstAt ||= now();
    else if (method === 'chat.stopStream') lastAt = now();
    else if (method === 'assistant.threads.setStatus' && lastAt > 0) clearedAt = now();
  });
  const from = now();
  await ana.say(channel, `<@${slack.botUserId}> what does the date picker do?`);
  await slack.waitFor(() => clearedAt || undefined, { timeoutMs: 10_000 });
  stop();
  const spoken = anthropic.requests.findLast((request) => request.at >= from && isDone(request));
  if (!spoken?.firstTokenAt || !spoken.lastTokenAt || !firstAt) throw new Error('an answer was not streamed');
  return { first: firstAt - spoken.firstTokenAt, last: lastAt - spoken.lastTokenAt };
}

const isDone = ({ lastTokenAt }: RecordedRequest): boolean => lastTokenAt !== undefined;

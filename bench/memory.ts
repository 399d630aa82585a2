import type { TokenUsage } from '../sim/anthropic/index.ts';
import type { Benchmark } from './benchmark.ts';
import { openPostgres } from './postgres.ts';
import { openProgram, type Program } from './program.ts';
import { median } from './statistics.ts';

/** Each turn is two messages: a person's and the answer. */
const turns = 500;
/** Turns around a point in the conversation that its figure is taken from: the size swings as summaries advance. */
const around = 40;
/** The cost of a turn late in the conversation may be this many times that of an early one. */
const flat = 3;

const question = (n: number) =>
  `Question ${n}: the picker on page ${n % 17} shows the wrong week when the month begins on a Sunday; is that the same cause as before?`;
const answer = (n: number) =>
  `Answer ${n}: yes, week ${n % 52} is counted from Monday there, so the first row is dropped; the fix for the picker covers it too.`;

export const memory: Benchmark = {
  name: 'memory',
  what: 'model input tokens per turn, from 10 to 1,000 messages in one conversation',
  goals: ({ tokens_10 }) => ({
    tokens_10: null,
    tokens_1000: { atMost: (tokens_10 ?? 0) * flat, words: `flat: ≤ ${flat} × tokens_10` },
    cached_share: { atLeast: 0.9 },
  }),
  async run(scope, say) {
    const postgres = await openPostgres(scope);
    const databaseUrl = await postgres.database('memory');
    const program = await openProgram(scope, { brain: () => ({ say: 'ok' }), databaseUrl });
    const usages = await converse(program, say);
    const late = usages.slice(-around);
    return {
      tokens_10: median(usages.slice(3, 7).map(inputOf)),
      tokens_1000: median(late.map(inputOf)),
      cached_share: sum(late.map((usage) => usage.cache_read_input_tokens)) / sum(late.map(inputOf)),
    };
  },
};

/** The usage of every turn of one long conversation, in order. */
async function converse({ world }: Program, say: (line: string) => void): Promise<TokenUsage[]> {
  const { slack, ana, channel, anthropic } = world;
  const usages: TokenUsage[] = [];
  let cleared = 0;
  anthropic.brain = ({ kind }) =>
    kind === 'side'
      ? { say: `They spoke of the date picker and its weeks, ${usages.length} times so far.` }
      : { say: answer(usages.length) };
  anthropic.on('reply', ({ view, usage }) => {
    if (view?.kind === 'assistant' && usage) usages.push(usage);
  });
  slack.on('call', ({ method, args }) => {
    if (method === 'assistant.threads.setStatus' && args.status === '') cleared += 1;
  });
  let root: string | undefined;
  for (let n = 0; n < turns; n += 1) {
    if (root === undefined) root = await ana.say(channel, `<@${slack.botUserId}> ${question(n)}`);
    else await ana.say(channel, question(n), { threadTs: root });
    await slack.waitFor(() => (cleared > n && usages.length > n ? true : undefined), { timeoutMs: 10_000 });
    if (n % 100 === 99) say(`${(n + 1) * 2} messages: ${inputOf(usages.at(-1) ?? empty)} tokens in the last turn`);
  }
  return usages;
}

const inputOf = ({
  input_tokens,
  cache_creation_input_tokens,
  cache_read_input_tokens,
}: Omit<TokenUsage, 'cache_creation' | 'output_tokens'>) =>
  input_tokens + cache_creation_input_tokens + cache_read_input_tokens;
const empty = { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

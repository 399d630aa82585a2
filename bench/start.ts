import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { repository } from '../bot/demo/repository.ts';
import type { AnthropicSim, Brain, RecordedRequest } from '../sim/anthropic/index.ts';
import { finish, use } from '../sim/anthropic/script.ts';
import { renderMessage } from '../sim/slack/index.ts';
import type { Benchmark } from './benchmark.ts';
import { endChild } from './child.ts';
import { openPostgres, temporaryDirectory } from './postgres.ts';
import { openProgram, type Program } from './program.ts';
import { median, now } from './statistics.ts';

const pairs = 12;
const addedMs = 300;

/** The assistant proposes, the worker hands back a plan at once. */
const brain: Brain = (request) => {
  if (request.kind === 'side') return { say: 'ok' };
  if (request.kind === 'worker') {
    const step = finish({ summary: 'One line.', plan: 'Add a line to NOTES.md.' });
    return typeof step === 'function' ? step(request) : step;
  }
  if (request.toolResults.length > 0) return { say: '' };
  return use('spawn_task', { repo: repository, title: 'Add a note', brief: 'Add a line to NOTES.md.', plan: true });
};

export const start: Benchmark = {
  name: 'start',
  what: `confirm → the worker’s first model call, ${pairs} tasks, against starting Claude Code bare`,
  goals: ({ bare_p50_ms }) => ({
    bare_p50_ms: null,
    ours_p50_ms: { atMost: (bare_p50_ms ?? 0) + addedMs, words: `≤ bare + ${addedMs}` },
  }),
  async run(scope, say) {
    const postgres = await openPostgres(scope);
    const program = await openProgram(scope, { brain, databaseUrl: await postgres.database('start') });
    const bare = await prepareBare(scope, program);
    const samples = { bare: [] as number[], ours: [] as number[] };
    const { prompt } = await ours(program);
    await bare(prompt);
    for (let i = 0; i < pairs; i += 1) {
      samples.bare.push(await bare(prompt));
      samples.ours.push((await ours(program)).ms);
      say(
        `pair ${i + 1} of ${pairs}: bare ${samples.bare.at(-1)?.toFixed()} ms, ours ${samples.ours.at(-1)?.toFixed()} ms`,
      );
    }
    return { bare_p50_ms: median(samples.bare), ours_p50_ms: median(samples.ours) };
  },
};

/** Asks for a task, confirms it, and waits until its worker has ended, so that nothing runs beside the next. */
async function ours({ world }: Program): Promise<{ ms: number; prompt: string }> {
  const { slack, ana, channel, anthropic } = world;
  const root = await ana.say(channel, `<@${slack.botUserId}> add a note`);
  const inThread = (text: RegExp) =>
    slack.messages(channel).find((message) => message.thread_ts === root && text.test(renderMessage(message)));
  const card = await slack.waitFor(() => inThread(/Start without a plan/), { timeoutMs: 10_000 });
  const from = now();
  await ana.react(channel, card.ts, '+1');
  const first = await firstCall(anthropic, from);
  const dm = await ana.dm();
  const plans = () => slack.messages(dm).filter((message) => /Approve plan/.test(renderMessage(message))).length;
  const before = plans();
  await slack.waitFor(() => (plans() > before ? true : undefined), { timeoutMs: 30_000 });
  return { ms: first.at - from, prompt: first.view?.prompt ?? '' };
}

const firstCall = (anthropic: AnthropicSim, from: number): Promise<RecordedRequest> =>
  anthropic.waitFor((request) => request.at >= from && request.view?.kind === 'worker');

/** A clone of the repository in which Claude Code is started with nothing around it. */
async function prepareBare(
  scope: AsyncDisposableStack,
  { world }: Program,
): Promise<(prompt: string) => Promise<number>> {
  const home = await temporaryDirectory(scope, 'bare');
  const work = join(home, 'work');
  const { host } = new URL(world.github.url);
  await promisify(execFile)('git', ['clone', '-q', `http://x:${world.github.token}@${host}/${repository}.git`, work]);
  const entry = fileURLToPath(new URL('bare-claude.ts', import.meta.url));
  return async (prompt) => {
    const from = now();
    const child = spawn(process.execPath, [entry], {
      cwd: work,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env.PATH ?? '',
        HOME: home,
        ANTHROPIC_BASE_URL: world.anthropic.url,
        ANTHROPIC_API_KEY: world.anthropic.apiKey,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
        IS_SANDBOX: '1',
        BENCH_PROMPT: prompt,
        BENCH_MODEL: 'claude-opus-5-5',
      },
    });
    scope.defer(() => endChild(child));
    const exited = once(child, 'exit');
    const first = await firstCall(world.anthropic, from);
    await exited;
    return first.at - from;
  };
}

/** `npm run bench -- NAME [--platform PLATFORM] [--json FILE]`: one benchmark; without a name it lists them. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Benchmark, Figures } from './benchmark.ts';
import { broker } from './broker.ts';
import { burst } from './burst.ts';
import { chats } from './chats.ts';
import { fanout } from './fanout.ts';
import { idle } from './idle.ts';
import { memory } from './memory.ts';
import { recovery } from './recovery.ts';
import { spawn } from './spawn.ts';
import { start } from './start.ts';
import { stream } from './stream.ts';
import { table } from './table.ts';
import { turn } from './turn.ts';
import { waiting } from './waiting.ts';
import { web } from './web.ts';

const benchmarks: readonly Benchmark[] = [
  turn,
  stream,
  waiting,
  burst,
  chats,
  fanout,
  recovery,
  start,
  memory,
  web,
  spawn,
  idle,
  broker,
];

/** No benchmark runs longer, milliseconds. */
const longestMs = 240_000;

const usage = 'Usage: npm run bench -- NAME [--platform PLATFORM] [--json FILE]';
const list = () =>
  benchmarks
    .map(({ name, what, platforms }) => `  ${name.padEnd(9)} ${what}${platforms ? `; on ${platforms.join(', ')}` : ''}`)
    .join('\n');

const options = {
  platform: { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;
const parse = () => parseArgs({ allowPositionals: true, options });

async function main(): Promise<number> {
  let args: ReturnType<typeof parse>;
  try {
    args = parse();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    return 2;
  }
  const [name, ...more] = args.positionals;
  if (name === undefined || args.values.help) {
    console.log(`${usage}\n\n${list()}`);
    return 0;
  }
  const benchmark = benchmarks.find((candidate) => candidate.name === name);
  if (!benchmark || more.length > 0) {
    console.error(
      `${benchmark ? 'One benchmark at a time.' : `There is no benchmark ${name}.`}\n${usage}\n\n${list()}`,
    );
    return 2;
  }
  const { platforms: [first = '', ...others] = [] } = benchmark;
  const platform = args.values.platform ?? first;
  if (![first, ...others].includes(platform)) {
    console.error(`${name} does not run on ${platform}.\n${usage}\n\n${list()}`);
    return 2;
  }
  const figures = rounded(await measure(benchmark, platform));
  if (args.values.json !== undefined) await writeFile(args.values.json, `${JSON.stringify({ name, figures })}\n`);
  console.log(table(benchmark, figures));
  return 0;
}

/** To what is worth reading. */
const rounded = (figures: Figures): Figures =>
  Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [key, value === null ? null : Math.round(value * 100) / 100]),
  );

/** Runs within its time and cleans up however it ends, Ctrl-C included. */
async function measure(benchmark: Benchmark, platform: string): Promise<Figures> {
  const scope = new AsyncDisposableStack();
  const ended = Promise.withResolvers<never>();
  const timer = setTimeout(() => ended.reject(new Error(`not done after ${longestMs / 1000} s`)), longestMs);
  const interrupted = () => ended.reject(new Error('interrupted'));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    return await Promise.race([benchmark.run(scope, (line) => console.error(line), platform), ended.promise]);
  } finally {
    clearTimeout(timer);
    await scope.disposeAsync();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.stack : error);
  process.exitCode = 1;
}
// What an interrupted benchmark still waits for must not keep the process.
process.exit();

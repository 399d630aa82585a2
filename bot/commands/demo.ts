import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { describe, Failure } from '../../core/errors.ts';
import { count } from '../../core/words/time.ts';
import { type Command, type CommandArgs, type CommandIo, UsageError } from '../command.ts';
import { environment } from '../config.ts';
import { openDatabase } from '../database.ts';
import { type BotProcess, createBotProcess } from '../demo/bot-process.ts';
import { openCluster } from '../demo/cluster.ts';
import { createWideWorld, introduce } from '../demo/everywhere.ts';
import { freePort } from '../demo/free-port.ts';
import { narrate } from '../demo/narrator.ts';
import { type Report, report } from '../demo/report.ts';
import { type Told, tell } from '../demo/story.ts';
import { converse } from '../demo/terminal.ts';
import { until } from '../demo/until.ts';

/** How long scripted people take before they act, milliseconds, at speed 1. */
const pauseMs = 1_500;

/** `mainloop demo`: the whole story against the world in miniature. Needs no account. */
export const demo: Command = {
  name: 'demo',
  summary: 'Play the whole story against the world in miniature; needs no account',
  usage: '',
  options: {
    once: { summary: 'exit when the story is complete; implied without a terminal' },
    json: { value: 'FILE', summary: 'write what happened to FILE' },
    sandbox: { value: 'local|kubernetes', summary: 'where workers run; default local' },
    speed: {
      value: 'N',
      summary: 'how fast the scripted people are: 2 is twice as fast, 0 without pauses (default with --once)',
    },
    data: { value: 'DIR', summary: 'keep the data in DIR; default a temporary directory' },
  },
  async run(args, io) {
    const options = readOptions(args);
    const kept = args.text('data');
    const dataDir = kept ? resolve(kept) : await mkdtemp(join(tmpdir(), 'mainloop-demo-'));
    await mkdir(dataDir, { recursive: true });
    if ((await readdir(dataDir)).length > 0) throw usedBefore(dataDir);
    try {
      const told = await play({ dataDir, ...options }, io);
      const file = args.text('json');
      if (file) await writeFile(file, `${JSON.stringify(told, null, 2)}\n`);
      return told.ok ? 0 : 1;
    } finally {
      if (!kept) await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  },
};

/** The world in miniature forgets, so a database that remembers another one tells a story that never was. */
const usedBefore = (dir: string) =>
  new Failure(`${dir} is not empty.`, {
    code: 'data_used',
    remedy: 'never',
    advice: 'The demo begins anew each time: give --data an empty directory.',
  });

interface Options {
  readonly dataDir: string;
  readonly sandbox: 'local' | 'kubernetes';
  readonly once: boolean;
  readonly speed: number;
}

function readOptions(args: CommandArgs): Omit<Options, 'dataDir'> {
  const sandbox = args.text('sandbox') ?? 'local';
  if (sandbox !== 'local' && sandbox !== 'kubernetes')
    throw new UsageError(`--sandbox takes local or kubernetes, not "${sandbox}".`);
  const once = args.has('once') || !process.stdin.isTTY || !process.stdout.isTTY;
  const speed = Number(args.text('speed') ?? (once ? 0 : 1));
  if (!Number.isFinite(speed) || speed < 0) throw new UsageError('--speed takes a number from 0.');
  return { sandbox, once, speed };
}

/** Boots the world and the program, tells the story, stays for a talk in a terminal, and leaves nothing behind. */
async function play({ dataDir, sandbox, once, speed }: Options, io: CommandIo): Promise<Report> {
  const startedAt = Date.now();
  const port = await freePort();
  const botDir = join(dataDir, 'bot');
  await mkdir(botDir, { recursive: true });
  // Ended in the opposite order, however the story ends.
  await using opened = new AsyncDisposableStack();
  const database = await openDatabase({ dataDir: join(dataDir, 'database'), log: pino({ level: 'silent' }) });
  opened.defer(() => database.stop());
  const world = await createWideWorld(port);
  opened.defer(() => world.close());
  const cluster = sandbox === 'kubernetes' ? await openCluster(dataDir, await freePort(), environment()) : null;
  opened.defer(async () => cluster?.close());
  const bot = createBotProcess({
    port,
    dataDir: botDir,
    path: environment().PATH ?? '',
    env: { ...world.environment(port), ...cluster?.environment, DATABASE_URL: database.url },
  });
  opened.defer(() => bot.stop());
  const endNarration = narrate(world, startedAt, io);
  await bot.start();
  io.say('The program is up. Ana links her accounts, then writes in #web.');
  if (!once) io.say(`Her page, to look over her shoulder: ${await pageOf(bot)}`);
  let told: Told | null = null;
  let reason: string | null = null;
  try {
    await introduce(world);
    told = await tell(world, () => sleep(speed === 0 ? 0 : pauseMs / speed));
    await (cluster ? cluster.gone() : sandboxesGone(join(botDir, 'sandboxes')));
    io.say(cluster ? 'Its namespace is gone from the cluster.' : 'The sandbox is gone.');
  } catch (error) {
    reason = describe(error);
  }
  const outcome = await report(world, database.url, { seconds: (Date.now() - startedAt) / 1000, told, reason });
  if (once) endNarration();
  summarise(outcome, io);
  if (!once) await converse(world, bot, io);
  return outcome;
}

/** The way to the owner's page, as the program prints it when it starts. */
const pageOf = (bot: BotProcess) => until('the way to the page', async () => wayIn.exec(await bot.log())?.[0]);

const wayIn = /http:\S+\/sign-in\?code=\S+/;

/** The end of a task leaves no directory behind; a moment after the last card, which does not wait for it. */
async function sandboxesGone(dir: string): Promise<void> {
  for (const until = Date.now() + 10_000; Date.now() < until; await sleep(50)) {
    if (!(await readdir(dir)).some((name) => /^\d+$/.test(name))) return;
  }
  throw new Failure('A sandbox was left behind.', { code: 'sandbox_left', remedy: 'never' });
}

function summarise({ ok, seconds, reason, counts }: Report, io: CommandIo): void {
  io.say('');
  io.say(
    ok ? `✔ From a sentence to a merged pull request in ${seconds} s.` : `✖ The story did not end well: ${reason}`,
  );
  io.say(
    `  ${count(counts.issues, 'issue')}, ${count(counts.prs, 'pull request')}, ${count(counts.proposals, 'proposal')}, ${count(counts.messages.slack ?? 0, 'message')} in Slack, ${counts.messages.telegram ?? 0} on Telegram, ${counts.messages.discord ?? 0} on Discord`,
  );
}

const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

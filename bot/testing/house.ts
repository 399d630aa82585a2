/** The whole product against the world in miniature, for tests that look at it from outside. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../core/store/database.ts';
import { createStore, type Store } from '../../core/store/index.ts';
import { testDatabase } from '../../core/testing/postgres.ts';
import { renderMessage, type SlackMessage } from '../../sim/slack/index.ts';
import { environment } from '../config.ts';
import { type BotProcess, createBotProcess } from '../demo/bot-process.ts';
import { freePort } from '../demo/free-port.ts';
import { createWorld, type World } from '../demo/world.ts';

export interface House<W extends World = World> {
  readonly world: W;
  /** The program, a process of its own that can be killed and started again. */
  readonly bot: BotProcess;
  readonly databaseUrl: string;
  /** Reads what the program remembers. */
  readonly store: Store;
  readonly port: number;
  readonly dataDir: string;
  /** Messages of the bot that a person sees in a place and that match, oldest first. */
  seen(channel: string, text: RegExp): SlackMessage[];
  /** Waits for the last such message. */
  sees(channel: string, text: RegExp, timeoutMs?: number): Promise<SlackMessage>;
  until<T>(what: string, probe: () => T | undefined | Promise<T | undefined>, timeoutMs?: number): Promise<T>;
  /** The program's log so far. */
  log(): Promise<string>;
  close(): Promise<void>;
}

export interface HouseOptions<W extends World = World> {
  /** Makes the world around it; by default the one with Slack alone. */
  readonly createWorld?: (port: number) => Promise<W>;
  /** Settings over those of the world; an empty string unsets one. */
  readonly env?: Record<string, string>;
  /** Modules that the program's process loads first (`node --import`). */
  readonly imports?: readonly string[];
  /** Start the program right away; default true. */
  readonly start?: boolean;
}

/** Builds the world and starts the program in it, on a database of its own. */
export function openHouse(options?: Omit<HouseOptions, 'createWorld'>): Promise<House>;
export function openHouse<W extends World>(
  options: HouseOptions<W> & Required<Pick<HouseOptions<W>, 'createWorld'>>,
): Promise<House<W>>;
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const { env = {}, imports = [], start = true } = options;
  const database = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'mainloop-house-'));
  const port = await freePort();
  const world = await (options.createWorld ?? createWorld)(port);
  const bot = createBotProcess({
    port,
    dataDir,
    imports,
    path: environment().PATH ?? '',
    env: { ...world.environment(port), DATABASE_URL: database.url, RECONCILE_SECONDS: '2', ...env },
  });
  const { db, close } = await connect(database.url, () => undefined, 3);
  if (start) await bot.start();
  const seen = (channel: string, text: RegExp) =>
    world.slack
      .messages(channel)
      .filter(
        (message) => !message.deleted && message.user === world.slack.botUserId && text.test(renderMessage(message)),
      );
  return {
    world,
    bot,
    databaseUrl: database.url,
    store: createStore(db),
    port,
    dataDir,
    seen,
    sees: (channel, text, timeoutMs) => until(`a message like ${text}`, () => seen(channel, text).at(-1), timeoutMs),
    until,
    log: () => bot.log(),
    async close() {
      await bot.kill();
      await close();
      await world.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

async function until<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 30_000,
): Promise<T> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; ) {
    const found = await probe();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${what} did not come within ${timeoutMs / 1000} s`);
}

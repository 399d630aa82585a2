/** The core on three real chat adapters and GitHub, with tasks whose plans are written at once and wait for approval. */
import { pino } from 'pino';
import { createDiscord } from '../adapters/discord/index.ts';
import { createGitHub } from '../adapters/github/index.ts';
import { createSlack } from '../adapters/slack/index.ts';
import { createTelegram } from '../adapters/telegram/index.ts';
import type { Account, Place } from '../core/domain/chat.ts';
import type { Door } from '../core/door.ts';
import { ana, confirmedTask, startCore } from './core.ts';
import { leanPorts } from './lean-ports.ts';

/** What the parent tells: the person's accounts, and where the tasks were asked for. */
export interface FanoutInput {
  readonly accounts: readonly Account[];
  readonly places: readonly Place[];
}

const { env } = process;
const { accounts, places }: FanoutInput = JSON.parse(env.BENCH_INPUT ?? '');
const log = pino({ level: 'error' }, pino.destination(2));
const chats = [
  createSlack({
    botToken: env.SLACK_BOT_TOKEN ?? '',
    appToken: env.SLACK_APP_TOKEN,
    apiUrl: env.SLACK_API_URL,
    log,
  }),
  createDiscord({ token: env.DISCORD_TOKEN ?? '', apiUrl: env.DISCORD_API_URL, log }),
  createTelegram({ token: env.TELEGRAM_BOT_TOKEN ?? '', apiUrl: env.TELEGRAM_API_URL, log }),
];
const host = createGitHub({
  auth: { token: env.GITHUB_TOKEN ?? '' },
  apiUrl: env.GITHUB_API_URL ?? '',
  url: env.GITHUB_URL ?? '',
  log,
});
const { sandbox, model } = leanPorts({ onWorker: ({ token }) => void plan(token), onIssue: () => undefined });
// Workers begin while the core still starts.
const door = Promise.withResolvers<Door>();
const { core } = await startCore(
  env.DATABASE_URL ?? '',
  { chats: new Map(chats.map((chat) => [chat.platform, chat])), host, sandbox, model },
  async (store) => {
    const person = (await store.people.of(ana))?.id ?? 0;
    for (const account of accounts) await store.people.addAccount(person, account, Date.now());
    await store.inbox.set(person, { surfaces: chats.map(({ platform }) => platform) });
    for (const place of places) await confirmedTask(store, place);
  },
  { maxWorkers: places.length },
);

/** A worker that hands back its plan at once, and is at work for ever on what is to be done then. */
async function plan(token: string): Promise<void> {
  const { admit, result } = await door.promise;
  const attempt = await admit({ token });
  if (attempt?.kind !== 'plan') return;
  await result(attempt, { type: 'plan', plan: 'Add a line.', summary: 'One line.', session: 's' });
}

door.resolve(core.door);
process.send?.({ type: 'ready' });

/** The program with Telegram as its only face. */
import type { Brain } from '../../sim/anthropic/index.ts';
import {
  createTelegramSim,
  renderMessage,
  type TelegramPerson,
  type TelegramSim,
  type TelegramSimOptions,
} from '../../sim/telegram/index.ts';
import { createWorld, type World } from '../demo/world.ts';
import type { House } from '../testing/house.ts';
import { model, openQuickHouse } from './testing.ts';

export interface TelegramHouse {
  readonly house: House;
  readonly telegram: TelegramSim;
  /** The owner. */
  readonly ana: TelegramPerson;
  /** What stands in a chat from the bot and matches, oldest first. */
  ours(chat: number, text: RegExp): string[];
  /** Number of the newest task. */
  newest(): Promise<number>;
  close(): Promise<void>;
}

export interface TelegramHouseOptions {
  readonly brain?: Brain;
  readonly telegram?: TelegramSimOptions;
  /** Updates come by webhook, instead of being polled. */
  readonly webhook?: boolean;
  /** Ana is owner from the start, instead of by a code. */
  readonly isOwner?: boolean;
}

/** How long a person waits for one thing. */
export const patient = { timeoutMs: 60_000 };

export async function openTelegramHouse(options: TelegramHouseOptions = {}): Promise<TelegramHouse> {
  const { brain = model(), webhook = false, isOwner = true } = options;
  const telegram = await createTelegramSim(options.telegram);
  const ana = telegram.person('Ana');
  const house = await openQuickHouse(brain, {
    ...(webhook ? { createWorld: reachable } : {}),
    env: {
      ...{ SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '', OWNERS: isOwner ? `telegram:${ana.id}` : '' },
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_URL: telegram.apiRoot,
    },
  });
  return {
    house,
    telegram,
    ana,
    ours: (chat, text) =>
      telegram
        .messages(chat)
        .filter(({ wire, deleted }) => wire.from?.id === telegram.botId && !deleted)
        .map(renderMessage)
        .filter((shown) => text.test(shown)),
    newest: async () => {
      const task = await house.until('the task', async () => (await house.store.tasks.latest(1))[0]);
      return task.number;
    },
    async close() {
      await house.close();
      await telegram.close();
    },
  };
}

/** The usual world, which knows at which address the program can be called. */
async function reachable(port: number): Promise<World> {
  const world = await createWorld(port);
  const address = { PUBLIC_URL: `http://127.0.0.1:${port}`, TELEGRAM_WEBHOOK_SECRET: 'a-long-random-text' };
  return { ...world, environment: (own) => ({ ...world.environment(own), ...address }) };
}

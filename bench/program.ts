import { environment } from '../bot/config.ts';
import { type BotProcess, createBotProcess } from '../bot/demo/bot-process.ts';
import { freePort } from '../bot/demo/free-port.ts';
import { createWorld, type World } from '../bot/demo/world.ts';
import type { Brain } from '../sim/anthropic/index.ts';
import { temporaryDirectory } from './postgres.ts';

export interface Program {
  readonly world: World;
  readonly bot: BotProcess;
  readonly databaseUrl: string;
  readonly port: number;
}

export interface ProgramOptions {
  readonly brain: Brain;
  readonly databaseUrl: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The real program as a process of its own, in a world in miniature that lives in this one. */
export async function openProgram(
  scope: AsyncDisposableStack,
  { brain, databaseUrl, env = {} }: ProgramOptions,
): Promise<Program> {
  const dataDir = await temporaryDirectory(scope, 'program');
  const port = await freePort();
  const world = await createWorld(port);
  scope.defer(() => world.close());
  world.anthropic.brain = brain;
  const bot = createBotProcess({
    port,
    dataDir,
    path: environment().PATH ?? '',
    env: { ...world.environment(port), DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn', ...env },
  });
  scope.defer(() => bot.kill());
  await bot.start();
  return { world, bot, databaseUrl, port };
}

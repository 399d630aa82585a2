import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createDiscordSim } from '../sim/discord/index.ts';
import { createTelegramSim } from '../sim/telegram/index.ts';
import { createBotProcess } from './demo/bot-process.ts';
import { freePort } from './demo/free-port.ts';
import { createWorld, type World } from './demo/world.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));
let world: World;
let port: number;
let dataDir: string;

beforeAll(async () => {
  port = await freePort();
  dataDir = await mkdtemp(join(tmpdir(), 'mainloop-start-'));
  world = await createWorld(port);
});

afterAll(async () => {
  await world.close();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

/** Runs `mainloop start` until it ends by itself. */
async function startAndFail(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const path = process.env.PATH ?? '';
  const child = spawn(process.execPath, [entry, 'start'], {
    cwd: dataDir,
    env: { PATH: path, DATA_DIR: dataDir, ...env },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = await once(child, 'exit');
  return { code, said };
}

describe('start', () => {
  it('without settings names every variable that is missing, with an example, and no stack trace', async () => {
    const { code, said } = await startAndFail({});
    expect(code).toBe(1);
    for (const variable of ['GITHUB_TOKEN', 'ANTHROPIC_API_KEY']) expect(said).toContain(variable);
    expect(said).not.toMatch(/^\s+at /m);
  });

  it('with tokens that the services refuse names the variables, all at once', async () => {
    const wrong = {
      SLACK_BOT_TOKEN: 'xoxb-wrong',
      TELEGRAM_BOT_TOKEN: '42:wrong',
      GITHUB_TOKEN: 'ghp_wrong',
      ANTHROPIC_API_KEY: 'sk-wrong',
    };
    const telegram = await createTelegramSim();
    onTestFinished(() => telegram.close());
    const { code, said } = await startAndFail({
      ...world.environment(port),
      ...wrong,
      TELEGRAM_API_URL: telegram.apiRoot,
    });
    expect(code).toBe(1);
    for (const variable of Object.keys(wrong)) expect(said).toContain(variable);
    for (const secret of Object.values(wrong)) expect(said).not.toContain(secret);
    expect(said).not.toMatch(/^\s+at /m);
  }, 90_000);

  it('says where to add a Discord bot that is in no server, and that a server of somebody else lacks rights', async () => {
    const discord = await createDiscordSim();
    onTestFinished(() => discord.close());
    const start = () =>
      startAndFail({
        ...world.environment(port),
        ...{ DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl, ANTHROPIC_API_KEY: 'sk-wrong' },
      });
    const evil = discord.createGuild('Evil');
    discord.permitBot([], evil);
    const { said } = await start();
    expect(said).toContain('○ DISCORD_TOKEN: the bot lacks Manage Channels, Manage Threads in Evil.');
    expect(said).not.toContain('✖ Discord');
    for (const guild of [evil, discord.guildId]) discord.kickBot(guild);
    expect((await start()).said).toMatch(/○ The bot is in no server yet. Add it: https:.*client_id=/);
  }, 90_000);

  it('keeps its own Postgres, refuses a second program on its data, survives kill -9 and stops on SIGTERM', async () => {
    const bot = createBotProcess({ port, dataDir, path: process.env.PATH ?? '', env: world.environment(port) });
    await bot.start();
    const second = await startAndFail({ ...world.environment(await freePort()) });
    expect(second).toMatchObject({ code: 1 });
    expect(second.said).toContain(`DATA_DIR ${dataDir} is in use`);
    await bot.kill();
    await bot.start();
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(await ready.json()).toEqual({ ok: true, parts: { slack: { ok: true }, database: { ok: true } } });
    await bot.stop();
    expect(bot.running).toBe(false);
    expect(await bot.log()).toContain('"stopped"');
  }, 90_000);
});

import { ApplicationFlags, PermissionFlagsBits as Bit, Routes } from 'discord.js';
import { z } from 'zod';
import { describe, Failure } from '../../core/errors.ts';
import type { Api } from './api.ts';

/** What the bot must be allowed in a server, by the names that Discord shows; docs/discord.md has the same. */
export const PERMISSIONS: Readonly<Record<string, bigint>> = {
  'View Channels': Bit.ViewChannel,
  'Manage Channels': Bit.ManageChannels,
  'Send Messages': Bit.SendMessages,
  'Send Messages in Threads': Bit.SendMessagesInThreads,
  'Create Public Threads': Bit.CreatePublicThreads,
  'Manage Threads': Bit.ManageThreads,
  'Attach Files': Bit.AttachFiles,
  'Add Reactions': Bit.AddReactions,
  'Read Message History': Bit.ReadMessageHistory,
};

/** All of them as the number in an invitation. */
export const PERMISSION_NUMBER: bigint = Object.values(PERMISSIONS).reduce((all, bit) => all | bit, 0n);

export const invitation = (application: string): string =>
  `https://discord.com/oauth2/authorize?client_id=${application}&scope=bot+applications.commands&permissions=${PERMISSION_NUMBER}`;

export interface CheckResult {
  readonly bot: string;
  /** Names of the servers that it can serve. */
  readonly servers: readonly string[];
  /** What it lacks in each of the others, and what to do about it. Anybody may add it anywhere, so those stop nothing. */
  readonly lacking: readonly string[];
  /** Where to add it to a server. */
  readonly invitation: string;
}

const application = z.object({ id: z.string(), name: z.string(), flags: z.number().default(0) });
const guilds = z.array(z.object({ id: z.string(), name: z.string(), permissions: z.string() }));
const CONTENT = ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited;

/** Asks Discord whether the settings will do. @throws Failure that names the variable and what is wrong with it */
export async function checkDiscord(api: Api, token: string): Promise<CheckResult> {
  if (/^[0-9a-f]{64}$/i.test(token)) throw wrongKind('the public key');
  if (/^\d{15,20}$/.test(token)) throw wrongKind("the application's id");
  if (/^[\w-]{32}$/.test(token)) throw wrongKind('the client secret');
  const { id, name, flags } = application.parse(await api.get(Routes.currentApplication()).catch(refused));
  if ((flags & CONTENT) === 0) {
    throw new Failure('DISCORD_TOKEN belongs to a bot without the Message Content intent.', {
      code: 'missing_intent',
      remedy: 'never',
      advice: 'Switch it on under Bot, Privileged Gateway Intents.',
    });
  }
  const servers = guilds.parse(await api.get(Routes.userGuilds()));
  const looked = await Promise.all(
    servers.map(async (server) => ({ name: server.name, lack: await lackIn(api, id, server) })),
  );
  const lacks = looked.flatMap(({ lack }) => lack ?? []);
  const [worst] = lacks;
  if (worst && lacks.length === looked.length) throw worst;
  return {
    bot: name,
    servers: looked.flatMap((server) => (server.lack ? [] : [server.name])),
    lacking: lacks.map(describe),
    invitation: invitation(id),
  };
}

/** What keeps the bot from serving a server, if anything does. */
async function lackIn(api: Api, id: string, server: z.infer<typeof guilds>[number]): Promise<Failure | null> {
  const missing = missingIn(BigInt(server.permissions));
  if (missing.length === 0) return lackOfCommands(api, id, server);
  return new Failure(`DISCORD_TOKEN: the bot lacks ${missing.join(', ')} in ${server.name}.`, {
    code: 'missing_permission',
    remedy: 'never',
    advice: `Give it to the bot's role, or add the bot again: ${invitation(id)}`,
  });
}

function missingIn(granted: bigint): string[] {
  if ((granted & Bit.Administrator) !== 0n) return [];
  return Object.entries(PERMISSIONS).flatMap(([name, bit]) => ((granted & bit) === 0n ? [name] : []));
}

/** A bot that was added without the scope for commands cannot register any. */
async function lackOfCommands(api: Api, id: string, server: { id: string; name: string }): Promise<Failure | null> {
  try {
    await api.get(Routes.applicationGuildCommands(id, server.id));
    return null;
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.code !== 'forbidden') throw cause;
    return new Failure(`DISCORD_TOKEN: the bot may not register commands in ${server.name}.`, {
      code: 'missing_scope',
      remedy: 'never',
      advice: `Add the bot again, with applications.commands: ${invitation(id)}`,
      cause,
    });
  }
}

function refused(error: unknown): never {
  if (!(error instanceof Failure) || error.code !== 'invalid_credentials') throw error;
  throw new Failure('DISCORD_TOKEN is refused by Discord.', {
    code: 'invalid_credentials',
    remedy: 'never',
    advice: 'Reset it on the Bot page and copy it again.',
    cause: error,
  });
}

function wrongKind(kind: string): Failure {
  return new Failure(`DISCORD_TOKEN is ${kind}, not the bot's token.`, {
    code: 'invalid_credentials',
    remedy: 'never',
    advice: 'The token is on the Bot page of the application, under Reset Token.',
  });
}

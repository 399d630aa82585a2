import { Routes } from 'discord.js';
import { z } from 'zod';
import type { Api } from './api.ts';
import { slashCommand } from './commands.ts';

/**
 * Registers `/mainloop` in a guild, or for direct messages where none is named; only when it is not there as it should be,
 * since Discord allows 200 new commands a day. @throws Failure
 */
export async function registerCommands(api: Api, application: string, guild?: string): Promise<'changed' | 'same'> {
  const route =
    guild === undefined ? Routes.applicationCommands(application) : Routes.applicationGuildCommands(application, guild);
  const wanted = [slashCommand(guild === undefined ? 'dm' : 'guild')];
  if (essence(await api.get(route)) === essence(wanted)) return 'same';
  await api.call('PUT', route, { body: wanted });
  return 'changed';
}

interface Node {
  type: number;
  name: string;
  description: string;
  required: boolean;
  autocomplete: boolean;
  choices: { name: string; value: string | number }[];
  options: Node[];
}

const node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    type: z.number().default(1),
    name: z.string(),
    description: z.string().default(''),
    required: z.boolean().default(false),
    autocomplete: z.boolean().default(false),
    choices: z.array(z.object({ name: z.string(), value: z.union([z.string(), z.number()]) })).default([]),
    options: z.array(node).default([]),
  }),
);
const commands = z.array(node);

/** What a person sees of commands, without what Discord adds and leaves out. */
const essence = (registered: unknown): string => JSON.stringify(commands.parse(registered));

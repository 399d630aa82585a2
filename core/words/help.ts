import type { Doc } from '../domain/chat.ts';
import { type CommandName, commands } from '../domain/commands.ts';

/** All commands, or one of them explained. */
export function help(topic: CommandName | null = null): Doc {
  const command = commands.find(({ name }) => name === topic);
  if (command) return { text: `\`${command.usage}\`: ${command.summary}.` };
  return {
    title: 'Tell me what to work on, in your own words',
    text: commands.map(({ usage, summary }) => `- \`${usage}\`: ${summary}`).join('\n'),
    note: 'Where only one task is open, its number can be left out.',
  };
}

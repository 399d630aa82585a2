import type { Api } from 'grammy';
import { commands } from '../../core/domain/commands.ts';
import { toFailure } from './errors.ts';
import type { Logger } from './logger.ts';

/** The commands that Telegram offers behind `/`. */
const menu = commands.map(({ name, usage, summary }) => ({
  command: name,
  description: usage === name ? summary : `${summary} (/${usage})`,
}));

/** Registers the commands when Telegram has others; without them all commands still work. */
export async function registerMenu(api: Api, log: Logger): Promise<void> {
  try {
    const known = await api.getMyCommands();
    if (JSON.stringify(known.map(({ command, description }) => ({ command, description }))) === JSON.stringify(menu))
      return;
    await api.setMyCommands(menu);
  } catch (error) {
    log.warn({ error: toFailure(error, 'repeatable').message }, 'the commands were not registered at Telegram');
  }
}

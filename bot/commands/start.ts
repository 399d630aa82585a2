import type { Logger } from 'pino';
import { describe } from '../../core/errors.ts';
import { checks } from '../checks.ts';
import type { Command, CommandIo } from '../command.ts';
import { type Config, environment, readConfig, strayLines } from '../config.ts';
import { createLog } from '../log.ts';
import type { Welcome } from '../prepare.ts';
import { startProgram } from '../program.ts';

/** `mainloop start`: checks every account, then serves until SIGTERM or SIGINT. */
export const start: Command = {
  name: 'start',
  summary: 'Serve the people and projects that the settings name',
  usage: '',
  options: {},
  async run(_args, io) {
    for (const line of strayLines()) io.complain(line);
    const config = readConfig(environment());
    const log = createLog({ level: config.logLevel, secrets: config.secrets });
    if (!(await everythingWorks(config, log, io))) return 1;
    // Asked for from here on: a stop that comes while the program starts is kept until it can be done in order.
    const stopped = stopSignal();
    const program = await startProgram(config, log);
    io.say(`✔ Mainloop serves on ${config.publicUrl}`);
    for (const line of welcomeLines(program.welcome)) io.say(line);
    await stopped;
    await program.stop();
    return 0;
  },
};

function welcomeLines(welcome: Welcome): string[] {
  if (welcome.kind === 'owner') return [`○ ${welcome.name} gets in here, once, within an hour: ${welcome.url}`];
  return [
    `○ Nobody is owner yet. Open this within a day and be it: ${welcome.url}`,
    `○ Or send this code to the bot as a direct message: ${welcome.code}`,
  ];
}

/** Every check at once: the first thing wrong is rarely the only one. Says a line for each that fails. */
async function everythingWorks(config: Config, log: Logger, io: CommandIo): Promise<boolean> {
  const failures = await Promise.all(
    (await checks(config, log)).map(async ({ name, run }) => {
      try {
        await run((line) => io.say(`○ ${line}`));
        return null;
      } catch (error) {
        return `✖ ${name}: ${describe(error)}`;
      }
    }),
  );
  const wrong = failures.filter((line) => line !== null);
  for (const line of wrong) io.complain(line);
  return wrong.length === 0;
}

const stopSignal = () =>
  new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });

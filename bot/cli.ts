import { parseArgs } from 'node:util';
import { describe } from '../core/errors.ts';
import { type Command, type CommandArgs, type CommandIo, type ExitCode, UsageError } from './command.ts';
import { commandHelp, help } from './commands/help.ts';

/** Runs the command that the arguments name. Errors become lines for a person, never stack traces. */
export async function runCli(argv: readonly string[], others: readonly Command[], io: CommandIo): Promise<ExitCode> {
  const commands = [...others, help(others)];
  const [name, ...rest] = argv[0] === '--help' || argv[0] === '-h' ? ['help'] : argv;
  const command = commands.find((candidate) => candidate.name === name);
  try {
    if (!command) throw new UsageError(name ? `There is no command "${name}".` : 'Which command?');
    if (rest.includes('--help') || rest.includes('-h')) {
      io.say(commandHelp(command));
      return 0;
    }
    return await command.run(readArgs(command, rest), io);
  } catch (error) {
    io.complain(describe(error));
    if (!(error instanceof UsageError)) return 1;
    io.complain(`Try: mainloop ${command ? `${command.name} --help` : 'help'}`);
    return 2;
  }
}

function readArgs({ name, options, maxWords = 0 }: Command, args: string[]): CommandArgs {
  const types = Object.entries(options).map(([option, { value }]) => [
    option,
    { type: value ? ('string' as const) : ('boolean' as const) },
  ]);
  const { values, positionals } = parse(args, Object.fromEntries(types));
  if (positionals.length > maxWords) throw new UsageError(`${name} does not take "${positionals[maxWords]}".`);
  return {
    words: positionals,
    text(option) {
      const value = values[option];
      return typeof value === 'string' ? value : undefined;
    },
    has: (option) => values[option] === true,
  };
}

function parse(args: string[], options: Record<string, { type: 'string' | 'boolean' }>) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Node's first sentence says what is wrong; the rest is about escaping.
    throw new UsageError(`${(error as Error).message.split('. ')[0]?.replace(/\.$/, '')}.`, error);
  }
}

import { type Command, UsageError } from '../command.ts';

/** `mainloop help [COMMAND]`. */
export function help(others: readonly Command[]): Command {
  const self: Command = {
    name: 'help',
    summary: 'Say what the commands do',
    usage: '[COMMAND]',
    options: {},
    maxWords: 1,
    async run({ words: [name] }, io) {
      const commands = [...others, self];
      const command = commands.find((candidate) => candidate.name === name);
      if (name && !command) throw new UsageError(`There is no command "${name}".`);
      io.say(command ? commandHelp(command) : overview(commands));
      return 0;
    },
  };
  return self;
}

function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return [
    'Usage: mainloop COMMAND [OPTIONS]',
    '',
    'Commands:',
    ...table(rows),
    '',
    'All take --help. Exit codes: 0 done, 1 failed, 2 wrong usage.',
  ].join('\n');
}

/** What `--help` prints for one command. */
export function commandHelp({ name, summary, usage, options }: Command): string {
  const rows = Object.entries(options).map(
    ([option, { value, summary }]) => [`--${option}${value ? ` ${value}` : ''}`, summary] as const,
  );
  const call = ['mainloop', name, usage, rows.length > 0 ? '[OPTIONS]' : ''].filter(Boolean).join(' ');
  return [`Usage: ${call}`, '', `${summary}.`, ...(rows.length > 0 ? ['', 'Options:', ...table(rows)] : [])].join('\n');
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

import { Failure } from '../core/errors.ts';

/** One command of the command line. */
export interface Command {
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** What follows the name, e.g. `[COMMAND]`; options are added by themselves. */
  readonly usage: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Most words that may follow the name. Default none. */
  readonly maxWords?: number;
  /** Does it. A thrown {@link UsageError} is exit code 2, any other error 1. */
  run(args: CommandArgs, io: CommandIo): Promise<ExitCode>;
}

export interface CommandOption {
  /** Name of its value for the reader, e.g. `FILE`; absent: a switch. */
  readonly value?: string;
  readonly summary: string;
}

export interface CommandArgs {
  readonly words: readonly string[];
  /** The value of an option, undefined when it wasn't given. */
  text(option: string): string | undefined;
  /** Whether a switch was given. */
  has(option: string): boolean;
}

export interface CommandIo {
  /** Writes a line to standard output. */
  say(line: string): void;
  /** Writes a line to standard error. */
  complain(line: string): void;
}

/** 0 done, 1 failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** The person called the command wrongly. */
export class UsageError extends Failure {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'usage', remedy: 'never', cause });
    this.name = 'UsageError';
  }
}

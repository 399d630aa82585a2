import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CommandIo } from '../command.ts';
import { environment } from '../config.ts';
import { discreet } from '../discreet-io.ts';
import { writeDotenv } from '../dotenv.ts';
import type { Prompt } from '../prompt.ts';
import { secretsIn } from '../secret-settings.ts';

/** Where a person and the file meet. */
export interface Desk {
  readonly file: string;
  /** The settings as they are by now: given ones over the environment over the file. */
  known(): NodeJS.ProcessEnv;
  /** What was given on the command line, checked or not. */
  readonly given: Readonly<Record<string, string>>;
  /** Writes values that have passed their check. */
  keep(values: Readonly<Record<string, string>>): void;
  /** Shows none of the secrets that are set, given or typed, right or wrong. */
  readonly io: CommandIo;
  /** Null where nobody can be asked. */
  readonly prompt: Prompt;
}

const example = fileURLToPath(new URL('../../.env.example', import.meta.url));

export function openDesk(file: string, given: Readonly<Record<string, string>>, prompt: Prompt, io: CommandIo): Desk {
  const kept: Record<string, string> = {};
  const typed: string[] = [];
  const known = () => ({ ...environment(file), ...given, ...kept });
  return {
    file,
    known,
    given,
    keep(values) {
      Object.assign(kept, values);
      writeDotenv(file, values, existsSync(example) ? readFileSync(example, 'utf8') : '');
    },
    io: discreet(io, () => [...typed, ...secretsIn(known()), ...secretsIn(given)]),
    prompt:
      prompt &&
      (async (question, secret) => {
        const answer = (await prompt(question, secret))?.trim() ?? null;
        if (secret && answer) typed.push(answer);
        return answer;
      }),
  };
}

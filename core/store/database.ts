import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { drizzle, migrate, type NodePgDatabase } from './drizzle.ts';
import * as schema from './schema.ts';

export type Database = NodePgDatabase<typeof schema>;

/** A connection to the program's tables, brought up to date. Ends with {@link OpenDatabase.close}. */
export interface OpenDatabase {
  readonly db: Database & { readonly $client: pg.Pool };
  close(): Promise<void>;
}

/**
 * Opens a pool of `size` connections on `url`. A connection that is lost, idle or within a transaction, is replaced, not
 * fatal; `onLost` hears of it.
 */
export async function connect(url: string, onLost: (error: Error) => void, size = 10): Promise<OpenDatabase> {
  const pool = new pg.Pool({ connectionString: url, max: size, application_name: 'mainloop' });
  // The pool listens to idle connections only: one lost between two statements of a transaction would end the process.
  pool.on('connect', (client) => client.on('error', onLost));
  // Repeats what the connection has told.
  pool.on('error', () => undefined);
  const db = drizzle(pool, { schema });
  await migrate(db, {
    migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)),
    migrationsSchema: 'mainloop_migrations',
  });
  return { db, close: () => pool.end() };
}

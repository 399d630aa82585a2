import pg from 'pg';
import { Failure, type Remedy } from '../core/errors.ts';

const oldest = 15;

/** Checks that `DATABASE_URL` leads to a Postgres that can carry Mainloop; else throws a Failure that says what is wrong. */
export async function checkDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; creates: boolean }>(
      `select current_setting('server_version_num') as version,
              has_database_privilege(current_database(), 'CREATE') as creates`,
    );
    const major = Math.floor(Number(rows[0]?.version) / 10_000);
    if (major < oldest) throw wrong('too_old', `Postgres there is version ${major}`, `Use ${oldest} or newer.`);
    if (!rows[0]?.creates) {
      throw wrong('forbidden', `user ${client.user} may not create schemas there`, 'GRANT CREATE ON DATABASE … to it.');
    }
  } catch (error) {
    throw error instanceof Failure ? error : explain(error as pg.DatabaseError, client);
  } finally {
    await client.end();
  }
}

function explain(error: Error & { code?: string | undefined }, { host, port, user, database }: pg.Client): Failure {
  const place = `${host}:${port}`;
  const be = (code: string, what: string, advice: string, remedy: Remedy = 'never') =>
    wrong(code, what, advice, remedy, error);
  switch (error.code) {
    case '28P01':
      return be('invalid_credentials', `wrong password for user ${user} at ${place}`, 'Correct the password.');
    case '28000':
      return be('invalid_credentials', `${place} does not let user ${user} in (${error.message})`, 'Correct the user.');
    case '3D000':
      return be('unknown_database', `there is no database "${database}" at ${place}`, 'Create it or correct the name.');
    case '57P03':
      return be('unreachable', `the server at ${place} is starting or stopping`, 'It is tried again.', 'retry');
    case '53300':
      return be('unreachable', `the server at ${place} has no connection left`, 'Raise max_connections.', 'retry');
    case 'ECONNREFUSED':
      return be('unreachable', `nothing listens at ${place}`, 'Start Postgres or correct host and port.', 'retry');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return be('unreachable', `host ${host} is unknown`, 'Correct the host.', 'retry');
    default:
      return be('unreachable', `${place} does not answer (${error.message})`, 'Look at that server.', 'retry');
  }
}

const wrong = (code: string, what: string, advice: string, remedy: Remedy = 'never', cause?: unknown) =>
  new Failure(`DATABASE_URL: ${what}.`, { code, remedy, advice, cause });

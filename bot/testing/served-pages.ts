import { pino } from 'pino';
import { createWeb } from '../../adapters/web/index.ts';
import { createPages } from '../../core/pages/index.ts';
import { connect } from '../../core/store/database.ts';
import { createStore } from '../../core/store/index.ts';
import { createSignIn } from '../../core/workflows/sign-in.ts';
import { startHttp } from '../http.ts';

/** The web face alone on a database, composed and served as the program does; answers how to stop it. */
export async function servePages(databaseUrl: string, port: number): Promise<() => Promise<void>> {
  const log = pino({ level: 'warn' }, pino.destination(2));
  const { db, close } = await connect(databaseUrl, () => undefined);
  const store = createStore(db);
  const publicUrl = `http://127.0.0.1:${port}`;
  const web = createWeb({ store, pages: createPages(store), signIn: createSignIn(store), publicUrl, log });
  const http = await startHttp({ port, log, parts: () => ({}), mounts: [], pages: web.handler, graceMs: 500 });
  return async () => {
    await web.stop();
    await http.stop();
    await close();
  };
}

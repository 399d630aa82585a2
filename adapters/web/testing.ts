/** The page as people use it: the real app on a port of this machine, and browsers that are signed in by cookie. */
import { createServer } from 'node:http';
import { pino } from 'pino';
import type { MessageRef } from '../../core/domain/chat.ts';
import { createPages, type Pages } from '../../core/pages/index.ts';
import type { Chat } from '../../core/ports.ts';
import type { Store } from '../../core/store/index.ts';
import { createSignIn, type SignIn } from '../../core/workflows/sign-in.ts';
import { createWeb } from './index.ts';

type Fields = Readonly<Record<string, string | readonly (string | File)[]>>;
type Headers = Readonly<Record<string, string>>;

export interface Browser {
  readonly origin: string;
  /** The session's cookie, `NAME=TOKEN`. */
  readonly cookie: string;
  get(path: string, headers?: Headers): Promise<Response>;
  /** Sends a form as the page does without its script; `headers` win. */
  post(path: string, fields: Fields, headers?: Headers): Promise<Response>;
  /** Sends a form as the page's script does; what came of it. */
  send(path: string, fields: Fields): Promise<Sent>;
}

export interface Sent {
  readonly status: number;
  /** HTML of a private answer that is shown where the form stood. */
  readonly told?: string;
  readonly error?: string;
}

export interface ServedWeb {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly chat: Chat;
  readonly pages: Pages;
  readonly signIn: SignIn;
  /** Without a person: nobody is signed in. */
  browser(person?: number): Promise<Browser>;
  close(): Promise<void>;
}

/** Serves every page on a free port. `publicUrl`: where people open it, if not there. */
export async function serveWeb(store: Store, publicUrl?: string): Promise<ServedWeb> {
  const server = createServer((request, response) => void web.handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const site = publicUrl ?? origin;
  const linkTo = async ({ place, id }: MessageRef) => `https://${place.platform}.example/${place.channel}/${id}`;
  const parts = { store, pages: createPages(store), signIn: createSignIn(store) };
  const web = createWeb({ ...parts, publicUrl: site, linkTo, log: pino({ level: 'silent' }) });
  return {
    ...{ origin, chat: web.chat, pages: parts.pages, signIn: parts.signIn },
    async browser(person) {
      if (person === undefined) return browserAt(origin, site, '');
      const code = (await parts.signIn.link(person, Date.now())).split('=')[1] ?? '';
      const entered = await browserAt(origin, site, '').post('/sign-in', { code });
      const [cookie = ''] = entered.headers.getSetCookie();
      return browserAt(origin, site, cookie.split(';')[0] ?? '');
    },
    async close() {
      await web.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function browserAt(origin: string, site: string, cookie: string): Browser {
  const ask = (path: string, init: RequestInit) => fetch(origin + path, { ...init, redirect: 'manual' });
  const post = (path: string, fields: Fields, headers: Headers = {}) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields))
      for (const one of [value].flat()) body.append(name, one as string);
    return ask(path, { method: 'POST', body, headers: { cookie, origin: site, ...headers } });
  };
  return {
    ...{ origin, cookie, post },
    get: (path, headers = {}) => ask(path, { headers: { cookie, ...headers } }),
    async send(path, fields) {
      const answer = await post(path, fields, { accept: 'application/json' });
      const isJson = answer.headers.get('content-type')?.startsWith('application/json');
      const came: Omit<Sent, 'status'> = isJson ? JSON.parse(await answer.text()) : { error: await answer.text() };
      return { status: answer.status, ...came };
    },
  };
}

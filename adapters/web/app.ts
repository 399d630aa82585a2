import { Hono } from 'hono';
import { compress } from 'hono/compress';
import type { MessageRef } from '../../core/domain/chat.ts';
import { describe, Failure } from '../../core/errors.ts';
import type { Pages } from '../../core/pages/index.ts';
import type { Store } from '../../core/store/index.ts';
import type { SignIn } from '../../core/workflows/sign-in.ts';
import type { Acts } from './acts.ts';
import { assets } from './assets.ts';
import { limitForms, limitMessages } from './body.ts';
import { chatRoutes } from './chat-routes.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import type { Live } from './live.ts';
import type { Logger } from './logger.ts';
import type { Oidc } from './oidc.ts';
import { oidcRoutes } from './oidc-routes.ts';
import { pageRoutes } from './page-routes.ts';
import { headers, sameSite } from './security.ts';
import { createSessions, type Signed, wantsJson } from './session.ts';
import { signInRoutes } from './sign-in-routes.ts';

export interface AppParts {
  readonly store: Pick<Store, 'web' | 'sessions' | 'people' | 'changes'>;
  readonly pages: Pages;
  readonly signIn: SignIn;
  readonly acts: Acts;
  readonly live: Live;
  readonly linkTo?: ((message: MessageRef) => Promise<string | null>) | undefined;
  /** Where people may sign in too. */
  readonly oidc?: Oidc | undefined;
  readonly publicUrl: string;
  readonly log: Logger;
}

/** Every page and every form of the web face. */
export function createApp(parts: AppParts): Hono<Signed> {
  const { live, log, publicUrl, store } = parts;
  const sessions = createSessions(store, publicUrl);
  const app = new Hono<Signed>();
  app.use(headers);
  app.use(async (context, next) => {
    await next();
    // What a person reads is kept by no proxy, nor by the browser after they signed out.
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store');
  });
  app.use(sameSite(publicUrl));
  app.use(limitForms);
  app.use(async (context, next) => (context.req.path === '/live' ? next() : zip(context, next)));
  app.route('/', assets());
  app.route('/', signInRoutes(parts.signIn, sessions, parts.oidc !== undefined));
  if (parts.oidc) app.route('/', oidcRoutes(parts.oidc, parts.signIn, sessions, publicUrl.startsWith('https:')));
  app.use(sessions.required);
  // Only who is signed in may send much.
  app.use(limitMessages);
  app.get('/', (context) => context.redirect('/chat', 303));
  app.get('/live', (context) => {
    const since = context.req.header('last-event-id') ?? context.req.query('since') ?? '';
    const type = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
    if (context.req.method === 'HEAD') return context.body(null, 200, type);
    const line = { stillIn: () => sessions.reader(context), cut: () => context.env.outgoing.destroy() };
    return context.body(live.open(context.get('reader'), since, line), 200, type);
  });
  app.route('/', chatRoutes(parts));
  app.route('/', pageRoutes(parts));
  app.notFound((context) => context.html(note('Not found', 'There is no such page, or it is not yours to see.'), 404));
  app.onError((error, context) => {
    if ('getResponse' in error && error.getResponse instanceof Function) return error.getResponse();
    const known = error instanceof Failure ? error : null;
    const status = known === null ? 500 : known.remedy === 'never' ? 400 : 503;
    if (status !== 400) log.error({ err: error, path: context.req.path }, 'a page failed');
    // What nobody foresaw is for the log: its words may tell of the machine or of others.
    const text = known ? describe(known) : 'That failed; the log says why.';
    if (wantsJson(context)) return context.json({ error: text }, status);
    return context.html(note('That did not work', text), status);
  });
  return app;
}

const zip = compress();

const note = (title: string, text: string) =>
  page({ title }, html`<h1>${title}</h1><p>${text}</p><p><a class="button" href="/">Go on</a></p>`);

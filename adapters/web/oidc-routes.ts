import { type Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import { Failure } from '../../core/errors.ts';
import type { SignIn } from '../../core/workflows/sign-in.ts';
import { docHtml } from './doc.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import { callbackPath, type Oidc } from './oidc.ts';
import type { Sessions, Signed } from './session.ts';
import { onTheWay } from './sign-in-page.ts';

/** What a browser leaves with; `session` names the one it was signed in with, so that nobody is joined by what others planted. */
const errand = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), session: z.string() });
/** How long somebody may take at the provider, seconds. */
const lifeS = 600;

/** Signing in at an OpenID provider. Who is signed in already joins that account to themselves. */
export function oidcRoutes(oidc: Oidc, signIn: SignIn, sessions: Sessions, secure: boolean): Hono<Signed> {
  const cookie = secure ? '__Host-mainloop-errand' : 'mainloop-errand';
  const attributes = { httpOnly: true, sameSite: 'Lax', secure, path: '/', maxAge: lifeS } as const;

  /** What this browser left with; once. */
  function takeErrand(context: Context): z.infer<typeof errand> {
    const kept = errand.safeParse(jsonIn(getCookie(context, cookie) ?? ''));
    deleteCookie(context, cookie, attributes);
    if (kept.success && kept.data.session === sessions.mark(context)) return kept.data;
    throw new Failure('Nobody left for the sign-in provider from this browser just now.', {
      code: 'not_signed_in',
      remedy: 'never',
      advice: 'Begin again on the sign-in page.',
    });
  }

  return new Hono<Signed>()
    .post('/sign-in/oidc', async (context) => {
      const { url, errand: kept } = await oidc.begin();
      setCookie(context, cookie, JSON.stringify({ ...kept, session: sessions.mark(context) }), attributes);
      // Not a redirect: the page's own rule lets no form end on another site.
      context.header('refresh', `0; url=${url.href}`);
      return context.html(onTheWay(url.href));
    })
    .get(callbackPath, async (context) => {
      const account = await oidc.finish(new URL(context.req.url), takeErrand(context));
      const found = await signIn.identified(account, await sessions.reader(context), Date.now());
      if ('doc' in found) {
        const told = docHtml(found.doc, { back: '/sign-in' });
        return context.html(page({ title: 'Sign in' }, html`<h1>Signed in, but not known yet</h1>${told}`), 403);
      }
      return (await sessions.open(context, found.person.id)) ? context.redirect('/chat', 303) : context.notFound();
    });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import { Hono } from 'hono';
import type { SignIn } from '../../core/workflows/sign-in.ts';
import { formIn, textIn } from './form.ts';
import type { Sessions, Signed } from './session.ts';
import { badLink, firstOwner, howToSignIn, signInAs } from './sign-in-page.ts';

/** In and out. */
export const signInRoutes = (signIn: SignIn, sessions: Sessions, hasProvider: boolean): Hono<Signed> =>
  new Hono<Signed>()
    .get('/sign-in', async (context) => {
      const code = context.req.query('code');
      if (code === undefined) return context.html(howToSignIn(hasProvider));
      const welcome = await signIn.look(code, Date.now());
      if (!welcome) return context.html(badLink(), 410);
      return context.html(welcome.name === null ? firstOwner(code) : signInAs(code, welcome.name));
    })
    .post('/sign-in', async (context) => {
      const form = await formIn(context);
      const person = await signIn.enter(textIn(form, 'code'), textIn(form, 'name').slice(0, 60), Date.now());
      if (!person || !(await sessions.open(context, person.id))) return context.html(badLink(), 410);
      return context.redirect('/chat', 303);
    })
    .post('/sign-out', async (context) => {
      const everywhere = context.req.query('everywhere') !== undefined;
      const reader = everywhere ? await sessions.reader(context) : null;
      if (reader) await signIn.revoke(reader.id);
      await sessions.close(context, everywhere);
      return context.redirect('/sign-in', 303);
    });

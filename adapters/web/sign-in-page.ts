import { type Html, html, none } from './html.ts';
import { page } from './layout.ts';

/** For who has no link. */
export const howToSignIn = (hasProvider: boolean): Html =>
  page(
    { title: 'Sign in' },
    html`<h1>Sign in</h1>
<p>You get in by a link that is yours alone and works once:</p>
<ul class="text"><li>Write <code>/mainloop dashboard</code> to the bot on Slack, Discord or Telegram.</li>
<li>Or take the one that the program printed when it started.</li></ul>
${hasProvider ? html`<form method="post" action="/sign-in/oidc"><button class="button primary">Sign in at your provider</button></form>` : none}`,
  );

/** A link opened: only the press uses it up, so that a preview of the link does not. */
export const signInAs = (code: string, name: string): Html =>
  page(
    { title: 'Sign in' },
    html`<h1>Sign in</h1>
<form method="post" action="/sign-in"><input type="hidden" name="code" value="${code}">
<p>You will stay signed in on this browser for 30 days.</p>
<button class="button primary">Sign in as ${name}</button></form>`,
  );

/** The first person to come. */
export const firstOwner = (code: string): Html =>
  page(
    { title: 'Welcome' },
    html`<h1>Welcome</h1>
<p>Nobody is here yet: you become the owner, who may do everything and lets others in.</p>
<form method="post" action="/sign-in"><input type="hidden" name="code" value="${code}">
<label>Your name<input type="text" name="name" required maxlength="60" autocomplete="name"></label>
<p><button class="button primary">Begin</button></p></form>`,
  );

/** The link is used, too old, or none of ours. */
export const badLink = (): Html =>
  page(
    { title: 'Sign in' },
    html`<h1>This link is no good any more</h1>
<p>Each works once and for a short time. Ask for another: write <code>/mainloop dashboard</code> to the bot, or start the program again.</p>`,
  );

/** Between the page and the provider. */
export const onTheWay = (url: string): Html =>
  page(
    { title: 'Sign in' },
    html`<h1>Sign in</h1><p><a class="button primary" href="${url}">Go on to the sign-in provider</a></p>`,
  );

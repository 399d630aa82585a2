import { randomUUID } from 'node:crypto';
import type { Button } from '../../core/domain/chat.ts';
import { type Html, html, none } from './html.ts';

/** Where a form was shown: what it is about, and where its person is taken afterwards. */
export interface FormSite {
  /** The message that carries the buttons; absent on pages that draw the card themselves. */
  readonly message?: string;
  /** Path of the page. */
  readonly back: string;
}

/** Made when a form is drawn: a form that is sent twice counts once. */
export const newNonce = (): string => randomUUID();

/** The hidden fields of every form. */
export const hidden = (fields: Readonly<Record<string, string | undefined>>): Html[] =>
  Object.entries({ ...fields, nonce: newNonce() }).map(([name, value]) =>
    value === undefined ? none : html`<input type="hidden" name="${name}" value="${value}">`,
  );

/** One button of a card: a link, a form with one press, or a form that opens and takes words. Works without a script. */
export function buttonForm(button: Button, site: FormSite): Html {
  const { label, token, url, style, form } = button;
  const look = `button ${style ?? ''}`.trim();
  if (url !== undefined)
    return html`<a class="${look}" href="${safeUrl(url)}" target="_blank" rel="noopener noreferrer">${label}</a>`;
  const fields = hidden({ token, message: site.message, back: site.back });
  if (!form) return html`<form method="post" action="/act">${fields}<button class="${look}">${label}</button></form>`;
  return html`<details class="words"><summary class="${look}">${label}</summary>
    <form method="post" action="/act">${fields}
      <label>${form.label}<textarea name="field.text" rows="3" required maxlength="20000" data-draft="${token ?? label}">${form.initial ?? ''}</textarea></label>
      <button class="button primary">Send</button>
    </form></details>`;
}

/** Links lead to the web only, whatever a card was given. */
export const safeUrl = (url: string): string => (/^https?:\/\//i.test(url) || /^\/(?!\/)/.test(url) ? url : '#');

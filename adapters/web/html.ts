/** What every page is built of: hono's template, which escapes all that is put into it unless it is HTML already. */
import { html } from 'hono/html';

export { html };

/** A piece of a page; async where one of its parts is. */
export type Html = ReturnType<typeof html>;

/** Nothing, for parts that may be absent. */
export const none: Html = html``;

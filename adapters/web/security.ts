import type { MiddlewareHandler } from 'hono';
import { csrf } from 'hono/csrf';
import { secureHeaders } from 'hono/secure-headers';

/** Nothing but our own files runs, loads, frames or is framed (CSP level 3, W3C). */
export const headers: MiddlewareHandler = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    manifestSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  referrerPolicy: 'same-origin',
  xFrameOptions: 'DENY',
  strictTransportSecurity: false,
});

/**
 * Refuses forms that another site sends in a person's name: the browser says where a form comes from (`Origin`,
 * `Sec-Fetch-Site`), and it must be this very page, by the address that the settings or the request name.
 */
export const sameSite = (publicUrl: string): MiddlewareHandler => {
  const own = new URL(publicUrl).origin;
  return csrf({
    origin: (origin, context) => origin === own || origin.replace(/^https?:\/\//, '') === context.req.header('host'),
    secFetchSite: (site) => site === 'same-origin',
  });
};

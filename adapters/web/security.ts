import type { Context, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** Nothing but our own files runs, loads, frames or is framed (CSP level 3, W3C). An answer may say something stricter. */
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
  overwrite: false,
});

/**
 * Refuses what another site sends in a person's name, whatever it looks like: the browser says where it comes from
 * (`Sec-Fetch-Site`, in older ones `Origin`), and that must be this very page, by the address that the settings or the
 * request name. Behind TLS the same name without it is another site, which anybody on the way may have written.
 */
export const sameSite = (publicUrl: string): MiddlewareHandler => {
  const own = new URL(publicUrl);
  const isOwn = (context: Context): boolean => {
    const [origin, host] = [context.req.header('origin'), context.req.header('host')];
    const site = context.req.header('sec-fetch-site');
    if (site !== undefined) return site === 'same-origin';
    return [own.origin, `https://${host}`, `${own.protocol}//${host}`].some((one) => one === origin);
  };
  return async (context, next) =>
    ['GET', 'HEAD'].includes(context.req.method) || isOwn(context)
      ? next()
      : context.text('This was sent from another site, so nothing was done.', 403);
};

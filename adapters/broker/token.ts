import type { IncomingHttpHeaders } from 'node:http';

/** The attempt's token: a bearer, the API key of a Messages API client, or the password of a git client. */
export function tokenOf(headers: IncomingHttpHeaders): string | null {
  const [scheme = '', value = ''] = (headers.authorization ?? '').split(' ', 2);
  if (scheme.toLowerCase() === 'bearer' && value) return value;
  if (scheme.toLowerCase() === 'basic' && value) {
    const pair = Buffer.from(value, 'base64').toString('utf8');
    return pair.slice(pair.indexOf(':') + 1) || null;
  }
  const key = headers['x-api-key'];
  return typeof key === 'string' && key ? key : null;
}

/** The same, as a client shows it to a proxy. */
export const proxyTokenOf = (headers: IncomingHttpHeaders): string | null =>
  tokenOf({ authorization: headers['proxy-authorization'] });

import { createHash, randomBytes } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Person } from '../../core/domain/policy.ts';
import type { Store } from '../../core/store/index.ts';

/** What a request knows of its reader. */
export interface Signed {
  Bindings: HttpBindings;
  Variables: { reader: Person };
}

/** How long somebody stays signed in, milliseconds. */
const lifeMs = 30 * 24 * 60 * 60 * 1000;

export interface Sessions {
  /** Signs a person in on this browser; false when they are gone meanwhile. */
  open(context: Context, person: number): Promise<boolean>;
  /** Who is signed in now, by their present role; null for nobody. */
  reader(context: Context): Promise<Person | null>;
  /** Names the session of this browser, if it has one, to nobody who does not know its cookie. */
  mark(context: Context): string;
  /** Signs out here, or on all browsers of the person. */
  close(context: Context, everywhere: boolean): Promise<void>;
  /** Lets only those in who are signed in; others are sent to sign in, or told so. */
  readonly required: MiddlewareHandler<Signed>;
}

/**
 * Sessions by a random cookie (RFC 6265bis): no script reads it, no other site's form carries it, and the database knows
 * its hash only. Behind TLS it is bound to this very host (`__Host-`).
 */
export function createSessions({ sessions, people }: Pick<Store, 'sessions' | 'people'>, publicUrl: string): Sessions {
  const secure = publicUrl.startsWith('https:');
  const name = secure ? '__Host-mainloop' : 'mainloop';
  const attributes = { httpOnly: true, sameSite: 'Lax', secure, path: '/' } as const;
  const hashOf = (context: Context): string | null => {
    const token = getCookie(context, name);
    return token === undefined ? null : hash(token);
  };

  const reader = async (context: Context): Promise<Person | null> => {
    const known = hashOf(context);
    const session = known === null ? null : await sessions.find(known, Date.now());
    return session && people.byId(session.person);
  };

  return {
    reader,
    mark: (context) => hash(`mark:${hashOf(context) ?? ''}`),
    async open(context, person) {
      const token = randomBytes(32).toString('base64url');
      const now = Date.now();
      if (!(await sessions.open({ hash: hash(token), person, expiresAt: now + lifeMs }, now))) return false;
      setCookie(context, name, token, { ...attributes, maxAge: lifeMs / 1000 });
      return true;
    },
    async close(context, everywhere) {
      const known = hashOf(context);
      if (known === null) return;
      const session = everywhere ? await sessions.find(known, Date.now()) : null;
      if (session) await sessions.closeAll(session.person);
      await sessions.close(known);
      deleteCookie(context, name, attributes);
    },
    required: async (context, next) => {
      const person = await reader(context);
      if (person) {
        context.set('reader', person);
        return next();
      }
      const isPage = context.req.method === 'GET' && context.req.header('x-part') === undefined;
      return isPage && context.req.path !== '/live'
        ? context.redirect('/sign-in', 303)
        : context.text('Sign in first.', 401);
    },
  };
}

/** Whether the script asks, which shows what came of it by itself. */
export const wantsJson = (context: Context): boolean =>
  context.req.header('accept')?.includes('application/json') ?? false;

const hash = (token: string): string => createHash('sha256').update(token).digest('hex');

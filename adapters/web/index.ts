import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { MessageRef } from '../../core/domain/chat.ts';
import type { Pages } from '../../core/pages/index.ts';
import type { Chat } from '../../core/ports.ts';
import type { Store } from '../../core/store/index.ts';
import type { SignIn } from '../../core/workflows/sign-in.ts';
import { createActs } from './acts.ts';
import { createWebChat } from './chat.ts';
import { createLive } from './live.ts';
import type { Logger } from './logger.ts';
import { createOidc, type OidcOptions } from './oidc.ts';

export interface WebOptions {
  readonly store: Pick<Store, 'web' | 'sessions' | 'people' | 'changes'>;
  readonly pages: Pages;
  readonly signIn: SignIn;
  /** As people reach it, without a slash at the end. */
  readonly publicUrl: string;
  /** Address of the thread that begins with a message on another chat; null where it has none. */
  readonly linkTo?: ((message: MessageRef) => Promise<string | null>) | undefined;
  /** An OpenID provider at which people may sign in too. */
  readonly oidc?: OidcOptions | undefined;
  readonly log: Logger;
}

export interface Web {
  /** The page as a place to talk to the assistant. */
  readonly chat: Chat;
  /** Every page and form. */
  handler(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends the live streams; their browsers come back. */
  stop(): Promise<void>;
}

/** The web face: pages that are drawn from the database, and a chat like on any platform. */
export function createWeb(options: WebOptions): Web {
  const { store, log, publicUrl } = options;
  const { web, sessions } = store;
  const chat = createWebChat({ web, sessions, publicUrl, log });
  const acts = createActs({ web, chat });
  const live = createLive(store.changes, log);
  let serving: Promise<ReturnType<typeof getRequestListener>> | undefined;
  /** Loaded when the first page is asked for: no start waits for what draws pages. */
  const serve = async () => {
    const { createApp } = await import('./app.ts');
    const oidc = options.oidc && createOidc(options.oidc, publicUrl);
    return getRequestListener(createApp({ ...options, acts, live, oidc }).fetch);
  };
  return {
    chat,
    async handler(request, response) {
      serving ??= serve();
      await (await serving)(request, response);
    },
    stop: () => live.stop(),
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import type { Pages } from '../../core/pages/index.ts';
import type { Chat } from '../../core/ports.ts';
import type { Store } from '../../core/store/index.ts';
import type { SignIn } from '../../core/workflows/sign-in.ts';
import { createActs } from './acts.ts';
import { createWebChat } from './chat.ts';
import { createLive } from './live.ts';

export interface WebOptions {
  readonly store: Pick<Store, 'web' | 'sessions' | 'people' | 'changes'>;
  readonly pages: Pages;
  readonly signIn: SignIn;
  /** As people reach it, without a slash at the end. */
  readonly publicUrl: string;
  readonly log: Logger;
}

export interface Web {
  /** The page as a place to talk to the assistant. */
  readonly chat: Chat;
  /** Every page and form. */
  handler(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Whether a request is a stream without end, which a stop cuts: its browser comes back. */
  isStream(request: IncomingMessage): boolean;
}

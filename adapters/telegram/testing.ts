import type { Inbound } from '../../core/domain/chat.ts';
import { listenTo, quiet } from '../../core/testing/listener.ts';
import { createTelegram, type TelegramOptions } from './index.ts';

/** Starts the adapter against a Telegram in miniature; it stops with the test. `before` may refuse an inbound by throwing. */
export const connect = (
  { token, apiRoot }: { token: string; apiRoot: string },
  options: Partial<TelegramOptions> = {},
  before?: (inbound: Inbound) => Promise<void>,
) =>
  listenTo(createTelegram({ token, apiUrl: apiRoot, log: quiet, timeoutMs: 1_500, pauseMs: 20, ...options }), before);

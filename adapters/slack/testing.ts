import type { Inbound } from '../../core/domain/chat.ts';
import { listenTo, quiet } from '../../core/testing/listener.ts';
import { createSlack, type SlackOptions } from './index.ts';

/** Starts the adapter against a Slack in miniature; it stops with the test. `before` may refuse an inbound by throwing. */
export const connect = (
  { botToken, appToken, apiUrl }: { botToken: string; appToken: string; apiUrl: string },
  options: Partial<SlackOptions> = {},
  before?: (inbound: Inbound) => Promise<void>,
) => listenTo(createSlack({ botToken, appToken, apiUrl, log: quiet, timeoutMs: 1_500, ...options }), before);

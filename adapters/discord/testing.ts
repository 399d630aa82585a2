import type { Inbound, Place } from '../../core/domain/chat.ts';
import type { Suggest } from '../../core/ports.ts';
import { listenTo, quiet } from '../../core/testing/listener.ts';
import { createDiscord, type DiscordOptions } from './index.ts';

/** Starts the adapter against a Discord in miniature; it stops with the test. `before` may refuse an inbound by throwing. */
export const connect = (
  { token, apiUrl }: { token: string; apiUrl: string },
  { suggest, ...options }: Partial<DiscordOptions> & { suggest?: Suggest } = {},
  before?: (inbound: Inbound) => Promise<void>,
) =>
  listenTo(
    createDiscord({ token, apiUrl, log: quiet, timeoutMs: 1_500, pauseMs: 100, paceMs: 50, ...options }),
    before,
    suggest,
  );

/** Where the miniature keeps what is said in a place. */
export const channelIn = ({ thread, channel }: Place): string => thread ?? channel;

import { WebClient, type WebClientOptions } from '@slack/web-api';
import { boltLogger, type Logger } from './logger.ts';

export const DEFAULT_API_URL = 'https://slack.com/api/';

/**
 * A Web API client that does each call once: Slack's own retries repeat posts that had arrived, and its waiting on one 429
 * stops the whole client. Failures are the caller's to judge. Options are fresh each time, since Bolt writes into them.
 */
export function createClient(
  token: string | undefined,
  options: { apiUrl?: string | undefined; timeoutMs: number; log: Logger },
): WebClient {
  return new WebClient(token, clientOptions(options));
}

/** Options for Slack's own clients inside Bolt, with the same manners as ours. */
export function clientOptions(options: {
  apiUrl?: string | undefined;
  timeoutMs: number;
  log: Logger;
}): WebClientOptions {
  return {
    slackApiUrl: options.apiUrl ?? DEFAULT_API_URL,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: options.timeoutMs,
    logger: boltLogger(options.log),
  };
}

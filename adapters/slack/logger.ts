import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';

/** What the adapter needs of a logger; pino has this shape. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Slack's libraries log through ours. Their `debug` and `info` are dropped: they print whole payloads, in which people's
 * words and tokens stand. Their errors become warnings, since the adapter decides what is an error.
 */
export function boltLogger(log: Logger): BoltLogger {
  const warn = (...parts: unknown[]): void => log.warn({ library: '@slack' }, parts.map(String).join(' '));
  const drop = (): void => undefined;
  return {
    debug: drop,
    info: drop,
    warn,
    error: warn,
    setLevel: drop,
    getLevel: () => LogLevel.WARN,
    setName: drop,
  };
}

import type { DBOSConfig } from '@dbos-inc/dbos-sdk';
import type { Logger } from 'pino';

/** DBOS's messages in the program's own log; its chatter about launches and recovery is for debugging. */
export const dbosLogger = (log: Logger): NonNullable<DBOSConfig['logger']> => ({
  debug: (entry) => log.trace(String(entry)),
  info: (entry) => log.debug(String(entry)),
  warn: (entry) => log.warn(String(entry)),
  error: (entry, metadata) => log.error({ stack: metadata?.stack }, String(entry)),
});

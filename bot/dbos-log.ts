import type { DBOSConfig } from '@dbos-inc/dbos-sdk';
import type { Logger } from 'pino';

/** What the engine warns of whenever a task is laid to rest (`core/workflows/rest.ts`). */
const laidToRest =
  /^(DBOSError: |Error: )?Workflow task:\d+ (was cancelled during execution|is no longer owned by this)/;

/** DBOS's messages in the program's own log; its chatter about launches, recovery and rest is for debugging. */
export const dbosLogger = (log: Logger): NonNullable<DBOSConfig['logger']> => ({
  debug: (entry) => log.trace(String(entry)),
  info: (entry) => log.debug(String(entry)),
  warn: (entry) => log[laidToRest.test(String(entry)) ? 'debug' : 'warn'](String(entry)),
  error: (entry, metadata) =>
    log[laidToRest.test(String(entry)) ? 'debug' : 'error']({ stack: metadata?.stack }, String(entry)),
});

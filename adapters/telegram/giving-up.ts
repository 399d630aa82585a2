import { describe, Failure } from '../../core/errors.ts';
import type { Logger } from './logger.ts';
import type { Take } from './receive.ts';

/** How often an update is taken whose failure no time mends. */
const MOST = 3;

/**
 * Takes updates, and lets one go that can't be taken whatever is tried: Telegram hands out nothing behind it, so all
 * that anybody says would wait for it. What may pass, such as a database that is away, holds it as long as it lasts.
 */
export function givingUp(take: Take, log: Logger): Take {
  const failures = new Map<number, number>();
  return async (update) => {
    const { update_id: id } = update;
    try {
      await take(update);
    } catch (error) {
      if (mayPass(error)) throw error;
      const count = (failures.get(id) ?? 0) + 1;
      failures.set(id, count);
      if (count < MOST) throw error;
      log.error({ update: id, error: describe(error) }, 'an update of Telegram was given up');
    }
    failures.delete(id);
  };
}

/** What the same update brings again whenever it is taken: what is final, a fault of ours, text that the database refuses. */
function mayPass(error: unknown): boolean {
  if (error instanceof Failure) return error.remedy !== 'never';
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return false;
  return !/^2[23]/.test(sqlState(error));
}

/** Postgres' code for what went wrong, which a query's error carries as its cause; classes 22 and 23 are about the data. */
function sqlState(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : sqlState(error.cause);
}

/** Why the run must end before its work is done. `lost` carries AttemptClosed or BrokerAway. */
export type Halt =
  | { type: 'stop'; reason: 'cancelled' | 'closed' | 'budget' }
  | { type: 'terminated' }
  | { type: 'deadline' }
  | { type: 'lost'; error: unknown };

export interface Halting {
  readonly signal: AbortSignal;
  /** The first call counts. */
  halt(why: Halt): void;
  readonly halted: Promise<Halt>;
}

export function createHalting(): Halting {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Halt>();
  return {
    signal: controller.signal,
    halted: promise,
    halt(why) {
      resolve(why);
      controller.abort();
    },
  };
}

import type { Logger } from 'pino';
import { describe, Failure } from '../core/errors.ts';
import type { IsolationCheck } from './self-test.ts';

export interface Isolation {
  /**
   * Resolves when workers may start. Throws Failure `isolation`, remedy `never`, which names what is missing, and what the
   * self-test throws when the cluster does not answer.
   */
  ready(): Promise<void>;
  /** As it was found last. */
  state(): {
    /** Why no worker is started, in a few words; also before all was tried for the first time. */
    readonly missing: string | null;
    /** Why people should not rely on the isolation, though workers may start. */
    readonly warning: string | null;
  };
  /** Nothing is looked at again by itself. */
  close(): void;
}

export interface IsolationOptions {
  /** Looks at everything once, e.g. `() => selfTest(options)`. */
  readonly test: () => Promise<readonly IsolationCheck[]>;
  /** The operator's word that workers may start whatever is found. */
  readonly allowUnenforced: boolean;
  readonly log: Logger;
}

/** How long a refusal is believed before it is looked again. */
const believedMs = 60_000;

/**
 * Lets workers start only where the cluster was seen to keep them in. Found well, that holds for the life of the
 * program. While it keeps workers from starting it is looked at again by itself, so that a repair is noticed; a fault that
 * the operator allows, only for whoever asks.
 */
export function createIsolation({ test, allowUnenforced, log }: IsolationOptions): Isolation {
  /** Null until a test was completed. */
  let faults: readonly IsolationCheck[] | null = null;
  let untried = 'the isolation is being tried';
  let running: Promise<void> | undefined;
  let lookAgainAt = 0;
  let again: NodeJS.Timeout | undefined;
  let closed = false;
  let told = '';

  const warning = () => (faults?.length ? `isolation is not proven: ${named(faults)}` : null);
  const missing = () => (faults === null ? untried : faults.length > 0 && !allowUnenforced ? named(faults) : null);

  async function look(): Promise<void> {
    clearTimeout(again);
    try {
      const found = (await test()).filter(({ ok }) => !ok);
      faults = found;
      lookAgainAt = found.length > 0 ? Date.now() + believedMs : Number.POSITIVE_INFINITY;
      tell(refusal(found));
    } catch (error) {
      untried = `the isolation could not be tried: ${describe(error)}`;
      tell(error);
      throw error;
    } finally {
      running = undefined;
      if (missing() && !closed) again = setTimeout(() => void lookOnce().catch(() => undefined), believedMs).unref();
    }
  }

  function lookOnce(): Promise<void> {
    running ??= look();
    return running;
  }

  /** A line for each verdict that is another than the last one. */
  function tell(err: unknown): void {
    const verdict = missing() ?? warning() ?? 'the isolation holds: workers may start';
    if (verdict === told || closed) return;
    told = verdict;
    if (missing()) log.error({ err }, 'no worker will be started');
    else if (warning()) log.warn({}, verdict);
    else log.info({}, verdict);
  }

  return {
    async ready() {
      if (Date.now() >= lookAgainAt) await lookOnce();
      if (faults?.length && !allowUnenforced) throw refusal(faults);
    },
    state: () => ({ missing: missing(), warning: warning() }),
    close() {
      closed = true;
      clearTimeout(again);
    },
  };
}

const named = (faults: readonly IsolationCheck[]) =>
  faults.map(({ name, detail }) => `${name} (${oneLine(detail)})`).join(', ');

/** A pod's last words may be a page. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ').slice(0, 200);

const refusal = (faults: readonly IsolationCheck[]) =>
  new Failure(`Refusing to start workers: ${named(faults)}.`, {
    ...{ code: 'isolation', remedy: 'never' },
    advice: [...new Set(faults.map(({ advice }) => advice).filter(Boolean))].join(' '),
  });

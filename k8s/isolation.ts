import { Failure } from '../core/errors.ts';
import type { IsolationCheck } from './self-test.ts';

export interface Isolation {
  /**
   * Resolves when workers may start. Throws Failure `isolation`, remedy `never`, which names what is missing, and what the
   * self-test throws when the cluster does not answer.
   */
  ready(): Promise<void>;
  /** As it was found last. `warning`: why people should not rely on the isolation, though workers may start. */
  state(): { readonly checks: readonly IsolationCheck[]; readonly warning: string | null };
}

export interface IsolationOptions {
  /** Looks at everything once, e.g. `() => selfTest(options)`. */
  readonly test: () => Promise<readonly IsolationCheck[]>;
  /** The operator's word that workers may start whatever is found. */
  readonly allowUnenforced: boolean;
}

/** How long a refusal is believed before it is looked again. */
const believedMs = 60_000;

/**
 * Lets workers start only where the cluster was seen to keep them in. Found well, that holds for the life of the
 * program; a fault is looked at again by the first who asks a minute later, so nothing runs while nobody needs it.
 */
export function createIsolation({ test, allowUnenforced }: IsolationOptions): Isolation {
  let checks: readonly IsolationCheck[] = [];
  let running: Promise<void> | undefined;
  let lookAgainAt = 0;
  const faults = () => checks.filter(({ ok }) => !ok);

  async function look(): Promise<void> {
    try {
      checks = await test();
      lookAgainAt = faults().length > 0 ? Date.now() + believedMs : Number.POSITIVE_INFINITY;
    } finally {
      running = undefined;
    }
  }

  return {
    async ready() {
      if (Date.now() >= lookAgainAt) {
        running ??= look();
        await running;
      }
      if (faults().length > 0 && !allowUnenforced) throw refusal(faults());
    },
    state: () => ({ checks, warning: faults().length > 0 ? `isolation is not proven: ${named(faults())}` : null }),
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

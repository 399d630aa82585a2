import type { Failure } from '../errors.ts';
import type { Sandbox, SandboxSpec, SandboxStatus } from '../ports.ts';

export interface FakeSandbox extends Sandbox {
  readonly name: 'local';
  /** Every worker that was ever begun, oldest first. */
  readonly begun: SandboxSpec[];
  /** Workers that run now, by attempt. */
  readonly running: Set<string>;
  readonly removed: number[];
  /** What `start` throws while it is set. */
  refuses: Failure | null;
  /** What `stop` waits for while it is set. */
  stopping: Promise<void> | null;
  /** What `status` answers for every attempt while it is set. */
  told: SandboxStatus | null;
  /** What every attempt wrote last. */
  lastWords: string;
  /** A worker ends by itself. */
  exit(attempt: string): void;
}

/** A sandbox whose workers are the test: it takes their tokens and speaks for them at the door. */
export function createFakeSandbox(): FakeSandbox {
  const begun: SandboxSpec[] = [];
  const running = new Set<string>();
  const known = new Map<string, number>();
  const fake: FakeSandbox = {
    ...{
      name: 'local',
      warning: null,
      begun,
      running,
      removed: [],
      refuses: null,
      stopping: null,
      told: null,
      lastWords: '',
    },
    async start(spec) {
      if (fake.refuses) throw fake.refuses;
      if (known.has(spec.attempt)) return;
      known.set(spec.attempt, spec.task);
      begun.push(spec);
      running.add(spec.attempt);
    },
    status: async (attempt) => {
      if (fake.told) return fake.told;
      if (running.has(attempt)) return { state: 'running', detail: '' };
      return { state: known.has(attempt) ? 'exited' : 'unknown', detail: 'exit code 0' };
    },
    output: async () => fake.lastWords,
    async stop(attempt) {
      await fake.stopping;
      running.delete(attempt);
    },
    async remove(task) {
      fake.removed.push(task);
      for (const [attempt, of] of known) {
        if (of !== task) continue;
        known.delete(attempt);
        running.delete(attempt);
      }
    },
    tasks: async () => [...new Set(known.values())],
    exit: (attempt) => running.delete(attempt),
  };
  return fake;
}

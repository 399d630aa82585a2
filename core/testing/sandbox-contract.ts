import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Sandbox } from '../ports.ts';

/** A sandbox whose workers wait until they are released, to be driven by the contract. */
export interface SandboxBench {
  readonly sandbox: Sandbox;
  /** Another object over the same outside, as after a restart of the program. */
  reopen(): Sandbox;
  /** How many workers have ever begun for the attempt. */
  begun(attempt: string): Promise<number>;
  /** Lets the attempt's worker end by itself, with exit code 0. */
  release(attempt: string): Promise<void>;
  close(): Promise<void>;
}

const timeoutMs = 60_000;
const own = { memory: 1, deadline: Date.now() + 3_600_000 } as const;

/** What every {@link Sandbox} promises, shown through a real one. */
export function sandboxContract(name: string, make: () => Promise<SandboxBench>): void {
  describe(`${name} sandbox`, { timeout: timeoutMs * 2 }, () => {
    let bench: SandboxBench;
    beforeEach(async () => {
      bench = await make();
    });
    afterEach(() => bench.close());

    const spec = { attempt: '7.1.1', task: 7, token: 'the-token', ...own };
    const until = async (probe: () => Promise<boolean>) => {
      for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(50)) if (await probe()) return;
      throw new Error('waited in vain');
    };
    const begun = () => until(async () => (await bench.begun(spec.attempt)) > 0);
    const state = async (sandbox = bench.sandbox) => (await sandbox.status(spec.attempt)).state;

    test('an attempt that was never started is unknown', async () => {
      expect(await state()).toBe('unknown');
    });

    test('a started attempt runs, and has exited when its worker has ended', async () => {
      await bench.sandbox.start(spec);
      expect(['starting', 'running']).toContain(await state());
      await begun();
      await until(async () => (await state()) === 'running');
      await bench.release(spec.attempt);
      await until(async () => (await state()) === 'exited');
      expect((await bench.sandbox.status(spec.attempt)).detail).toContain('0');
    });

    test('an attempt that was expected is unknown until it starts, and begins once', async () => {
      bench.sandbox.expect?.(spec.attempt);
      bench.sandbox.expect?.(spec.attempt);
      expect(await state()).toBe('unknown');
      await bench.sandbox.start(spec);
      await begun();
      bench.sandbox.expect?.('7.2.1');
      expect(await bench.begun(spec.attempt)).toBe(1);
    });

    test('what was expected and never came leaves no trace', async () => {
      bench.sandbox.expect?.(spec.attempt);
      await bench.sandbox.remove(7);
      expect(await bench.reopen().tasks()).toEqual([]);
    });

    test('starting an attempt again, at once or later, begins no second worker', async () => {
      await Promise.all([bench.sandbox.start(spec), bench.sandbox.start(spec)]);
      await begun();
      await bench.sandbox.start(spec);
      await bench.reopen().start(spec);
      await bench.sandbox.stop(spec.attempt);
      await bench.sandbox.start(spec);
      await sleep(500);
      expect(await bench.begun(spec.attempt)).toBe(1);
      expect(await state()).toBe('exited');
    });

    test('stopping ends the worker; stopping again, or what never ran, is fine', async () => {
      await bench.sandbox.start(spec);
      await begun();
      await bench.sandbox.stop(spec.attempt);
      expect(await state()).toBe('exited');
      await bench.sandbox.stop(spec.attempt);
      await bench.sandbox.stop('8.1.1');
    });

    test('after a restart of the program a running attempt is known and can be stopped', async () => {
      await bench.sandbox.start(spec);
      await begun();
      const later = bench.reopen();
      await until(async () => (await state(later)) === 'running');
      await later.stop(spec.attempt);
      expect(await state(later)).toBe('exited');
    });

    test('attempts of one task and of others do not touch each other', async () => {
      await bench.sandbox.start(spec);
      await bench.sandbox.start({ attempt: '70.1.1', task: 70, token: 'other', ...own });
      await bench.sandbox.remove(7);
      expect(['starting', 'running']).toContain((await bench.sandbox.status('70.1.1')).state);
      await bench.sandbox.remove(70);
    });

    test('what is here is listed by task, until it is removed', async () => {
      await bench.sandbox.start(spec);
      expect(await bench.reopen().tasks()).toEqual([7]);
      await bench.sandbox.remove(7);
      expect(await bench.sandbox.tasks()).toEqual([]);
    });

    test('removing a task ends its workers and leaves no trace; repeated is fine', async () => {
      await bench.sandbox.start(spec);
      await begun();
      await bench.sandbox.remove(7);
      expect(await state()).toBe('unknown');
      await bench.sandbox.remove(7);
    });
  });
}

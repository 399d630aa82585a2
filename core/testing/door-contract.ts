import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Door, OpenAttempt } from '../door.ts';
import type { WorkerEvent } from '../protocol.ts';
import { png } from './image.ts';

/** A door with tasks behind it, to be driven by the contract. */
export interface DoorBench {
  readonly door: Door;
  /** An attempt that has just begun, of a task of its own. */
  begin(): Promise<OpenAttempt>;
  /** Ends it, from the other side. */
  end(attempt: OpenAttempt): Promise<void>;
  /** A person says something to the worker. */
  say(attempt: OpenAttempt, text: string): Promise<void>;
  /** The task's log, as texts. */
  log(attempt: OpenAttempt): Promise<string[]>;
  close(): Promise<void>;
}

/** What every {@link Door} promises a broker, shown through a real one. */
export function doorContract(name: string, make: () => Promise<DoorBench>): void {
  describe(name, { timeout: 60_000 }, () => {
    let bench: DoorBench;
    let door: Door;
    let attempt: OpenAttempt;
    beforeAll(async () => {
      bench = await make();
      door = bench.door;
    });
    afterAll(() => bench?.close());
    beforeEach(async () => {
      attempt = await bench.begin();
    });

    const says = (seq: number, text = `${seq}`): WorkerEvent => ({ seq, at: seq, event: { type: 'says', text } });
    const never = new AbortController().signal;
    const charge = (usd: number, id: string = randomUUID()) => ({
      ...{ id, model: 'm', inputTokens: 1, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 1, usd },
    });
    const budgetLeft = async () => (await door.admit({ attempt: attempt.id }))?.budgetLeft ?? Number.NaN;
    const session = async () => {
      const found: unknown[] = [];
      for await (const entry of door.loadSession(attempt)) found.push(entry);
      return found;
    };

    test('an attempt is let in by its id while it is open', async () => {
      expect(await door.admit({ attempt: attempt.id })).toEqual(attempt);
      expect(await door.admit({ attempt: attempt.id, instance: 'other' })).toBeNull();
      expect(await door.admit({ attempt: '999999.1.1' })).toBeNull();
      await bench.end(attempt);
      expect(await door.admit({ attempt: attempt.id })).toBeNull();
    });

    test('it hears of its job', async () => {
      const job = await door.job(attempt);
      expect(job).toMatchObject({
        attempt: attempt.id,
        repo: attempt.repo,
        branch: attempt.branch,
        kind: attempt.kind,
      });
    });

    test('events are kept once, and answered with what people say until it was heard', async () => {
      await bench.say(attempt, 'Use vitest.');
      const { items, stop } = await door.events(attempt, { events: [says(1), says(2)] });
      expect([items.map(({ text }) => text), stop]).toEqual([['Use vitest.'], null]);
      const heard: WorkerEvent = { seq: 3, at: 3, event: { type: 'steered', id: items[0]?.id ?? 0 } };
      expect(await door.events(attempt, { events: [says(2), heard] })).toEqual({ items: [], stop: null });
      expect((await bench.log(attempt)).filter((line) => line !== '')).toEqual(['1', '2']);
    });

    test('who waits for something to hear has it when it is said, or nothing when the wait is over or given up', async () => {
      expect(await door.steering(attempt, 50, never)).toEqual({ items: [], stop: null });
      const waiting = door.steering(attempt, 20_000, never);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await bench.say(attempt, 'Hurry.');
      expect((await waiting).items.map(({ text }) => text)).toEqual(['Hurry.']);
      const left = new AbortController();
      const other = await bench.begin();
      const given = door.steering(other, 20_000, left.signal).catch(() => 'given up');
      setTimeout(() => left.abort(), 50);
      const from = Date.now();
      await given;
      expect(Date.now() - from).toBeLessThan(5_000);
    });

    test('session entries come back in order, once each', async () => {
      const entry = (n: number) => ({ uuid: `u${n}`, n, text: 'ü\n"' });
      expect(await session()).toEqual([]);
      await door.appendSession(attempt, [entry(1), entry(2)]);
      await door.appendSession(attempt, [entry(2), entry(3)]);
      expect(await session()).toEqual([1, 2, 3].map(entry));
    });

    test('a large session comes back whole', async () => {
      const entries = Array.from({ length: 1_200 }, (_, n) => ({
        uuid: `u${n}`,
        text: 'x'.repeat(n % 50 === 0 ? 400_000 : 10),
      }));
      for (let from = 0; from < entries.length; from += 300) {
        await door.appendSession(attempt, entries.slice(from, from + 300));
      }
      expect((await session()).map((entry) => JSON.stringify(entry).length)).toEqual(
        entries.map((entry) => JSON.stringify(entry).length),
      );
    });

    test('files are handed over by their content, and none is to be had that was not sent', async () => {
      expect(await door.handOver(attempt, 'Bild ü.png', png(2, 2))).toBe('kept');
      expect(await door.handOver(attempt, 'empty', new Uint8Array())).toBe('empty');
      expect(await door.handOver(attempt, 'program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 255]))).toBe('type');
      expect(await door.file(attempt, 999_999)).toBeNull();
    });

    test('money is counted once per call, also for a call that outlived its attempt', async () => {
      const before = await budgetLeft();
      const id = randomUUID();
      for (let n = 0; n < 3; n += 1) await door.spend(attempt, charge(0.5, id));
      expect(await budgetLeft()).toBeCloseTo(before - 0.5, 6);
      await bench.end(attempt);
      await door.spend(attempt, charge(0.25));
    });

    test('the first result ends it; what the model answers is heard', async () => {
      await door.modelAnswered(attempt, 529, 1_000);
      await door.modelAnswered(attempt, 200, null);
      await door.result(attempt, { type: 'nothing', summary: 'There was nothing.', session: 's' });
    });

    test('what was refused is shown in the log once, behind what the worker has told by then', async () => {
      await door.events(attempt, { events: [says(1), says(2)] });
      await Promise.all([1, 2, 3].map(() => door.refused(attempt, 'evil.example:443 is not allowed.')));
      await door.refused(attempt, 'a push to refs/heads/main');
      await door.events(attempt, { events: [says(3)] });
      expect(await bench.log(attempt)).toEqual([
        ...['1', '2', 'Refused: evil.example:443 is not allowed.', 'Refused: a push to refs/heads/main', '3'],
      ]);
    });

    test('a commit that changes nothing guarded may become the branch', async () => {
      expect(await door.mayPush(attempt, 'c'.repeat(40))).toBeNull();
    });

    test('what is too much is refused as full', async () => {
      const large = 'x'.repeat(3_500_000);
      const batch = (seq: number) => door.events(attempt, { events: [says(seq, large)] });
      for (let seq = 1; seq <= 19; seq += 1) await batch(seq);
      for (let seq = 1; seq <= 3; seq += 1) {
        await expect(batch(20 + seq)).rejects.toMatchObject({ code: 'full', remedy: 'never' });
      }
      expect(await door.events(attempt, { events: [] })).toEqual({ items: [], stop: null });
      expect((await bench.log(attempt)).filter((line) => /^Refused: more events/.test(line))).toHaveLength(1);
    });
  });
}

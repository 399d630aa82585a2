import type { Conclusion, Status } from './model-checks.ts';

/** What a demo prints and a test waits for; one entry per thing that people would see on GitHub. */
export interface SimEvents {
  push: { repo: string; ref: string; before: string; after: string; by: string; forced: boolean };
  issue: { repo: string; number: number; action: string; by: string; title: string };
  comment: { repo: string; number: number; action: string; by: string; id: number; body: string };
  pr: {
    repo: string;
    number: number;
    action: string;
    by: string;
    title: string;
    draft: boolean;
    merged: boolean;
    head: string;
  };
  review: { repo: string; number: number; action: string; by: string; state: string; body: string };
  reaction: { repo: string; by: string; content: string; on: string; id: number };
  check: { repo: string; sha: string; name: string; status: Status; conclusion: Conclusion | null };
  webhook: { event: string; action: string | null; delivery: string; url: string; status: number | null };
}

type Listener<K extends keyof SimEvents> = (event: SimEvents[K]) => void;

export interface WaitOptions {
  /** Default 10 000. */
  timeoutMs?: number;
  /** What is waited for, for the error's text. */
  what?: string;
}

export class Events {
  private readonly listeners = new Map<string, Set<(event: never) => void>>();
  private readonly waiters = new Set<() => void>();

  /** Returns the function that takes the listener away. */
  on<K extends keyof SimEvents>(kind: K, listener: Listener<K>): () => void {
    const set = this.listeners.get(kind) ?? new Set();
    this.listeners.set(kind, set.add(listener));
    return () => set.delete(listener);
  }

  emit<K extends keyof SimEvents>(kind: K, event: SimEvents[K]): void {
    for (const listener of this.listeners.get(kind) ?? []) (listener as Listener<K>)(event);
    for (const look of [...this.waiters]) look();
  }

  /**
   * Asks the probe at every event and every 25 ms until it gives something other than undefined, null or false.
   * @throws after `timeoutMs`, naming what was awaited.
   */
  waitFor<T>(
    probe: () => T | Promise<T>,
    { timeoutMs = 10_000, what = 'the condition' }: WaitOptions = {},
  ): Promise<NonNullable<T>> {
    return new Promise((resolve, reject) => {
      let asking = false;
      const finish = (settle: () => void) => {
        clearInterval(ticker);
        clearTimeout(deadline);
        this.waiters.delete(look);
        settle();
      };
      const ask = async () => {
        if (asking) return;
        asking = true;
        try {
          const value = await probe();
          if (value !== undefined && value !== null && value !== false) finish(() => resolve(value));
        } catch (error) {
          finish(() => reject(error instanceof Error ? error : new Error(String(error))));
        } finally {
          asking = false;
        }
      };
      const look = () => void ask();
      const ticker = setInterval(look, 25);
      const deadline = setTimeout(
        () => finish(() => reject(new Error(`GitHub sim: ${what} did not happen within ${timeoutMs} ms`))),
        timeoutMs,
      );
      this.waiters.add(look);
      look();
    });
  }
}

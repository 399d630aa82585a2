/** Slack limits a method per workspace, whatever it acts on, so all calls of a method share one of these. */
export interface Budgets {
  readonly edits: Budget;
  readonly begins: Budget;
  readonly appends: Budget;
}

/**
 * The budgets of a workspace. What a minute may see, burst and refill together, stays below the method's tier
 * (https://docs.slack.dev/apis/web-api/rate-limits): chat.update is in tier 3, 50 a minute; chat.startStream and
 * chat.stopStream in tier 2, 20; chat.appendStream in tier 4, 100. An end has no budget of its own, since there is one to
 * each beginning.
 */
export const createBudgets = (editsPerMinute = 40): Budgets => ({
  edits: new Budget(editsPerMinute),
  begins: new Budget(14, { burst: 5, reserve: 0 }),
  appends: new Budget(75, { burst: 20, reserve: 0 }),
});

/** How many calls may go at once, and how many of them are kept for what must arrive. */
interface BudgetShape {
  readonly burst?: number;
  readonly reserve?: number;
}

/** A token bucket. What must arrive waits its turn in order; what is only nice to have asks {@link tryTake} and leaves a reserve. */
export class Budget {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #reserve: number;
  #tokens: number;
  #at = Date.now();
  #queue: Promise<void> = Promise.resolve();

  constructor(perMinute: number, { burst = Math.max(1, perMinute / 4), reserve = burst / 3 }: BudgetShape = {}) {
    this.#perMs = perMinute / 60_000;
    this.#burst = burst;
    this.#reserve = reserve;
    this.#tokens = burst;
  }

  /** Resolves when one call may be made. */
  take(): Promise<void> {
    const turn = this.#queue.then(() => this.#wait());
    this.#queue = turn;
    return turn;
  }

  /** Takes one if that leaves the reserve. */
  tryTake(): boolean {
    this.#refill();
    if (this.#at > Date.now() || this.#tokens - 1 < this.#reserve) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Slack said to wait: nobody goes before then. */
  hold(ms: number): void {
    this.#at = Math.max(this.#at, Date.now() + ms);
    this.#tokens = Math.min(this.#tokens, 1);
  }

  async #wait(): Promise<void> {
    const heldMs = this.#at - Date.now();
    if (heldMs > 0) await new Promise((resolve) => setTimeout(resolve, heldMs));
    this.#refill();
    if (this.#tokens < 1) {
      await new Promise((resolve) => setTimeout(resolve, Math.ceil((1 - this.#tokens) / this.#perMs)));
      this.#refill();
    }
    this.#tokens -= 1;
  }

  #refill(): void {
    const now = Date.now();
    if (now <= this.#at) return;
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}

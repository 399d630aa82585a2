/**
 * A token bucket: chat.update is limited per method and workspace, whatever it edits, so all edits share one. What must
 * arrive waits its turn in order; what is only nice to have asks {@link tryTake} and leaves a reserve.
 */
export class Budget {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at = Date.now();
  #queue: Promise<void> = Promise.resolve();

  constructor(perMinute: number) {
    this.#perMs = perMinute / 60_000;
    this.#burst = Math.max(1, perMinute / 4);
    this.#tokens = this.#burst;
  }

  /** Resolves when one call may be made. */
  take(): Promise<void> {
    const turn = this.#queue.then(() => this.#wait());
    this.#queue = turn;
    return turn;
  }

  /** Takes one if that leaves at least a third for what must arrive. */
  tryTake(): boolean {
    this.#refill();
    if (this.#at > Date.now() || this.#tokens - 1 < this.#burst / 3) return false;
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

/** What one benchmark found, by the keys under which it is reported; null: this machine cannot tell. */
export type Figures = Readonly<Record<string, number | null>>;

/** A bound that a figure should keep. */
export interface Goal {
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Said instead of the bound, when the bound comes from another figure of the same run. */
  readonly words?: string;
}

/** A benchmark starts all that it measures, and leaves nothing behind: what it starts is deferred on the scope. */
export interface Benchmark {
  readonly name: string;
  readonly what: string;
  /** The platforms that it can be run on, one at a time; the first unless told otherwise. */
  readonly platforms?: readonly string[];
  /** In the order of the table; every key is reported by `run`. The goals may depend on the figures of the baseline. */
  goals(figures: Figures): Readonly<Record<string, Goal | null>>;
  /**
   * `say` tells the person at the terminal how it goes. `platform` is one of {@link platforms}, '' without them.
   * @throws Error when something could not be measured
   */
  run(scope: AsyncDisposableStack, say: (line: string) => void, platform: string): Promise<Figures>;
}

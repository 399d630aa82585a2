/** A platform in miniature, with the limits that it really has, in which many conversations go on with one bot. */
export interface Room {
  /** The settings by which the program finds it. */
  readonly env: Readonly<Record<string, string>>;
  /** Accounts of those who speak, as `OWNERS` has them. */
  readonly owners: readonly string[];
  /** Says something to the bot in the nth conversation, which begins with the first words. */
  say(nth: number, text: string): Promise<void>;
  /** How often the bot called more than it may. */
  violations(): number;
  close(): Promise<void>;
}

/** Who we are at Telegram, from getMe. */
export interface Self {
  readonly id: number;
  /** Without `@`. */
  readonly username: string;
}

/** Who we are in Discord. */
export interface Self {
  /** The bot's user. */
  readonly user: string;
  readonly application: string;
  /** The roles that Discord made for the bot, one per guild: people mention them by mistake. */
  readonly roles: Set<string>;
}

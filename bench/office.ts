/** A platform in miniature with one bot in it, as a person who speaks to that bot sees it. */
export interface Office {
  /** The settings by which a bot finds it, named as the program names them; they make the person its owner. */
  readonly env: Readonly<Record<string, string>>;
  /** Tells of each call of the bot the ids of what it may be about. */
  onCall(hear: (ids: readonly string[]) => void): () => void;
  /** Says hello to the bot in a new conversation; answers an id by which calls about it are known. */
  greet(): Promise<string>;
  close(): Promise<void>;
}

/** How `turn` finds a platform and the least bot for it. */
export interface OfficePlatform {
  /** The library of the bare bot. */
  readonly library: string;
  readonly bareBot: URL;
  open(): Promise<Office>;
}

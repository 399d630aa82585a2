/** Installation tokens live one hour; one that has less than five minutes left is not handed out again. */
const KEPT_MS = 55 * 60_000;

export interface TokenCache {
  get(key: string): string;
  set(key: string, value: string): void;
  /** Forgets all, after GitHub refused one: it may have been revoked. */
  clear(): void;
}

/** A cache for `@octokit/auth-app`, which would keep a token until one minute before its end. */
export function createTokenCache(): TokenCache {
  const entries = new Map<string, { value: string; until: number }>();
  return {
    get: (key) => {
      const entry = entries.get(key);
      return entry && entry.until > Date.now() ? entry.value : '';
    },
    set: (key, value) => {
      const now = Date.now();
      for (const [other, entry] of entries) if (entry.until <= now) entries.delete(other);
      entries.set(key, { value, until: now + KEPT_MS });
    },
    clear: () => entries.clear(),
  };
}

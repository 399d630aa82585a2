import type { AttemptId } from '../../core/domain/ids.ts';

/** Words are not shown again, and no more than so many different ones, within these milliseconds. */
const windowMs = 10_000;
const mostWords = 20;
const mostAttempts = 1_000;

/** Whether what was refused to an attempt is still to be shown: one that repeats itself must not keep the door busy. */
export function createShown(): (attempt: AttemptId, what: string) => boolean {
  const shown = new Map<AttemptId, { readonly until: number; readonly words: Set<string> }>();
  return (attempt, what) => {
    let recent = shown.get(attempt);
    if (!recent || recent.until <= Date.now()) {
      recent = { until: Date.now() + windowMs, words: new Set() };
      shown.delete(attempt);
      shown.set(attempt, recent);
      const [oldest] = shown.keys();
      if (shown.size > mostAttempts && oldest !== undefined) shown.delete(oldest);
    }
    if (recent.words.has(what) || recent.words.size >= mostWords) return false;
    recent.words.add(what);
    return true;
  };
}

/** Runs `work` once and keeps what it answers; a failure is forgotten, so that the next call tries again. */
export function memo<T>(work: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  return () => {
    kept ??= work().catch((error: unknown) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
}

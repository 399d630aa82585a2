/**
 * Runs work one after the other for each name, in the order it was handed over; what has other names runs beside it. That
 * one fails keeps none from its turn.
 */
export function createInOrder(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const before = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const turn = (before.get(name) ?? Promise.resolve()).then(work);
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (before.get(name) === settled) before.delete(name);
      });
    before.set(name, settled);
    return turn;
  };
}

const tails = new WeakMap<object, Promise<unknown>>();

/** Runs the work after all earlier work on the same thing has ended: pushes and merges of one repository, one at a time. */
export function exclusively<T>(thing: object, work: () => Promise<T>): Promise<T> {
  const turn = (tails.get(thing) ?? Promise.resolve()).then(work, work);
  tails.set(
    thing,
    turn.catch(() => undefined),
  );
  return turn;
}

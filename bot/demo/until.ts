/** Longest wait for any one thing to happen, milliseconds. */
const patienceMs = 180_000;

/** Asks until there is something. @throws Error that names what did not come */
export async function until<T>(what: string, probe: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + patienceMs; Date.now() < end; ) {
    const found = await probe();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${what} did not come within ${patienceMs / 1000} s`);
}

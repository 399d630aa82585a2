import { Failure } from '../errors.ts';

/** Does something on the code host; false when people deleted meanwhile what it is about, so that nothing is left to do. */
export async function unlessGone(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === 'gone') return false;
    throw error;
  }
}

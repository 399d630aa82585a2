import { expect, test } from 'vitest';
import { mostSaid, type OpenAttempt } from '../door.ts';
import type { Deps } from './deps.ts';
import { createDoorLimits } from './door-limits.ts';

const attempt = { id: '1.1.1', task: 1 } as OpenAttempt;
const entry = (uuid: string, kilobytes: number) => ({ uuid, entry: 'x'.repeat(kilobytes * 1024) });

/** Room for 100 kB more in the session; a database that keeps each entry once, or is away. */
function limits() {
  const database = { isAway: false, kept: new Set<string>() };
  const store = {
    said: { sessionBytes: async () => mostSaid.sessionBytes - 100 * 1024, note: async () => undefined },
    worker: {
      async appendSession(_task: number, entries: readonly { uuid: string }[]) {
        if (database.isAway) throw new Error('away');
        const fresh = entries.map(({ uuid }) => uuid).filter((uuid) => !database.kept.has(uuid));
        for (const uuid of fresh) database.kept.add(uuid);
        return fresh;
      },
    },
  };
  const deps = { store, presenter: { touch: () => undefined } } as unknown as Deps;
  return { database, appendSession: createDoorLimits(deps).appendSession };
}

test('a session that could not be stored takes no room, however often it is tried', async () => {
  const { database, appendSession } = limits();
  database.isAway = true;
  for (let tries = 0; tries < 5; tries += 1)
    await expect(appendSession(attempt, [entry('a', 60)])).rejects.toThrow('away');
  database.isAway = false;
  await appendSession(attempt, [entry('a', 60)]);
  expect(database.kept).toEqual(new Set(['a']));
});

test('a session that is told again takes no more room, and what is too much is refused', async () => {
  const { appendSession } = limits();
  for (let tries = 0; tries < 5; tries += 1) await appendSession(attempt, [entry('a', 40)]);
  await expect(appendSession(attempt, [entry('b', 70)])).rejects.toMatchObject({ code: 'full', remedy: 'never' });
});

import { expect, test } from 'vitest';
import { checkpointRef, issueMarker } from '../domain/ids.ts';
import { testDatabase } from '../testing/postgres.ts';
import { connect } from './database.ts';
import { installation } from './schema.ts';
import { openStore, taskIn } from './testing.ts';

test('the first tasks of two databases share nothing on the code host, however alike they are', async () => {
  const houses = [await openStore(2), await openStore(2)];
  const tasks = await Promise.all(houses.map(async ({ store }) => store.tasks.get(await taskIn(store))));
  expect(tasks.map(({ number, title }) => `${number} ${title}`)).toEqual(['1 Fix it', '1 Fix it']);
  for (const name of [(branch: string) => branch, checkpointRef, issueMarker]) {
    const [one, other] = tasks.map(({ branch }) => name(branch));
    expect(one).not.toBe(other);
  }
  for (const house of houses) await house.close();
});

test('a database keeps its id over restarts of the program', async () => {
  const database = await testDatabase();
  const seen: string[] = [];
  for (let n = 0; n < 2; n += 1) {
    const { db, close } = await connect(database.url, () => undefined, 2);
    seen.push(...(await db.select().from(installation)).map(({ id }) => id));
    await close();
  }
  await database.drop();
  expect(seen).toEqual([expect.stringMatching(/^[0-9a-f]{5}$/), seen[0]]);
});

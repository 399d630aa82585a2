import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { testDatabase } from '../testing/postgres.ts';
import { connect } from './database.ts';
import { createStore } from './index.ts';

const root = join(import.meta.dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'mainloop-migrations-'));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test('the migrations are what the schema says: generating them again makes nothing new', () => {
  cpSync(join(import.meta.dirname, 'migrations'), copy, { recursive: true });
  const before = readdirSync(copy);
  const options = ['--dialect', 'postgresql', '--schema', './core/store/*schema.ts', '--out', relative(root, copy)];
  execFileSync(process.execPath, ['node_modules/drizzle-kit/bin.cjs', 'generate', ...options], { cwd: root });
  expect(readdirSync(copy)).toEqual(before);
});

test('they apply to an empty database, once, and again by a second program', async () => {
  const database = await testDatabase();
  for (let n = 0; n < 2; n += 1) {
    const { db, close } = await connect(database.url, () => undefined, 2);
    await createStore(db).ping();
    expect(await createStore(db).tasks.open()).toEqual([]);
    await close();
  }
  await database.drop();
});

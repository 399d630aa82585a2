import { delimiter, dirname } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Workers under test are on a machine with this Node and without the language servers that come with this package. */
const others = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.endsWith('/node_modules/.bin'));

export default defineConfig({
  test: {
    include: ['{core,adapters,k8s,bot,sim}/**/*.test.ts'],
    exclude: ['**/*.cluster.test.ts', '**/node_modules/**'],
    // One Postgres for the run, started by the first test that needs it.
    globalSetup: ['bot/testing/test-postgres.ts'],
    env: { PATH: [dirname(process.execPath), ...others].join(delimiter) },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores carry a Postgres, a Claude Code and the tests; more workers only make each slower.
    maxWorkers: 2,
  },
});

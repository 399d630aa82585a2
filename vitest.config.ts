import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{core,adapters,k8s,bot,sim}/**/*.test.ts'],
    exclude: ['**/*.cluster.test.ts', '**/node_modules/**'],
    // One Postgres for the run, started by the first test that needs it.
    globalSetup: ['bot/testing/test-postgres.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores carry a Postgres, a Claude Code and the tests; more workers only make each slower.
    maxWorkers: 2,
  },
});

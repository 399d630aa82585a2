import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{core,adapters,k8s,bot,sim}/**/*.test.ts'],
    exclude: ['**/*.cluster.test.ts', '**/node_modules/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores carry a Postgres, a Claude Code and the tests; more workers only make each slower.
    maxWorkers: 2,
  },
});

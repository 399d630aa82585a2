import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{core,adapters,k8s,bot}/**/*.cluster.test.ts'],
    globalSetup: ['bot/testing/cluster.ts', 'bot/testing/test-postgres.ts'],
    // A whole task in the cluster, an installation, a node's patience with a full disk.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
    maxWorkers: 2,
  },
});

import { expect, test } from 'vitest';
import { readPartialConfig } from './partial-config.ts';

test('a cluster whose settings are incomplete is left out, and named', () => {
  const { config, problems, isSound } = readPartialConfig({ SANDBOX: 'kubernetes', BROKER_ADDRESS: 'broker:8080' });
  expect(config.kubernetes).toBeUndefined();
  expect(problems.map(({ variable }) => variable)).toContain('KUBERNETES_WORKER_IMAGE');
  expect(isSound('KUBERNETES')).toBe(false);
});

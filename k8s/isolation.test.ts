import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createIsolation } from './isolation.ts';

const well = { name: 'worker network', ok: true, detail: 'closed', advice: '' };
const ill = { ...well, ok: false, detail: 'a worker reaches the API server', advice: 'Close it.' };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what was found well is not looked at again, and looked at once for all who ask', async () => {
  const look = vi.fn(async () => [well]);
  const { ready, state } = createIsolation({ test: look, allowUnenforced: false });
  await Promise.all([ready(), ready()]);
  vi.advanceTimersByTime(3_600_000);
  await ready();
  expect(look).toHaveBeenCalledTimes(1);
  expect(state()).toEqual({ checks: [well], warning: null });
});

test('a fault refuses workers with what is wrong and what to do, and is looked at again after a minute', async () => {
  let found = ill;
  const look = vi.fn(async () => [found]);
  const { ready } = createIsolation({ test: look, allowUnenforced: false });
  const refusal = {
    code: 'isolation',
    remedy: 'never',
    message: 'Refusing to start workers: worker network (a worker reaches the API server).',
    advice: 'Close it.',
  };
  await expect(ready()).rejects.toMatchObject(refusal);
  found = well;
  vi.advanceTimersByTime(59_000);
  await expect(ready()).rejects.toMatchObject(refusal);
  expect(look).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  await ready();
});

test('the operator’s override lets workers start, with a warning', async () => {
  const { ready, state } = createIsolation({ test: async () => [well, ill], allowUnenforced: true });
  await ready();
  expect(state().warning).toBe('isolation is not proven: worker network (a worker reaches the API server)');
});

test('a cluster that could not be asked is asked again at once', async () => {
  const look = vi.fn().mockRejectedValueOnce(new Error('no answer')).mockResolvedValue([well]);
  const { ready } = createIsolation({ test: look, allowUnenforced: false });
  await expect(ready()).rejects.toThrow('no answer');
  await ready();
});

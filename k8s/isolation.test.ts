import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createIsolation } from './isolation.ts';

const well = { name: 'worker network', ok: true, detail: 'closed', advice: '' };
const ill = { ...well, ok: false, detail: 'a worker reaches the API server', advice: 'Close it.' };

const silent = pino({ level: 'silent' });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what was found well is not looked at again, and looked at once for all who ask', async () => {
  const look = vi.fn(async () => [well]);
  const { ready, state } = createIsolation({ test: look, allowUnenforced: false, log: silent });
  await Promise.all([ready(), ready()]);
  vi.advanceTimersByTime(3_600_000);
  await ready();
  expect(look).toHaveBeenCalledTimes(1);
  expect(state()).toEqual({ missing: null, warning: null });
});

test('a fault refuses workers with what is wrong and what to do, and is looked at again after a minute', async () => {
  let found = ill;
  const look = vi.fn(async () => [found]);
  const { ready } = createIsolation({ test: look, allowUnenforced: false, log: silent });
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
  const { ready, state } = createIsolation({ test: async () => [well, ill], allowUnenforced: true, log: silent });
  await ready();
  const warning = 'isolation is not proven: worker network (a worker reaches the API server)';
  expect(state()).toEqual({ missing: null, warning });
});

test('a cluster that could not be asked is asked again at once', async () => {
  const look = vi.fn().mockRejectedValueOnce(new Error('no answer')).mockResolvedValue([well]);
  const { ready } = createIsolation({ test: look, allowUnenforced: false, log: silent });
  await expect(ready()).rejects.toThrow('no answer');
  await ready();
});

test.each([false, true])(
  'no worker may start before the walls were tried once, override or not (%s)',
  async (allowUnenforced) => {
    const look = vi.fn().mockRejectedValueOnce(new Error('no answer')).mockResolvedValue([well]);
    const { ready, state } = createIsolation({ test: look, allowUnenforced, log: silent });
    expect(state().missing).toBe('the isolation is being tried');
    await expect(ready()).rejects.toThrow();
    expect(state().missing).toBe('the isolation could not be tried: no answer');
    await ready();
    expect(state().missing).toBeNull();
  },
);

test('what keeps workers from starting is looked at again by itself, each minute until it is mended', async () => {
  const look = vi
    .fn()
    .mockRejectedValueOnce(new Error('no answer'))
    .mockResolvedValueOnce([ill])
    .mockResolvedValue([well]);
  const { ready, state } = createIsolation({ test: look, allowUnenforced: false, log: silent });
  await expect(ready()).rejects.toThrow('no answer');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(state().missing).toBe('worker network (a worker reaches the API server)');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(state().missing).toBeNull();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(look).toHaveBeenCalledTimes(3);
});

test('a fault that is allowed, and one of a program that stops, is not looked at again by itself', async () => {
  const look = vi.fn(async () => [ill]);
  await createIsolation({ test: look, allowUnenforced: true, log: silent }).ready();
  const { ready, close } = createIsolation({ test: look, allowUnenforced: false, log: silent });
  await expect(ready()).rejects.toThrow();
  close();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(look).toHaveBeenCalledTimes(2);
});

test('the log has a line for each change of the verdict', async () => {
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line) => void lines.push(JSON.parse(line).msg) });
  const look = vi.fn().mockResolvedValueOnce([ill]).mockResolvedValueOnce([ill]).mockResolvedValue([well]);
  const { ready } = createIsolation({ test: look, allowUnenforced: false, log });
  await expect(ready()).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(180_000);
  expect(lines).toEqual(['no worker will be started', 'the isolation holds: workers may start']);
});

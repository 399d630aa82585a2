import { expect, test } from 'vitest';
import { createLog } from './log.ts';

function recorded(secrets: string[], level = 'info') {
  const lines: string[] = [];
  const log = createLog({ level, secrets, destination: { write: (line) => lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') };
}

test('a line is JSON with level, time and the child’s bindings', () => {
  const { log, last } = recorded([]);
  log.child({ part: 'slack' }).info({ task: 41 }, 'posted');
  expect(last()).toMatchObject({ level: 'info', part: 'slack', task: 41, msg: 'posted', time: expect.any(String) });
});

test('a known secret never appears, wherever it hides', () => {
  const secret = 'very"secret\nvalue';
  const { log, lines } = recorded([secret]);
  const error = new Error(`refused ${secret}`, { cause: new Error(secret) });
  log.child({ inChild: secret }).error({ err: error, deep: { list: [secret] }, [secret]: 1 }, `said ${secret}`);
  expect(lines.join('')).not.toMatch(/very|secret|value/);
});

test.each([
  ['an installation token', `ghs_${'a'.repeat(36)}`],
  ['a Slack token', 'xoxb-123456789012-abcdef'],
  ['an API key', 'sk-ant-api03-abcdefghijkl'],
  ['a bearer header', 'Bearer 0123456789abcdef'],
  ['a password in an address', 'postgres://mainloop:hunter2@localhost/db'],
])('%s that no setting names is masked', (_, text) => {
  const { log, lines } = recorded([]);
  log.info({ text });
  expect(lines[0]).not.toContain(text);
  expect(lines[0]).not.toMatch(/aaaa|123456789012|abcdef|hunter2/);
  expect(() => JSON.parse(lines[0] ?? '')).not.toThrow();
});

test('a quieter level says less', () => {
  const { log, lines } = recorded([], 'warn');
  log.info('hello');
  expect(lines).toEqual([]);
});

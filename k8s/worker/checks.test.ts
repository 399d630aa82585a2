import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { detectChecks, runChecks } from './checks.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mainloop-checks-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const manifest = (test?: string) => JSON.stringify(test === undefined ? {} : { scripts: { test } });

test.each<[string, Record<string, string>, string | undefined]>([
  ['npm', { 'package.json': manifest('vitest run') }, 'npm test'],
  ['npm with a lockfile', { 'package.json': manifest('x'), 'package-lock.json': '{}' }, 'npm ci && npm test'],
  ['the npm placeholder', { 'package.json': manifest('echo "Error: no test specified" && exit 1') }, undefined],
  ['a package.json that is broken', { 'package.json': '{' }, undefined],
  ['make', { Makefile: 'all:\n\ntest: all\n\techo ok\n' }, 'make test'],
  ['make without tests', { Makefile: 'all:\n\techo testing\n' }, undefined],
  ['go', { 'go.mod': 'module x' }, 'go test ./...'],
  ['cargo', { 'Cargo.toml': '' }, 'cargo test'],
  ['pytest', { 'pyproject.toml': '[tool.pytest.ini_options]' }, 'python3 -m pytest'],
  ['an npm package without tests but with make', { 'package.json': manifest(), Makefile: 'test:\n' }, 'make test'],
  ['nothing known', { 'README.md': '' }, undefined],
])('the test command of %s is found', (_, files, command) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  expect(detectChecks(dir)[0]?.command).toBe(command);
});

test('packages that are there are not installed again', () => {
  writeFileSync(join(dir, 'package.json'), manifest('x'));
  writeFileSync(join(dir, 'package-lock.json'), '{}');
  mkdirSync(join(dir, 'node_modules'));
  expect(detectChecks(dir)).toEqual([{ name: 'tests', command: 'npm test' }]);
});

test('a check hands back its outcome and the end of its output, both streams', async () => {
  const options = {
    cwd: dir,
    env: { PATH: process.env.PATH ?? '' },
    signal: new AbortController().signal,
    done: vi.fn(),
  };
  const [long, red] = await runChecks(
    [
      { name: 'long', command: 'seq 1 5000; echo the end >&2' },
      { name: 'red', command: 'echo because; exit 3' },
    ],
    options,
  );
  expect(long).toMatchObject({ ok: true });
  expect(long?.output.length).toBeLessThanOrEqual(4_000);
  expect(long?.output).toMatch(/5000\nthe end$/);
  expect(red).toEqual({ name: 'red', command: 'echo because; exit 3', ok: false, output: 'because' });
});

test('a check that is aborted ends with all its processes', async () => {
  const abort = new AbortController();
  const options = { cwd: dir, env: { PATH: process.env.PATH ?? '' }, signal: abort.signal, done: vi.fn() };
  setTimeout(() => abort.abort(), 200);
  const [check] = await runChecks([{ name: 'slow', command: 'sleep 60 & sleep 60' }], options);
  expect(check?.ok).toBe(false);
});

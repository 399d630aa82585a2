import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeLanguagePlugin } from './language-plugin.ts';
import { checkingServers, liveServers } from './language-servers.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mainloop-servers-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const bin = () => join(dir, 'opt/node_modules/.bin');

/** A package with a program, as npm lays it out. */
function install(name: string, version: string, command: string, root = join(dir, 'opt'), also?: string): void {
  const home = join(root, 'node_modules', name);
  const files = { 'package.json': JSON.stringify({ name, version }), [`bin/${command}`]: '#!/bin/sh\n' };
  for (const [file, text] of Object.entries({ ...files, ...(also && { [also]: '' }) })) {
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), text);
  }
  chmodSync(join(home, 'bin', command), 0o755);
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  symlinkSync(join(home, 'bin', command), join(root, 'node_modules/.bin', command));
}

const live = (reading = false) => liveServers(`/nowhere:${bin()}`, { reading }).map(({ command }) => command);
const checking = (...files: string[]) =>
  checkingServers(bin(), join(dir, 'work'), files).map(({ server, files }) => [
    server.path.slice(dir.length),
    ...files,
  ]);

test('the servers on PATH help while Claude works', () => {
  install('pyright', '1.1.0', 'pyright-langserver');
  install('bash-language-server', '5.0.0', 'bash-language-server');
  expect(live()).toEqual(['pyright-langserver', 'bash-language-server']);
});

test("TypeScript's own server helps where there is no other, and only from version 7 on", () => {
  install('typescript', '6.0.3', 'tsc');
  expect(live()).toEqual([]);
  rmSync(join(dir, 'opt'), { recursive: true });
  install('typescript', '7.0.2', 'tsc');
  expect(live()).toEqual(['tsc']);
  install('typescript-language-server', '6.0.2', 'typescript-language-server');
  expect(live()).toEqual(['typescript-language-server']);
});

test('in a run that reads, the compiler beside the server is used and never that of the repository', () => {
  install('typescript-language-server', '6.0.2', 'typescript-language-server');
  expect(live(true)).toEqual([]);
  install('typescript', '6.0.3', 'tsc', undefined, 'lib/tsserver.js');
  const [server] = liveServers(bin(), { reading: true });
  const path = join(dir, 'opt/node_modules/typescript/lib/tsserver.js');
  expect(server?.initializationOptions).toMatchObject({ tsserver: { path } });
});

test('what is not a program, or lies in a directory that depends on where one is, is no server', () => {
  install('pyright', '1.1.0', 'pyright-langserver');
  chmodSync(join(dir, 'opt/node_modules/pyright/bin/pyright-langserver'), 0o644);
  expect(live()).toEqual([]);
  expect(liveServers('node_modules/.bin:.', { reading: false })).toEqual([]);
});

test("each server checks its own files, the repository's own before that on PATH", () => {
  install('pyright', '1.1.0', 'pyright-langserver');
  install('typescript', '7.0.2', 'tsc');
  expect(checking('a.ts', 'b.PY', 'c.md', 'd.tsx')).toEqual([
    ['/opt/node_modules/.bin/tsc', 'a.ts', 'd.tsx'],
    ['/opt/node_modules/.bin/pyright-langserver', 'b.PY'],
  ]);
  install('typescript', '7.1.0', 'tsc', join(dir, 'work'));
  expect(checking('a.ts')).toEqual([['/work/node_modules/.bin/tsc', 'a.ts']]);
});

test('a repository with an older compiler is checked by the server that uses it', () => {
  install('typescript', '7.0.2', 'tsc');
  install('typescript-language-server', '6.0.2', 'typescript-language-server');
  install('typescript', '5.9.3', 'tsc', join(dir, 'work'));
  expect(checking('a.ts')).toEqual([['/opt/node_modules/.bin/typescript-language-server', 'a.ts']]);
});

test('the plugin says how each server is started and what it does not get', () => {
  install('typescript', '7.0.2', 'tsc');
  install('yaml-language-server', '1.0.0', 'yaml-language-server');
  const plugin = join(dir, 'plugin');
  const options = { directory: plugin, path: bin(), reading: false, withheld: ['ANTHROPIC_API_KEY'] };
  expect(writeLanguagePlugin(options)).toBe(plugin);
  const { lspServers } = JSON.parse(readFileSync(join(plugin, '.claude-plugin/plugin.json'), 'utf8'));
  expect(lspServers).toMatchObject({
    typescript: { command: process.execPath, env: { ANTHROPIC_API_KEY: '' } },
    yaml: { command: join(bin(), 'yaml-language-server'), args: ['--stdio'], env: { ANTHROPIC_API_KEY: '' } },
  });
  expect(lspServers.typescript.args[1]).toBe(join(bin(), 'tsc'));
});

test('without servers there is no plugin', () => {
  expect(writeLanguagePlugin({ directory: join(dir, 'plugin'), path: bin(), reading: false, withheld: [] })).toBeNull();
});

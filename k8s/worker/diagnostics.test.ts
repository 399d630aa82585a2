import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkDiagnostics } from './diagnostics.ts';
import { createGit, type Git } from './git.ts';
import { environmentsOf } from './testing.ts';

const packages = join(import.meta.dirname, '../../node_modules');
const limits = { startMs: 20_000, allMs: 40_000, settleMs: 500, silenceMs: 5_000 };
let dir: string;
let bin: string;
let git: Git;
let log: string[];

/** A repository with a branch on which nothing has changed yet, and a PATH with no server but those that a test adds. */
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mainloop-diagnostics-'));
  bin = join(dir, 'bin');
  log = [];
  for (const name of ['bin', 'work']) mkdirSync(join(dir, name));
  for (const name of ['node', 'git', 'python3']) {
    const found = (process.env.PATH ?? '').split(delimiter).find((directory) => existsSync(join(directory, name)));
    if (found) symlinkSync(join(found, name), join(bin, name));
  }
  const names = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@x', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@x' };
  git = createGit(join(dir, 'work'), { PATH: process.env.PATH ?? '', HOME: dir, ...names });
  await git(['init', '-q', '-b', 'main']);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const install = (command: string) => symlinkSync(join(packages, '.bin', command), join(bin, command));

function script(command: string, text: string): void {
  // In the place of a link, not through it.
  rmSync(join(bin, command), { force: true });
  writeFileSync(join(bin, command), text);
  chmodSync(join(bin, command), 0o755);
}

async function commit(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, 'work', name)), { recursive: true });
    writeFileSync(join(dir, 'work', name), text);
  }
  await git(['add', '-A']);
  await git(['commit', '-q', '-m', 'Change']);
}

/** The base has these files; what is committed from then on is the change. */
async function base(files: Readonly<Record<string, string>>): Promise<void> {
  await commit(files);
  await git(['checkout', '-q', '-b', 'task']);
}

const check = (more: { signal?: AbortSignal; limits?: Partial<typeof limits> } = {}) =>
  checkDiagnostics({
    ...{ git, directory: join(dir, 'work'), base: 'main', onLog: (text: string) => log.push(text) },
    env: { PATH: `${bin}${delimiter}/bin`, HOME: dir, MARK: dir },
    signal: more.signal ?? new AbortController().signal,
    limits: { ...limits, ...more.limits },
  });

/** Killed processes are gone in a moment; others would be there for a minute. */
const gone = () => expect.poll(() => environmentsOf(`MARK=${dir}`, ''), { timeout: 5_000 }).toEqual([]);

const mistyped = "Type 'string' is not assignable to type 'number'. [2322]";
const head = 'New errors in the changed files, which the base has not:\n';
const tsconfig = { 'tsconfig.json': '{"compilerOptions":{"strict":true}}' };

describe('with TypeScript', () => {
  beforeEach(() => install('tsc'));

  test('a new error in a changed file is red, with its place; one that was there before is not told', async () => {
    await base({ ...tsconfig, 'a.ts': "export const old: number = 'old';\n", 'b.ts': 'export const b = 1;\n' });
    await commit({ 'a.ts': "export const old: number = 'old';\nexport const fresh: number = 'new';\n" });
    expect(await check()).toEqual({
      name: 'language servers',
      command: 'typescript: 1 file',
      ok: false,
      output: `${head}a.ts:2:14 ${mistyped}`,
    });
  });

  test('the same error a second time in a file is a new one', async () => {
    await base({ ...tsconfig, 'a.ts': "export const a: number = 'a';\n" });
    await commit({ 'a.ts': "export const a: number = 'a';\nexport const b: number = 'b';\n" });
    expect((await check())?.output.split('\n')).toHaveLength(2);
  });

  test('a change that breaks the use of it in another file that changed is red there', async () => {
    const use = "import { f } from './f.ts';\nexport const n: number = f();\n";
    const options = {
      'tsconfig.json': '{"compilerOptions":{"strict":true,"allowImportingTsExtensions":true,"noEmit":true}}',
    };
    await base({ ...options, 'f.ts': 'export const f = () => 1;\n', 'use.ts': use, 'other.ts': use });
    await commit({ 'f.ts': "export const f = () => 'one';\n", 'use.ts': `${use}\n` });
    expect(await check()).toMatchObject({
      command: 'typescript: 2 files',
      ok: false,
      output: `${head}use.ts:2:14 ${mistyped}`,
    });
  });

  test('an error whose line has moved is an old one', async () => {
    await base({ ...tsconfig, 'a.ts': "export const a: number = 'a';\n" });
    await commit({ 'a.ts': "// one\n// two\n\nexport const a: number = 'a';\n" });
    expect(await check()).toMatchObject({ ok: true, output: '' });
  });

  test('an error in a file that was renamed is an old one', async () => {
    const text = `${'// the same\n'.repeat(20)}export const a: number = 'a';\n`;
    await base({ ...tsconfig, 'a.ts': text });
    await git(['mv', 'a.ts', 'b.ts']);
    await commit({ 'b.ts': `${text}\n` });
    expect(await check()).toMatchObject({ command: 'typescript: 1 file', ok: true });
  });

  test('what the base branch got meanwhile is nobody else’s error', async () => {
    await base({ ...tsconfig, 'a.ts': 'export const a = 1;\n' });
    await commit({ 'b.ts': 'export const b = 1;\n' });
    await git(['checkout', '-q', 'main']);
    await commit({ 'a.ts': 'export const a = 2;\n' });
    await git(['checkout', '-q', 'task']);
    expect(await check()).toMatchObject({ command: 'typescript: 1 file', ok: true });
  });

  test('imports of packages are found at the base, too', async () => {
    await base({
      ...tsconfig,
      '.gitignore': 'node_modules\n',
      'a.ts': "import { n } from 'lib';\nexport const a: string = n;\n",
    });
    await commit({ 'a.ts': "import { n } from 'lib';\n\nexport const a: string = n;\n" });
    const lib = join(dir, 'work/node_modules/lib');
    mkdirSync(lib, { recursive: true });
    writeFileSync(join(lib, 'package.json'), '{"name":"lib","types":"index.d.ts"}');
    writeFileSync(join(lib, 'index.d.ts'), 'export declare const n: number;\n');
    expect(await check()).toMatchObject({ ok: true });
    // At the base it is an error for the same reason, not for want of the package.
    await commit({ 'a.ts': "import { n } from 'lib';\nimport 'lob';\nexport const a: string = n;\n" });
    expect((await check())?.output).toContain(
      "a.ts:2:8 Cannot find module or type declarations for side-effect import of 'lob'",
    );
  });

  test("the repository's own compiler goes before that on PATH", async () => {
    script('tsc', '#!/bin/sh\nexit 1\n');
    await base({ ...tsconfig, '.gitignore': 'node_modules\n', 'a.ts': 'export const a = 1;\n' });
    await commit({ 'a.ts': "export const a: number = 'a';\n" });
    mkdirSync(join(dir, 'work/node_modules/.bin'), { recursive: true });
    symlinkSync(join(packages, '.bin/tsc'), join(dir, 'work/node_modules/.bin/tsc'));
    expect(await check()).toMatchObject({ ok: false });
  });

  test('packages that are not installed make no errors', async () => {
    await base({ ...tsconfig, 'package.json': '{"dependencies":{"lib":"1"}}' });
    await commit({ 'a.ts': "import { n } from 'lib';\nexport const a = n;\n" });
    expect(await check()).toBeNull();
    expect(log).toEqual(['typescript could not be asked for errors: the packages are not installed']);
  });

  test('of 500 changed files 200 are asked about', async () => {
    await base(tsconfig);
    await commit(
      Object.fromEntries(
        Array.from({ length: 500 }, (_, n) => [`src/f${n}.ts`, `export const f${n}: string = ${n};\n`]),
      ),
    );
    const result = await check();
    expect(result).toMatchObject({ command: 'typescript: 200 of 500 files', ok: false });
    expect(result?.output.length).toBeLessThanOrEqual(4_000);
    expect(result?.output).toMatch(/…$/);
  });

  test('links, files that are gone and files of other languages are not asked about', async () => {
    await base({ ...tsconfig, 'gone.ts': 'export const a = 1;\n' });
    symlinkSync('/etc/passwd', join(dir, 'work/link.ts'));
    rmSync(join(dir, 'work/gone.ts'));
    await commit({ 'README.md': 'x' });
    expect(await check()).toBeNull();
    expect(log).toEqual([]);
  });
});

test('a server that only publishes is waited for', async () => {
  install('pyright-langserver');
  await base({ 'a.py': 'a: int = "a"\n', 'b.py': 'b: int = 1\n' });
  await commit({ 'a.py': '# moved\na: int = "a"\n', 'b.py': 'import nowhere\nb: int = "b"\n' });
  const result = await check();
  expect(log).toEqual([]);
  expect(result).toMatchObject({ command: 'pyright: 2 files', ok: false });
  expect(result?.output).toMatch(
    /^.*\nb\.py:2:10 Type .* not assignable to declared type "int".*\[reportAssignmentType\]$/,
  );
});

test('without a server there is no check', async () => {
  await base({ 'a.ts': 'export const a = 1;\n' });
  await commit({ 'a.ts': "export const a: number = 'a';\n" });
  expect(await check()).toBeNull();
  expect(log).toEqual([]);
});

describe('a server that fails is no fault of the work:', () => {
  beforeEach(async () => {
    await base({ 'a.py': 'a = 1\n' });
    await commit({ 'a.py': 'a = 2\n' });
  });

  test.each([
    ['it ends at its start', 'echo broken >&2; exit 3', 'it ended with 3: broken'],
    ['it never answers', 'sleep 60 & sleep 60', 'it did not start within 0.5 s'],
    ['it does not speak the protocol', 'echo "Hello\r\n\r\n"; sleep 60', 'not the language server protocol: Hello'],
    ['it can not be run', null, 'spawn'],
  ])('%s', async (_, text, why) => {
    script('pyright-langserver', text === null ? '#!/nowhere\n' : `#!/bin/sh\n${text}\n`);
    expect(await check({ limits: { startMs: 500 } })).toBeNull();
    expect(log).toHaveLength(1);
    expect(log[0]).toContain(`pyright could not be asked for errors: ${why}`);
    await gone();
  });

  test('there is no time left', async () => {
    script('pyright-langserver', '#!/bin/sh\nsleep 60\n');
    expect(await check({ limits: { allMs: 300 } })).toBeNull();
    expect(log[0]).toContain('there was no time left');
    await gone();
  });

  test('another one is asked all the same', async () => {
    script('pyright-langserver', '#!/bin/sh\nexit 3\n');
    install('tsc');
    await commit({ ...tsconfig, 'a.ts': 'export const a = 1;\n' });
    expect(await check()).toMatchObject({ command: 'typescript: 1 file', ok: true });
    expect(log).toHaveLength(1);
  });
});

test('a run that is stopped stops the servers and leaves nothing behind', async () => {
  await base({ 'a.py': 'a = 1\n' });
  await commit({ 'a.py': 'a = 2\n' });
  script('pyright-langserver', '#!/bin/sh\nsleep 60\n');
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('stopped')), 300);
  await expect(check({ signal: stop.signal })).rejects.toThrow('stopped');
  await gone();
});

test('the tree of the base is removed, and the work tree stays as it was', async () => {
  install('tsc');
  await base({ ...tsconfig, 'a.ts': "export const a: number = 'a';\n" });
  await commit({ 'a.ts': "\nexport const a: number = 'a';\n" });
  const trees = () => readdirSync(tmpdir()).filter((name) => name.startsWith('mainloop-base-'));
  const before = trees();
  await check();
  expect(trees().filter((name) => !before.includes(name))).toEqual([]);
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: join(dir, 'work') }).toString()).toBe('');
});

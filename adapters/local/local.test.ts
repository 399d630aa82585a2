import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sandboxContract } from '../../core/testing/sandbox-contract.ts';
import { createLocalSandbox } from './index.ts';

/** A worker that says that it began, does `extra`, and waits for its release. */
function bench(extra = '') {
  const dir = mkdtempSync(join(tmpdir(), 'mainloop-local-'));
  const workerEntry = join(dir, 'worker.mjs');
  writeFileSync(
    workerEntry,
    `import fs from 'node:fs'; import { spawn } from 'node:child_process';
     const own = ${JSON.stringify(dir)} + '/' + process.env.MAINLOOP_ATTEMPT.split('/').at(-1);
     fs.appendFileSync(own + '.begun', '1'); console.log('begun');
     ${extra}
     setInterval(() => { if (fs.existsSync(own + '.release')) process.exit(0); }, 20);`,
  );
  const open = () =>
    createLocalSandbox({
      dir: join(dir, 'tasks'),
      workerEntry,
      brokerUrl: 'http://127.0.0.1:9',
      log: pino({ level: 'silent' }),
    });
  const sandbox = open();
  const file = (name: string) => join(dir, name);
  return {
    ...{ dir, sandbox, reopen: open, file },
    begun: async (attempt: string) =>
      existsSync(file(`${attempt}.begun`)) ? readFileSync(file(`${attempt}.begun`)).length : 0,
    release: async (attempt: string) => writeFileSync(file(`${attempt}.release`), ''),
    async close() {
      for (const task of [7, 70]) await sandbox.remove(task);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

sandboxContract('local', async () => bench());

const spec = { attempt: '7.1.1', task: 7, token: 'the-token', deadline: Date.now() + 3_600_000, memory: 1 } as const;
const until = async (probe: () => boolean) => {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) if (probe()) return;
  throw new Error('waited in vain');
};

describe('local sandbox processes', () => {
  let own: ReturnType<typeof bench> | undefined;
  let other: ChildProcess | undefined;
  beforeEach(() => {
    own = undefined;
    other = undefined;
  });
  afterEach(async () => {
    other?.kill('SIGKILL');
    await own?.close();
  });
  const make = (extra?: string) => {
    own = bench(extra);
    return own;
  };

  test('the worker inherits nothing of the program but PATH and LANG', async () => {
    const { sandbox, file } = make(`fs.writeFileSync(own + '.env', JSON.stringify(process.env));`);
    process.env.SECRET_OF_THE_PROGRAM = 'sk-ant';
    await sandbox.start(spec);
    await until(() => existsSync(file('7.1.1.begun')) && existsSync(file('7.1.1.env')));
    await sleep(50);
    const env = JSON.parse(readFileSync(file('7.1.1.env'), 'utf8'));
    const shell = ['PWD', 'OLDPWD', 'SHLVL', '_'];
    expect(
      Object.keys(env)
        .filter((key) => !shell.includes(key))
        .sort(),
    ).toEqual([
      'HOME',
      'LANG',
      'MAINLOOP_ATTEMPT',
      'MAINLOOP_BROKER',
      'MAINLOOP_TOKEN',
      'NODE_COMPILE_CACHE',
      'PATH',
      'TMPDIR',
    ]);
    expect(execFileSync('ps', ['-eo', 'args']).toString()).not.toContain('the-token');
  });

  test('a worker that ignores SIGTERM is killed, with all that it has started in groups of its own', async () => {
    const { sandbox, file } = make(
      `process.on('SIGTERM', () => {});
       const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
       fs.writeFileSync(own + '.child', String(child.pid));`,
    );
    await sandbox.start(spec);
    await until(() => existsSync(file('7.1.1.child')));
    await sleep(50);
    await sandbox.stop(spec.attempt);
    expect((await sandbox.status(spec.attempt)).state).toBe('exited');
    const child = readFileSync(file('7.1.1.child'), 'utf8');
    await until(() => !alive(Number(child)));
  });

  test('a worker outlives the kill -9 of its program, with its output', async () => {
    const { dir, sandbox, file, release } = make(`setInterval(() => console.log('still here'), 50);`);
    const program = join(dir, 'program.ts');
    writeFileSync(
      program,
      `import { createLocalSandbox } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
       const log = { info() {} };
       const options = { dir: '${dir}/tasks', workerEntry: '${dir}/worker.mjs', brokerUrl: 'http://127.0.0.1:9', log };
       await createLocalSandbox(options).start(${JSON.stringify(spec)});
       setInterval(() => {}, 1000);`,
    );
    other = spawn(process.execPath, [program], { stdio: 'inherit' });
    await until(() => existsSync(file('tasks/7/attempts/7.1.1.json')));
    other.kill('SIGKILL');
    const log = () => readFileSync(file('tasks/7/attempts/7.1.1.log'), 'utf8');
    await sleep(200);
    const length = log().length;
    await until(() => log().length > length);
    expect((await sandbox.status(spec.attempt)).state).toBe('running');
    await release(spec.attempt);
    await until(() => existsSync(file('tasks/7/attempts/7.1.1.exit')));
    await sleep(100);
    expect(await sandbox.status(spec.attempt)).toEqual({ state: 'exited', detail: 'exit code 0' });
  });

  test('a worker killed by a signal is told with its code', async () => {
    const { sandbox, file } = make(`fs.writeFileSync(own + '.pid', String(process.pid));`);
    await sandbox.start(spec);
    await until(() => existsSync(file('7.1.1.pid')));
    await sleep(50);
    process.kill(Number(readFileSync(file('7.1.1.pid'), 'utf8')), 'SIGKILL');
    await until(() => existsSync(file('tasks/7/attempts/7.1.1.exit')));
    await sleep(100);
    expect(await sandbox.status(spec.attempt)).toEqual({ state: 'exited', detail: 'exit code 137' });
  });

  test('another process under the same number is not taken for the worker, and not stopped', async () => {
    const { sandbox, file } = make();
    await sandbox.start(spec);
    await sandbox.stop(spec.attempt);
    other = spawn('sleep', ['600']);
    writeFileSync(file('tasks/7/attempts/7.1.1.json'), JSON.stringify({ pid: other.pid, startedAt: '1' }));
    expect((await sandbox.status(spec.attempt)).state).toBe('exited');
    await sandbox.remove(7);
    expect(alive(other.pid ?? 0)).toBe(true);
  });

  test('a program that died between starting and recording finds the worker again', async () => {
    const { sandbox, file, begun } = make();
    await sandbox.start(spec);
    await until(() => existsSync(file('7.1.1.begun')));
    rmSync(file('tasks/7/attempts/7.1.1.json'));
    expect((await sandbox.status(spec.attempt)).state).toBe('running');
    await sandbox.start(spec);
    expect((await sandbox.status(spec.attempt)).state).toBe('running');
    expect(await begun(spec.attempt)).toBe(1);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

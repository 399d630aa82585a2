import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../core/store/database.ts';
import { createStore, type Store } from '../../core/store/index.ts';
import { type TestDatabase, testDatabase } from '../../core/testing/postgres.ts';
import { lineForStranger } from '../../core/workflows/pairing.ts';
import { runCli } from '../cli.ts';
import { readPostmaster } from '../postgres/postmaster.ts';
import { people } from './people.ts';

const holder = fileURLToPath(new URL('../testing/database-holder.ts', import.meta.url));
const account = (id: string) => ({ platform: 'slack', space: 'T1', id, name: id, bot: false });
const dm = { platform: 'slack', space: 'T1', channel: 'D1', dm: true };

async function run(env: NodeJS.ProcessEnv, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const io = { say: (line: string) => void out.push(line), complain: (line: string) => void err.push(line) };
  const code = await runCli(['people', ...words], [people(() => env)], io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function pairingCode(store: Store, id: string): Promise<string> {
  const doc = await lineForStranger({ store }, account(id), dm, true, id);
  return /\*\*(\S+)\*\*/.exec(doc?.text ?? '')?.[1] ?? '';
}

describe('beside a database of its own', () => {
  let database: TestDatabase;
  let store: Store;
  let close: () => Promise<void>;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    database = await testDatabase();
    const open = await connect(database.url, () => undefined);
    store = createStore(open.db);
    close = open.close;
    env = { DATABASE_URL: database.url };
    await store.people.admit(account('ana'), 'owner', 1);
  });
  afterAll(async () => {
    await close?.();
    await database?.drop();
  });

  test('people are let in, changed, listed and removed, and each change is in the history', async () => {
    const code = await pairingCode(store, 'ben');
    const approved = await run(
      env,
      'approve',
      code.toLowerCase(),
      '--role',
      'viewer',
      '--projects',
      'acme/web,acme/api',
    );
    expect(approved).toEqual({ code: 0, out: '✔ 2 ben · viewer · acme/web,acme/api', err: '' });
    expect(await run(env, 'approve', code)).toMatchObject({
      code: 1,
      err: expect.stringContaining('wrong, used or expired'),
    });
    expect(await run(env, 'role', 'BEN', 'member')).toMatchObject({ code: 0, out: '✔ ben (2) is member now' });
    expect(await run(env, 'projects', 'slack:T1:ben', 'acme/web')).toMatchObject({ code: 0 });
    expect(await run(env, 'github', '2', 'Octo-Ben')).toMatchObject({ code: 0 });
    expect((await run(env)).out.split('\n')).toEqual([
      '1 ana · owner · all projects · slack:T1:ana',
      expect.stringMatching(
        /^2 ben · member · acme\/web · (slack:T1:ben github::octo-ben|github::octo-ben slack:T1:ben)$/,
      ),
    ]);
    await store.sessions.open({ hash: 'h', person: 2, expiresAt: Date.now() + 60_000 }, Date.now());
    expect(await run(env, 'unlink', 'github::octo-ben')).toMatchObject({ code: 0 });
    expect(await store.sessions.find('h', Date.now())).toBeNull();
    expect(await run(env, 'remove', 'ben')).toMatchObject({ code: 0, out: '✔ ben (2) is removed' });
    expect(await store.people.of(account('ben'))).toBeNull();
    const types = (await store.history.of('person:2')).map(({ type, actor }) => `${actor}: ${type}`);
    expect(types).toEqual(
      ['admitted', 'role_set', 'projects_set', 'linked', 'unlinked', 'removed'].map(
        (type) => `the command line: ${type}`,
      ),
    );
  });

  test('who is named in OWNERS comes back with the next start, and that is said', async () => {
    await store.people.admit({ ...account('U012AB3C4'), space: 'T012AB3C4' }, 'owner', 1);
    const named = { ...env, OWNERS: 'slack:T012AB3C4/U012AB3C4' };
    expect((await run(named, 'role', 'U012AB3C4', 'member')).out).toContain('OWNERS names slack:T012AB3C4:U012AB3C4');
    expect((await run(named, 'remove', 'U012AB3C4')).out).toContain('an owner again at the next start');
  });

  test.each([
    [['role', 'ana', 'member'], 'ana is the last owner'],
    [['remove', '1'], 'ana is the last owner'],
    [['projects', '1', 'acme/web'], 'owners use all projects'],
    [['remove', 'zoe'], 'There is no person zoe'],
    [['unlink', 'slack:T1:zoe'], 'Nobody has the account'],
  ])('%j is refused with exit code 1', async (words, reason) => {
    expect(await run(env, ...words)).toMatchObject({ code: 1, out: '', err: expect.stringContaining(reason) });
    expect(await store.people.of(account('ana'))).toMatchObject({ role: 'owner', projects: null });
  });
});

test.each([
  [['frobnicate'], 'does not know "frobnicate"'],
  [['approve'], 'Use it as: people approve CODE'],
  [['role', '1', 'king'], 'A role is owner, member or viewer'],
  [['projects', '1', 'nonsense'], 'Projects are owner/repo'],
  [['remove', '1', '2'], 'Use it as: people remove PERSON'],
  [['list', '--role', 'owner'], 'belong to approve'],
])('%j is wrong usage, said before anything is opened', async (words, reason) => {
  const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x' };
  expect(await run(env, ...words)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(reason) });
});

test('with the embedded database it works beside the running program, without a second server, and alone', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'mainloop-people-'));
  const program: ChildProcessWithoutNullStreams = spawn(process.execPath, [holder, dataDir]);
  try {
    const [url] = await once(createInterface(program.stdout), 'line');
    const { db, close } = await connect(url, () => undefined);
    await createStore(db).people.admit(account('ana'), 'owner', 1);
    const before = readPostmaster(join(dataDir, 'postgres', 'cluster'));
    const listed = { code: 0, out: '1 ana · owner · all projects · slack:T1:ana', err: '' };
    expect(await run({ DATA_DIR: dataDir }, 'list')).toEqual(listed);
    expect(readPostmaster(join(dataDir, 'postgres', 'cluster'))).toEqual(before);
    await close();
    program.stdin.end();
    await once(program, 'exit');
    expect(await run({ DATA_DIR: dataDir }, 'list')).toEqual(listed);
    expect(readPostmaster(join(dataDir, 'postgres', 'cluster'))).toBeNull();
  } finally {
    program.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20 });
  }
});

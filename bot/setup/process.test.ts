import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createSetupWorld, openDirectory, type SetupWorld } from './testing.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
let world: SetupWorld;
let place: ReturnType<typeof openDirectory>;
beforeAll(async () => {
  world = await createSetupWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  place = openDirectory();
  return () => place.remove();
});

const environmentOf = (env: Record<string, string>) => ({
  PATH: process.env.PATH,
  HOME: place.directory,
  TERM: 'xterm',
  ...world.addresses,
  ...env,
});

/** The program without a terminal; its input stays open, so that a question would wait for ever. */
async function run(words: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main, ...words], {
    cwd: place.directory,
    env: environmentOf(env),
    timeout: 60_000,
  });
  const [out, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, out, said: out + complaint };
}

describe('setup without a terminal', () => {
  test('asks nothing, and its exit code says whether all is right (0), something is missing (1), or usage (2)', async () => {
    expect(await run(['setup'])).toMatchObject({ code: 1, said: expect.stringContaining('GITHUB_TOKEN is missing') });
    expect(existsSync(place.file)).toBe(false);
    expect((await run(['setup', '--no-such-option'])).code).toBe(2);
    const secrets = { GITHUB_TOKEN: world.github.token, ANTHROPIC_API_KEY: world.anthropic.apiKey };
    const { code, said } = await run(['setup', '--found', 'PROJECTS=acme/web'], secrets);
    expect(code).toBe(0);
    expect(said).toContain('Next: npm start');
    for (const secret of Object.values(secrets)) expect(said).not.toContain(secret);
    expect(parseEnv(readFileSync(place.file, 'utf8'))).toMatchObject({ ...secrets, PROJECTS: 'acme/web' });
    expect(statSync(place.file).mode & 0o777).toBe(0o600);
  }, 90_000);

  test('shows no secret and forges no line, whatever a service answers', async () => {
    const key = 'gateway+key/1=';
    const server = createServer((request, response) => {
      const told = `${request.headers['x-api-key']} ${encodeURIComponent(key)}\r\n✔ Anthropic: fine\u001b[2K`;
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ type: 'error', error: { type: 'permission_error', message: told } }));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const settings = { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` };
    for (const words of [['setup', '--found'], ['doctor'], ['doctor', '--json']]) {
      const { code, said } = await run(words, { ...settings, GITHUB_TOKEN: world.github.token, PORT: '0' });
      expect(said).toContain('ANTHROPIC_API_KEY: this key may not do that');
      expect(said).not.toContain('\u001b');
      expect(said).not.toMatch(/gateway|^✔ Anthropic/m);
      expect(code).toBe(1);
    }
  }, 90_000);
});

const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

describe.skipIf(!hasScript)('setup in a terminal', () => {
  /** Types each answer when its question stands there. */
  async function type(answers: readonly (readonly [question: string, keys: string])[]): Promise<string> {
    const command = `${process.execPath} ${main} setup`;
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: place.directory, env: environmentOf({}) });
    const left = [...answers];
    let screen = '';
    let from = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString();
      const [next] = left;
      if (!next || !screen.slice(from).includes(next[0])) return;
      from = screen.length;
      left.shift();
      child.stdin.write(next[1]);
    });
    await once(child, 'close');
    return screen;
  }

  test('Ctrl-C leaves at once; what passed is kept whole, and nothing secret was on the screen', async () => {
    writeFileSync(place.file, '# mine\nPORT=3001\n');
    const screen = await type([
      ['GITHUB_TOKEN (', `${world.github.token}\r`],
      ['ANTHROPIC_API_KEY (', 'sk-half-typed\u0003'],
    ]);
    expect(screen).toContain('✔ GitHub: mainloop-bot (token)');
    expect(screen).toContain('run this again to go on');
    expect(screen).not.toMatch(/sk-half|ghp_/);
    expect(readFileSync(place.file, 'utf8')).toBe(`# mine\nPORT=3001\nGITHUB_TOKEN=${world.github.token}\n`);
    expect(readdirSync(place.directory)).toEqual(['.env']);
  }, 60_000);
});

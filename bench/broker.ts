import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../bot/demo/free-port.ts';
import type { Benchmark } from './benchmark.ts';
import { next, startChild } from './child.ts';
import { openPostgres, temporaryDirectory } from './postgres.ts';
import { median, now } from './statistics.ts';

const streams = 15;
const rounds = 3;
const atOnce = 20;
const pushes = 5;
const pushBytes = 50 * 2 ** 20;

export const broker: Benchmark = {
  name: 'broker',
  what: `a model’s stream and a push of 50 MB through the broker, against direct; ${atOnce} streams at once`,
  goals: () => ({
    stream_ratio: { atMost: 1.05 },
    push_ratio: { atMost: 1.05 },
    first_byte_added_ms: { atMost: 5 },
    stream_ratio_20: { atMost: 1.05 },
  }),
  async run(scope, say) {
    const postgres = await openPostgres(scope);
    const world = await startChild(scope, new URL('broker-world.ts', import.meta.url), {});
    world.send({});
    const { model, key, git, api, token } = await next<World>(world, 'world');
    const [doorPort, brokerPort] = [await freePort(), await freePort()];
    const door = await startChild(scope, new URL('broker-door.ts', import.meta.url), {
      ...{ DATABASE_URL: await postgres.database('broker'), PORT: String(doorPort), GIT_URL: git, GIT_TOKEN: token },
      GIT_API: api,
      ATTEMPTS: String(atOnce),
    });
    door.send({});
    const { attempts } = await next<Attempts>(door, 'attempts');
    const directory = await temporaryDirectory(scope, 'broker');
    await writeFile(join(directory, 'token'), 'broker');
    await startChild(scope, new URL('broker-process.ts', import.meta.url), {
      ...{ DOOR_URL: `http://127.0.0.1:${doorPort}`, DOOR_TOKEN_FILE: join(directory, 'token') },
      ...{ BROKER_LISTEN: `127.0.0.1:${brokerPort}`, ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: model },
    });
    const through = `http://127.0.0.1:${brokerPort}`;
    const direct = { url: `${model}/v1/messages`, key };
    const brokered = attempts.map(({ attempt }) => ({ url: `${through}/anthropic/v1/messages`, key: attempt }));
    const [first] = brokered;
    const [own] = attempts;
    if (!first || !own) throw new Error('there is no attempt');

    const alone = await compare(
      streams,
      () => stream(direct),
      () => stream(first),
    );
    say(
      `one stream: ${line(alone.map(({ whole }) => whole))} ms, first byte ${line(alone.map(({ head }) => head))} ms`,
    );
    const crowd = (targets: readonly Target[]) => Promise.all(targets.map(stream)).then(meanOf);
    const many = await compare(
      rounds,
      () => crowd(brokered.map(() => direct)),
      () => crowd(brokered),
    );
    say(`${atOnce} streams at once: ${line(many.map(({ whole }) => whole))} ms`);

    const remote = (base: string, secret: string) => ({ url: `${base}/acme/web.git`, secret });
    const repository = await cloned(directory, remote(git, token));
    const pushed = await compare(
      pushes,
      () => repository.push(remote(git, token), 'refs/heads/direct'),
      () => repository.push(remote(`${through}/git`, own.attempt), `refs/heads/${own.branch}`),
    );
    say(`a push: ${line(pushed.map(({ whole }) => whole))} ms`);
    return {
      stream_ratio: ratio(alone),
      push_ratio: ratio(pushed),
      first_byte_added_ms: alone[1].head - alone[0].head,
      stream_ratio_20: ratio(many),
    };
  },
};

interface World {
  type: 'world';
  model: string;
  key: string;
  git: string;
  api: string;
  token: string;
}

interface Attempts {
  type: 'attempts';
  attempts: { attempt: string; branch: string }[];
}

interface Target {
  readonly url: string;
  readonly key: string;
}

/** Milliseconds from the request to the first byte of the answer, and to its end. */
interface Took {
  readonly head: number;
  readonly whole: number;
}

const ratio = ([direct, brokered]: readonly [Took, Took]): number => brokered.whole / direct.whole;
const line = (figures: readonly number[]): string => figures.map((ms) => ms.toFixed(1)).join(' → ');
const meanOf = (all: readonly Took[]): Took => ({
  head: all.reduce((sum, { head }) => sum + head, 0) / all.length,
  whole: all.reduce((sum, { whole }) => sum + whole, 0) / all.length,
});

/** The medians of both ways, taken in turns after one round that does not count. */
async function compare(
  times: number,
  direct: () => Promise<Took>,
  brokered: () => Promise<Took>,
): Promise<[Took, Took]> {
  const took: [Took[], Took[]] = [[], []];
  for (let n = 0; n <= times; n += 1) {
    const [one, other] = [await direct(), await brokered()];
    if (n === 0) continue;
    took[0].push(one);
    took[1].push(other);
  }
  const medianOf = (all: readonly Took[]): Took => ({
    head: median(all.map(({ head }) => head)),
    whole: median(all.map(({ whole }) => whole)),
  });
  return [medianOf(took[0]), medianOf(took[1])];
}

const agent = new Agent({ keepAlive: true });

/** One streamed answer of the model, over a connection that is kept. */
function stream({ url, key }: Target): Promise<Took> {
  const body = JSON.stringify({
    ...{ model: 'claude-opus-5-5', max_tokens: 4_000, stream: true },
    messages: [{ role: 'user', content: 'What does the date picker do? '.repeat(300) }],
  });
  const headers = { 'x-api-key': key, 'anthropic-version': '2023-06-01', 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const from = now();
    let head = 0;
    const asked = request(url, { method: 'POST', headers, agent }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${url} answered ${answer.statusCode}`));
      answer.on('data', () => {
        head ||= now() - from;
      });
      answer.once('end', () => resolve({ head, whole: now() - from })).once('error', reject);
    });
    asked.once('error', reject).end(body);
  });
}

interface Remote {
  readonly url: string;
  readonly secret: string;
}

/** A clone that pushes fresh random bytes, which no side can make smaller. */
async function cloned(directory: string, from: Remote) {
  const work = join(directory, 'web');
  const git = async (at: Remote, args: readonly string[], cwd = work) => {
    const authorization = `Authorization: Basic ${Buffer.from(`x:${at.secret}`).toString('base64')}`;
    const settings = [`http.extraHeader=${authorization}`, 'core.compression=0', 'core.bigFileThreshold=1m'];
    const identity = ['user.name=A', 'user.email=a@example.com'];
    const options = [...settings, ...identity].flatMap((setting) => ['-c', setting]);
    await promisify(execFile)('git', [...options, ...args], { cwd, env: { PATH: process.env.PATH, HOME: directory } });
  };
  await git(from, ['clone', '-q', from.url, work], directory);
  return {
    async push(to: Remote, ref: string): Promise<Took> {
      await git(to, ['checkout', '-q', '--detach', 'origin/HEAD']);
      await writeFile(join(work, 'large.bin'), randomBytes(pushBytes));
      await git(to, ['add', '-A']);
      await git(to, ['commit', '-qm', 'Add a large file']);
      const begun = now();
      await git(to, ['push', '-q', '-f', to.url, `HEAD:${ref}`]);
      return { head: 0, whole: now() - begun };
    },
  };
}

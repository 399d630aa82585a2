import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BatchV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { addressFor } from '../bot/demo/cluster.ts';
import { repository } from '../bot/demo/repository.ts';
import { createWorld, type World } from '../bot/demo/world.ts';
import { isSecret } from '../bot/secret-settings.ts';
import { type TestDatabase, testDatabase } from '../core/testing/postgres.ts';
import { renderMessage, type SlackMessage } from '../sim/slack/index.ts';
import { label } from './names.ts';

const system = `mainloop-chart-${randomBytes(3).toString('hex')}`;
const chart = fileURLToPath(new URL('chart', import.meta.url));
const admin = new KubeConfig();
admin.loadFromDefault();
const core = admin.makeApiClient(CoreV1Api);

let dir: string;
let database: TestDatabase;
let world: World;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'chart-install-'));
  const host = addressFor((await core.listNode()).items);
  database = await testDatabase();
  world = await createWorld(9, Date.now, host);
  await core.createNamespace({
    body: { metadata: { name: system, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } },
  });
  const address = new URL(database.url);
  address.port = String(await passOn(host, Number(address.port)));
  address.hostname = host;
  const given = { ...world.environment(9), DATABASE_URL: address.href };
  const secret = Object.entries(given).filter(([name]) => isSecret(name) || name === 'DATABASE_URL');
  await core.createNamespacedSecret({
    namespace: system,
    body: { metadata: { name: 'mainloop' }, stringData: Object.fromEntries(secret) },
  });
  const rest = Object.entries(given).filter(([name]) => !isSecret(name) && name !== 'DATABASE_URL' && name !== 'PORT');
  const { KUBERNETES_BOT_IMAGE: image, KUBERNETES_WORKER_IMAGE: worker } = process.env;
  const values = {
    ...{ image, worker: { image: worker } },
    settings: { ...Object.fromEntries(rest), RECONCILE_SECONDS: '5' },
  };
  await writeFile(join(dir, 'values.json'), JSON.stringify(values));
});

afterAll(async () => {
  await run('helm', 'uninstall', 'one', '--namespace', system, '--ignore-not-found', '--wait');
  for (const name of await taskNamespaces()) await core.deleteNamespace({ name });
  await core.deleteNamespace({ name: system });
  for (const close of closing) await close();
  await world?.close();
  await database?.drop();
  await rm(dir, { recursive: true, force: true });
});

test('an installation works, is upgraded with a task in flight that goes on to its merge, and leaves nothing', async () => {
  onTestFailed(async () => {
    for (const part of ['statefulset/orchestrator', 'deployment/broker'])
      process.stdout.write(await run('kubectl', 'logs', '--namespace', system, part, '--tail=60').catch(String));
  });
  await helm('install', '--wait');
  const first = await programPod();
  // It is ready no sooner than its walls were tried.
  expect(await run('kubectl', 'logs', '--namespace', system, 'orchestrator-0')).toContain('the isolation holds');
  expect(await refusalOfOthersJob()).not.toContain(system);
  expect(await doctor()).not.toContain('✖');
  const { slack, github, anthropic, ana, anaOnGitHub, channel } = world;
  const service = await core.readNamespacedService({ namespace: system, name: 'orchestrator' });
  github.webhook({ url: `http://${service.spec?.clusterIP}:3000/github/webhooks`, secret: 'demo-webhook-secret' });

  await ana.say(channel, `<@${slack.botUserId}> the date picker lets me choose Feb 30`);
  const proposal = await until('the proposal', () => find(slack.messages(channel), /Start without a plan/));
  await ana.react(channel, proposal.ts, '+1');
  const dm = await ana.dm();
  const plan = await until('the plan', () => find(slack.messages(dm), /Approve plan/));

  // The worker is at work when the release changes: the model answers it when both programs are new.
  const gate = Promise.withResolvers<void>();
  const working = Promise.withResolvers<void>();
  const { brain } = anthropic;
  anthropic.brain = async (request) => {
    if (request.kind === 'worker') {
      working.resolve();
      await gate.promise;
    }
    return brain(request);
  };
  await ana.press(plan, { text: 'Approve plan' });
  await working.promise;
  await helm('upgrade', '--wait', '--set', 'logLevel=debug');
  expect(await programPod()).not.toBe(first);
  gate.resolve();

  const pull = await until('the pull request', () => github.prs(repository)[0]);
  await until('a ready pull request', () => !pull.pull.draft || undefined);
  await until('the word that it is ready', () => find(slack.messages(channel), /ready for review/));
  await anaOnGitHub.merge(repository, pull.number);
  await until('the end of the task', () => find(slack.messages(channel), /is merged/));
  await until('no namespace of a task', async () => (await taskNamespaces()).length === 0 || undefined);

  await run('helm', 'uninstall', 'one', '--namespace', system, '--wait', '--cascade', 'foreground');
  expect(await left()).toEqual([]);
}, 900_000);

/** The fences are for Mainloop: nobody else may feel them. */
async function refusalOfOthersJob(): Promise<string> {
  const trying = admin.makeApiClient(BatchV1Api).createNamespacedJob({
    namespace: 'default',
    body: {
      metadata: { name: 'other' },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'other', image: 'other' }] } } },
    },
    dryRun: 'All',
  });
  return trying.then(() => '', String);
}

/** Of whatever the chart could have made, what is still there. */
async function left(): Promise<string[]> {
  const wide = 'clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings';
  const own = 'all,networkpolicies,roles,rolebindings,poddisruptionbudgets,ingresses';
  const names = async (...args: string[]) =>
    (await run('kubectl', 'get', ...args, '-o', 'name')).split('\n').filter(Boolean);
  const [everywhere, here, accounts] = await Promise.all([
    names(wide),
    names(own, '--namespace', system),
    names('serviceaccounts', '--namespace', system),
  ]);
  return [
    ...everywhere.filter((name) => name.endsWith(`.${system}`)),
    ...here,
    ...accounts.filter((name) => name !== 'serviceaccount/default'),
  ];
}

const helm = (command: string, ...more: string[]) => {
  const values = ['--values', join(dir, 'values.json'), '--timeout', '4m'];
  return run('helm', command, 'one', chart, '--namespace', system, ...values, ...more);
};

async function run(program: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)(program, args, { maxBuffer: 2 ** 24 })).stdout;
}

/** What doctor says from inside; whatever is wrong, it says rather than throws. */
const doctor = () =>
  run('kubectl', 'exec', '--namespace', system, 'orchestrator-0', '--', 'node', '/app/bot/main.ts', 'doctor').catch(
    (error: { stdout: string }) => `✖ ${error.stdout}`,
  );

const programPod = async () =>
  (await core.readNamespacedPod({ namespace: system, name: 'orchestrator-0' })).metadata?.uid;

async function taskNamespaces(): Promise<string[]> {
  const { items } = await core.listNamespace({ labelSelector: `${label.system}=${system}` });
  return items.map(({ metadata }) => metadata?.name ?? '');
}

const find = (messages: readonly SlackMessage[], text: RegExp): SlackMessage | undefined =>
  messages.findLast((message) => !message.deleted && text.test(renderMessage(message)));

/** Asks until there is something; a task's run takes tens of seconds on a busy machine. */
async function until<T>(what: string, probe: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 240_000; Date.now() < end; await sleep(100)) {
    const found = await probe();
    if (found !== undefined) return found;
  }
  throw new Error(`${what} did not come`);
}

/** Lets pods reach a server of this machine's own loopback; returns the port. */
async function passOn(host: string, port: number): Promise<number> {
  const server = createServer((socket) => {
    const behind = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [socket, behind],
      [behind, socket],
    ] as const)
      from.on('error', () => to.destroy()).pipe(to);
  }).listen(0, host);
  await once(server, 'listening');
  closing.push(async () => server.close());
  return (server.address() as AddressInfo).port;
}

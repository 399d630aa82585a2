import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { pino } from 'pino';
import { openCluster } from '../bot/demo/cluster.ts';
import { freePort } from '../bot/demo/free-port.ts';
import type { Core } from '../core/index.ts';
import type { Sandbox } from '../core/ports.ts';
import { createKube } from '../k8s/client.ts';
import { createKubernetesSandbox } from '../k8s/sandbox.ts';
import { ana, fakeThread, proposal, startCore } from './core.ts';
import { leanPorts } from './lean-ports.ts';
import { openPostgres, temporaryDirectory } from './postgres.ts';
import { now } from './statistics.ts';

/** The core over a real cluster, with a door at which workers are seen to arrive and wait. */
export interface ClusterCore {
  readonly sandbox: Sandbox;
  /** Of the workers. */
  readonly image: string;
  /** Where pods find the door: `IP:PORT`. */
  readonly address: string;
  /** Requests to the API server so far. */
  requests(): number;
  /** When somebody first called under this name (a task's number, or what a path said), milliseconds. */
  arrived(name: string): Promise<number>;
  /** Confirms a task; answers its number. */
  confirm(): Promise<number>;
  /** Its worker hands back a plan; resolves when the task waits for a person. */
  plan(task: number): Promise<void>;
}

const patienceMs = 120_000;

export async function openClusterCore(scope: AsyncDisposableStack): Promise<ClusterCore> {
  const directory = await temporaryDirectory(scope, 'cluster');
  const port = await freePort();
  const cluster = await openCluster(directory, port, process.env);
  scope.defer(() => cluster.close());
  const {
    KUBERNETES_NAMESPACE: system = '',
    KUBERNETES_WORKER_IMAGE: image = '',
    BROKER_ADDRESS: address = '',
  } = cluster.environment;
  const seen = await openDoor(scope, port);

  const config = new KubeConfig();
  config.loadFromFile(join(directory, 'kubeconfig'));
  let requests = 0;
  const authenticate = config.applySecurityAuthentication.bind(config);
  config.applySecurityAuthentication = (context) => {
    requests += 1;
    return authenticate(context);
  };
  const [host = ''] = address.split(':');
  const postgres = await openPostgres(scope);
  const databaseUrl = await postgres.database('cluster');
  const sandbox = createKubernetesSandbox({
    kube: createKube(config),
    ...{ instance: 'be9c4', system, image, warning: () => null, ready: async () => undefined },
    broker: { address: host, port, selector: null },
    log: pino({ level: 'error' }, pino.destination(2)),
  });
  const ports = { ...leanPorts({ onWorker: () => undefined, onIssue: () => undefined }), sandbox };
  const { core, store } = await startCore(databaseUrl, ports);
  scope.defer(() => core.stop());
  const running = new Set<number>();
  // Nobody else speaks for the workers, and a silent one is taken for dead.
  const hearts = setInterval(() => void beat(core, running).catch(() => undefined), 5_000);
  scope.defer(() => clearInterval(hearts));
  let threads = 0;

  return {
    ...{ sandbox, image, address },
    requests: () => requests,
    arrived: (name) => until(`the worker of ${name}`, async () => seen.get(name)),
    async confirm() {
      threads += 1;
      const place = fakeThread(`1.${threads}`);
      const id = await proposal(store, place);
      const press = { dedupe: `press:${id}`, at: Date.now(), account: ana, place, target: null, values: [], reply: {} };
      await core.receive({ ...press, kind: 'action', token: `confirm:${id}` });
      const task = await until('the task', async () => (await store.proposals.find(id))?.task ?? undefined);
      running.add(task);
      return task;
    },
    async plan(task) {
      running.delete(task);
      await planned(core, task);
      await until(`the plan of #${task}`, async () => (await store.asks.openOf(task))[0]);
    },
  };
}

async function beat(core: Core, tasks: ReadonlySet<number>): Promise<void> {
  for (const task of tasks) {
    const attempt = await core.door.admit({ attempt: `${task}.1.1` });
    if (attempt) await core.door.events(attempt, { events: [] });
  }
}

async function planned(core: Core, task: number): Promise<void> {
  const attempt = await core.door.admit({ attempt: `${task}.1.1` });
  if (!attempt) throw new Error(`the attempt of #${task} is not open`);
  await core.door.result(attempt, { type: 'plan', plan: 'Add a line.', summary: 'One line.', session: 's' });
}

/** Notes who called first when, by the task in a worker's token or by the path, and never answers a worker. */
async function openDoor(scope: AsyncDisposableStack, port: number): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  const server = createServer((request, response) => {
    const at = now();
    const name = taskIn(request.headers.authorization) ?? request.url ?? '';
    if (!seen.has(name)) seen.set(name, at);
    if (!request.headers.authorization) response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(port, '0.0.0.0', resolve));
  scope.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return seen;
}

/** The task of a projected token: its pod is `run-41-2-1-x7k2p`. Nobody is let in for it, so it is not verified. */
function taskIn(authorization: string | undefined): string | undefined {
  const payload = authorization?.split('.')[1];
  if (!payload) return undefined;
  const { 'kubernetes.io': claims } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return /^run-(\d+)-/.exec(claims.pod.name)?.[1];
}

async function until<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(5)) {
    const found = await probe();
    if (found !== undefined) return found;
  }
  throw new Error(`${what} did not come`);
}

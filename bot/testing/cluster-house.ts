/** The whole product with its workers in the cluster that KUBECONFIG names, for tests of what they can do there. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig, type V1Pod } from '@kubernetes/client-node';
import type { TaskNumber } from '../../core/domain/ids.ts';
import { createKube, type Kube } from '../../k8s/client.ts';
import { label } from '../../k8s/names.ts';
import type { Brain } from '../../sim/anthropic/index.ts';
import { environment } from '../config.ts';
import { openCluster } from '../demo/cluster.ts';
import { freePort } from '../demo/free-port.ts';
import { createWorld, type World } from '../demo/world.ts';
import { files, repo } from '../faults/testing.ts';
import { type House, openHouse } from './house.ts';

/** The cluster as the holder of a token sees it. */
export function accountToken(admin: KubeConfig, token: string): KubeConfig {
  const cluster = admin.getCurrentCluster();
  if (!cluster) throw new Error('no cluster');
  const config = new KubeConfig();
  config.loadFromClusterAndUser(cluster, { name: 'holder', token });
  return config;
}

export interface ClusterHouse extends House {
  /** The cluster as its administrator. */
  readonly kube: Kube;
  readonly admin: KubeConfig;
  /** Where the program serves its broker on this machine, and where pods find it. */
  readonly broker: { readonly url: string; readonly address: string };
  /** The system namespace. */
  readonly system: string;
  /** The running pod of a task's worker. */
  pod(task: TaskNumber): Promise<V1Pod>;
  /** A token of that pod for audiences of one's choice (none: the API server's), as only an administrator can have it made. */
  token(pod: V1Pod, audiences: string[]): Promise<string>;
  /** Resolves when no namespace of a task is left, or of one task. */
  gone(task?: TaskNumber): Promise<void>;
  /** What is answered in a pod that nothing holds back, made for this one command of `sh`. */
  free(command: string): Promise<string>;
}

const attacks = join(import.meta.dirname, 'attacks');
const unheldImage = 'localhost/mainloop-cluster/tools:1';

/** The repository of the tasks holds the programs of `attacks/`, which a worker can run. `env`: settings over the usual ones. */
export async function openClusterHouse(
  brain: Brain,
  env: (world: World) => Record<string, string> = () => ({}),
): Promise<ClusterHouse> {
  await using made = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'mainloop-cluster-house-'));
  made.defer(() => rm(dir, { recursive: true, force: true }));
  const admin = new KubeConfig();
  admin.loadFromDefault();
  const kube = createKube(admin);
  made.defer(() => kube.close());
  const port = await freePort();
  const cluster = await openCluster(dir, port, environment());
  made.defer(() => cluster.close());
  const { KUBERNETES_NAMESPACE: system = '', BROKER_ADDRESS: address = '' } = cluster.environment;
  const house = await openHouse({
    start: false,
    async createWorld(own: number) {
      const world = await createWorld(own);
      const more = { PROJECTS: repo, ...cluster.environment, ...env(world) };
      return { ...world, environment: (program: number) => ({ ...world.environment(program), ...more }) };
    },
  });
  made.defer(() => house.close());
  await house.world.github.createRepo(repo, { files: { ...files, ...(await programs()) } });
  house.world.github.person('ana', { permission: { [repo]: 'write' } });
  house.world.anthropic.brain = brain;
  await house.bot.start();
  const opened = made.move();

  const namespaces = async (task?: TaskNumber): Promise<string[]> => {
    const only = task === undefined ? '' : `,${label.task}=${task}`;
    const { items } = await kube.core.listNamespace({ labelSelector: `${label.system}=${system}${only}` });
    return items.map(({ metadata }) => metadata?.name ?? '');
  };

  return {
    ...house,
    ...{ kube, admin, system, broker: { url: `http://127.0.0.1:${port}`, address } },
    pod: (task) =>
      house.until(`the pod of #${task}`, async () => {
        for (const namespace of await namespaces(task)) {
          const { items } = await kube.core.listNamespacedPod({ namespace });
          const running = items.find(({ status }) => status?.phase === 'Running');
          if (running) return running;
        }
        return undefined;
      }),
    async token({ metadata }, audiences) {
      const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: metadata?.name ?? '', uid: metadata?.uid ?? '' };
      const { status } = await kube.core.createNamespacedServiceAccountToken({
        namespace: metadata?.namespace ?? '',
        name: 'worker',
        body: { spec: { audiences, expirationSeconds: 3600, boundObjectRef } },
      });
      return status?.token ?? '';
    },
    gone: async (task) => {
      await house.until(
        'the end of the namespaces',
        async () => (await namespaces(task)).length === 0 || undefined,
        120_000,
      );
    },
    async free(command) {
      const namespace = `unheld-${randomBytes(3).toString('hex')}`;
      await kube.core.createNamespace({ body: { metadata: { name: namespace } } });
      try {
        const containers = [
          { name: 'sh', image: unheldImage, imagePullPolicy: 'Never', command: ['sh', '-c', command] },
        ];
        const spec = { restartPolicy: 'Never', automountServiceAccountToken: false, containers };
        const pod = { namespace, name: 'unheld' };
        await kube.core.createNamespacedPod({ namespace, body: { metadata: { name: pod.name }, spec } });
        await house.until(
          'the end of the pod',
          async () => {
            const { status } = await kube.core.readNamespacedPod(pod);
            return /Succeeded|Failed/.test(status?.phase ?? '') || undefined;
          },
          60_000,
        );
        return await kube.core.readNamespacedPodLog(pod);
      } finally {
        await kube.core.deleteNamespace({ name: namespace });
      }
    },
    close: () => opened.disposeAsync(),
  };
}

async function programs(): Promise<Record<string, string>> {
  const names = await readdir(attacks);
  const entries = names.map(async (name) => [`attacks/${name}`, await readFile(join(attacks, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(entries));
}

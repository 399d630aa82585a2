/** What `doctor` looks at where workers run in a cluster: the same that the program tries before it starts any. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { KubeConfig, VersionApi } from '@kubernetes/client-node';
import { Failure } from '../core/errors.ts';
import { createKube, type Kube } from '../k8s/client.ts';
import { hasCode } from '../k8s/kube-error.ts';
import { isolationChecks, selfTest } from '../k8s/self-test.ts';
import type { Check } from './check.ts';
import { brokerAddress } from './cluster-workers.ts';
import type { Endpoint, KubernetesConfig } from './kubernetes-settings.ts';

/** How long a worker's image may take to start: a check may take a minute in all. */
const patienceMs = 40_000;

/**
 * Checks of the cluster that KUBECONFIG names, or of the one that the program is in, with the rights of whoever asks: to be
 * run as the orchestrator. Together they try the isolation once, in a namespace that is removed afterwards.
 */
export function clusterChecks(cluster: KubernetesConfig): Check[] {
  const part = 'KUBERNETES';
  let trying: ReturnType<typeof tryIsolation> | undefined;
  const tried = () => {
    trying ??= tryIsolation(cluster);
    return trying;
  };
  return [
    {
      ...{ name: 'Cluster', part },
      // Says for all of them why nothing could be tried.
      run: async () => (await tried().catch(unanswered)).greeting,
    },
    ...isolationChecks.map((name) => ({
      ...{ name: capitalised(name), part },
      async run() {
        const { checks } = await tried().catch(() => ({ checks: [] }));
        const check = checks.find((one) => one.name === name);
        if (check?.ok) return check.detail;
        throw new Failure(`${capitalised(name)}: ${check?.detail ?? 'not tried'}.`, {
          ...{ code: 'isolation', remedy: check ? 'never' : 'retry' },
          ...(check?.advice && { advice: check.advice }),
        });
      },
    })),
  ];
}

function unanswered(error: unknown): never {
  if (!hasCode(error, 'unreachable')) throw error;
  const advice = 'Is it up, and does KUBECONFIG name it?';
  throw new Failure(error.message, { code: error.code, remedy: error.remedy, advice });
}

const tryIsolation = (cluster: KubernetesConfig) =>
  withKube(async (kube, server) => {
    const { gitVersion } = await kube.api(VersionApi).getCode();
    const greeting = `Kubernetes ${gitVersion} at ${server}`;
    const letGo = cluster.brokerListen && (await holdOpen(cluster.brokerListen));
    try {
      const checks = await selfTest({
        ...{ kube, system: cluster.namespace, image: cluster.workerImage, patienceMs },
        // Of no database: what a doctor leaves behind is nobody's task.
        instance: randomBytes(3).toString('hex').slice(0, 5),
        ...(cluster.runtimeClass && { runtimeClass: cluster.runtimeClass }),
        broker: await brokerAddress(kube, cluster),
        probes: cluster.probes.map(({ host, port }) => `${host}:${port}`),
      });
      return { greeting, checks };
    } finally {
      letGo?.();
    }
  });

async function withKube<T>(work: (kube: Kube, server: string) => Promise<T>): Promise<T> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const kube = createKube(config);
  try {
    return await work(kube, config.getCurrentCluster()?.server ?? '');
  } finally {
    await kube.close();
  }
}

/** Listens in the program's place, so that a worker's way to it can be tried while it does not run. */
async function holdOpen({ host, port }: Endpoint): Promise<() => void> {
  const server = createServer((socket) => socket.end()).listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  }
  return () => void server.close();
}

const capitalised = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { BlockList, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreV1Api, KubeConfig, type V1Node } from '@kubernetes/client-node';
import { Failure } from '../../core/errors.ts';
import { accountConfig } from '../../k8s/account-config.ts';
import { applyFences, type FenceOptions, removeFences } from '../../k8s/fences.ts';
import { account, label } from '../../k8s/names.ts';

/** The cluster that KUBECONFIG names, made ready for one run of the demo. */
export interface DemoCluster {
  /** The settings with which the program runs its workers there, as the account that it has in production. */
  readonly environment: Record<string, string>;
  /** Resolves when no namespace of a task is left. */
  gone(): Promise<void>;
  /** Removes everything that was made. */
  close(): Promise<void>;
}

const goneMs = 120_000;

/**
 * A fenced namespace of its own in the cluster, and a kubeconfig in `dir` for the program. `port`: where the program is to
 * serve its broker; pods reach it at this machine's address. Needs an administrator's rights. @throws Failure with advice
 */
export async function openCluster(dir: string, port: number, env: NodeJS.ProcessEnv): Promise<DemoCluster> {
  const admin = new KubeConfig();
  admin.loadFromDefault();
  const core = admin.makeApiClient(CoreV1Api);
  const { items: nodes } = await core.listNode().catch((cause: unknown) => {
    throw failure(
      'The cluster that KUBECONFIG names does not answer.',
      'Is it running, and are you its administrator?',
      cause,
    );
  });
  const image = env.KUBERNETES_WORKER_IMAGE ?? imageOn(nodes);
  const address = env.BROKER_ADDRESS ?? `${addressFor(nodes)}:${port}`;
  const fences: FenceOptions = { system: `mainloop-demo-${randomBytes(3).toString('hex')}`, image };
  const managed = () => core.listNamespace({ labelSelector: `${label.system}=${fences.system}` });

  async function close(): Promise<void> {
    for (const { metadata } of (await managed()).items) await core.deleteNamespace({ name: metadata?.name ?? '' });
    await removeFences(admin, fences);
    await core.deleteNamespace({ name: fences.system });
    await gone();
  }

  async function gone(): Promise<void> {
    for (const end = Date.now() + goneMs; Date.now() < end; await sleep(300))
      if ((await managed()).items.length === 0) return;
    throw failure('A namespace was left behind in the cluster.', '`kubectl get namespaces` shows what holds it.');
  }

  await applyFences(admin, fences);
  try {
    const kubeconfig = join(dir, 'kubeconfig');
    const config = await accountConfig(admin, fences.system, account.orchestrator);
    await writeFile(kubeconfig, config.exportConfig(), { mode: 0o600 });
    return {
      environment: {
        SANDBOX: 'kubernetes',
        KUBECONFIG: kubeconfig,
        KUBERNETES_NAMESPACE: fences.system,
        KUBERNETES_WORKER_IMAGE: image,
        BROKER_ADDRESS: address,
        BROKER_LISTEN: `0.0.0.0:${port}`,
      },
      gone,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The worker's image that a node has, by digest: what was built and loaded last still has its tag. */
function imageOn(nodes: readonly V1Node[]): string {
  const images = nodes.flatMap(({ status }) => status?.images ?? []).map(({ names }) => names ?? []);
  const workers = images.filter((names) => names.some((name) => /(^|\/)mainloop\/worker@sha256:/.test(name)));
  const newest = workers.find((names) => names.some((name) => !name.includes('@'))) ?? workers[0];
  const found = newest?.find((name) => name.includes('@'));
  if (found) return found;
  throw failure(
    'There is no image for the workers in the cluster.',
    'Build k8s/worker/Dockerfile, load it into the cluster and set KUBERNETES_WORKER_IMAGE to NAME@sha256:... (docs/kubernetes.md).',
  );
}

/**
 * Where the pods of a cluster on this machine find this machine: the address it has in the network of the nodes.
 * Throws Failure with advice.
 */
export function addressFor(nodes: readonly V1Node[]): string {
  const ours = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  for (const { status } of nodes) {
    const node = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
    if (!isIPv4(node)) continue;
    const near = ours.find(({ family, address, cidr }) => family === 'IPv4' && address !== node && inside(cidr, node));
    if (near) return near.address;
  }
  throw failure(
    'Pods of this cluster are not known to reach this machine.',
    'Set BROKER_ADDRESS to IP:PORT, as pods see this machine.',
  );
}

function inside(cidr: string | null, address: string): boolean {
  const [network = '', bits] = cidr?.split('/') ?? [];
  if (!bits || Number(bits) === 32) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits));
  return list.check(address);
}

const failure = (message: string, advice: string, cause?: unknown) =>
  new Failure(message, { code: 'demo_cluster', remedy: 'never', advice, cause });

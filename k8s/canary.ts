/** The pods in which the isolation is tried before any worker starts: as a worker's, but for what they run. */
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { V1Job, V1Pod } from '@kubernetes/client-node';
import { Failure } from '../core/errors.ts';
import type { Kube } from './client.ts';
import { workerContainer, workerJob } from './job.ts';
import { canaryNamespaceName, canaryTask, label, labels, type Owner, selector } from './names.ts';
import { orchestratorBinding, workerAccount } from './namespace.ts';
import { type BrokerAddress, defaultDeny } from './network-policy.ts';
import { denied } from './policies.ts';
import type { ClosedAddress } from './probes.ts';
import { onceBound } from './provision.ts';
import type { CanaryOrders } from './worker/canary-report.ts';

export interface CanaryOptions extends Owner {
  readonly kube: Kube;
  /** Workers' image and RuntimeClass. */
  readonly image: string;
  readonly runtimeClass?: string;
  readonly broker: BrokerAddress;
  /** Addresses `host:port` that no worker may reach, beside those that hold for every cluster. */
  readonly probes: readonly string[];
  /** The cluster's DNS server, should it not be the tenth address of the service network. */
  readonly dns?: string;
  /** How long the canary's pods may take to start: an image may have to be pulled. */
  readonly patienceMs: number;
}

const program = '/app/k8s/worker/canary.ts';
const peerPort = 8080;
/** As old as no canary gets: what a program left behind that was killed. */
const staleMs = 15 * 60_000;

/** Makes a namespace as a task's, hands it to `work`, and removes it whatever happens. */
export async function inCanaryNamespace<T>(
  options: CanaryOptions,
  work: (namespace: string) => Promise<T>,
): Promise<T> {
  const { kube, system, instance } = options;
  const canaries = labels.namespace(options, canaryTask);
  await removeStale(options);
  const namespace = canaryNamespaceName(instance, randomBytes(3).toString('hex').slice(0, 5));
  await kube.core.createNamespace({ body: { metadata: { name: namespace, labels: canaries } } });
  try {
    await kube.rbac.createNamespacedRoleBinding({ namespace, body: orchestratorBinding(system) });
    return await work(namespace);
  } finally {
    await kube.core.deleteNamespace({ name: namespace });
  }
}

/** Of the whole installation: whoever made them is gone. */
async function removeStale({ kube, system }: CanaryOptions): Promise<void> {
  const labelSelector = selector({ [label.system]: system, [label.task]: canaryTask });
  const { items } = await kube.core.listNamespace({ labelSelector });
  for (const { metadata } of items) {
    const made = metadata?.creationTimestamp?.getTime() ?? Date.now();
    if (Date.now() - made > staleMs) await kube.core.deleteNamespace({ name: metadata?.name ?? '' });
  }
}

/** What the program could do in a namespace of its own and must not: the network's and the pods' fences at work. */
export async function openFencesIn(namespace: string, options: CanaryOptions): Promise<string[]> {
  const { kube, broker, system } = options;
  const job = canaryJob('canary', { listen: peerPort }, options);
  await onceBound(() => kube.core.createNamespacedServiceAccount({ namespace, body: workerAccount() }));
  const dryRun = 'All';
  const unfenced = await denied({
    'start a worker before its network is closed': () =>
      kube.batch.createNamespacedJob({ namespace, body: job, dryRun }),
    'open the network': () => {
      const open = { ...defaultDeny(broker), spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] } };
      return kube.networking.createNamespacedNetworkPolicy({ namespace, body: open, dryRun });
    },
    'hand out its role': () => {
      const subjects = [{ kind: 'ServiceAccount', name: 'worker', namespace }];
      const body = { ...orchestratorBinding(system), metadata: { name: 'canary' }, subjects };
      return kube.rbac.createNamespacedRoleBinding({ namespace, body, dryRun });
    },
  });
  await onceBound(() => kube.networking.createNamespacedNetworkPolicy({ namespace, body: defaultDeny(broker) }));
  return unfenced;
}

/**
 * Starts a worker that is told of the cluster's services: a slight deviation, and no more than a canary should it run.
 * Answers whether its pod was refused.
 */
export async function refusesDeviation(namespace: string, options: CanaryOptions): Promise<boolean> {
  const { kube } = options;
  const body = canaryJob('deviant', { listen: peerPort }, options);
  if (body.spec?.template.spec) body.spec.template.spec.enableServiceLinks = true;
  await onceBound(() => kube.batch.createNamespacedJob({ namespace, body }));
  for (const giveUp = Date.now() + 10_000; Date.now() < giveUp; await setTimeout(300)) {
    const { items } = await kube.core.listNamespacedEvent({ namespace, fieldSelector: 'involvedObject.name=deviant' });
    if (items.some(({ message }) => message?.includes('ValidatingAdmissionPolicy'))) return true;
    if (items.some(({ reason }) => reason === 'SuccessfulCreate')) return false;
  }
  return false;
}

/** Starts a pod to be connected to, and one that tries to, and each of `closed`: answers what it wrote when it ended. */
export async function runCanary(
  namespace: string,
  closed: readonly ClosedAddress[],
  options: CanaryOptions,
): Promise<string> {
  const { kube, broker, dns, patienceMs } = options;
  const giveUp = Date.now() + patienceMs;
  const start = (name: string, orders: CanaryOrders) =>
    onceBound(() => kube.batch.createNamespacedJob({ namespace, body: canaryJob(name, orders, options) }));
  await start('peer', { listen: peerPort });
  const peer = await podWhen(kube, namespace, 'peer', giveUp, ({ status }) => status?.phase === 'Running');
  await start('canary', {
    closed: [{ name: 'another pod', address: `${peer.status?.podIP}:${peerPort}` }, ...closed],
    broker: `broker:${broker.port}`,
    ...(dns && { dns }),
  });
  const ended = (pod: V1Pod) => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  const canary = await podWhen(kube, namespace, 'canary', giveUp, ended);
  return canary.status?.containerStatuses?.[0]?.state?.terminated?.message ?? '';
}

function canaryJob(name: string, orders: CanaryOrders, options: CanaryOptions): V1Job {
  const now = Date.now();
  const spec = { attempt: '0.0.0', deadline: now + options.patienceMs, memory: 1 } as const;
  const job = workerJob(options, spec, now);
  job.metadata = { ...job.metadata, name };
  for (const container of job.spec?.template.spec?.containers ?? []) {
    if (container.name !== workerContainer) continue;
    container.command = ['node', program, JSON.stringify(orders)];
    // It needs little, and should find room where a worker would wait for it.
    const little = { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '64Mi' };
    container.resources = { requests: little, limits: { cpu: '1', memory: '256Mi', 'ephemeral-storage': '256Mi' } };
  }
  return job;
}

async function podWhen(
  kube: Kube,
  namespace: string,
  job: string,
  giveUp: number,
  isThere: (pod: V1Pod) => boolean,
): Promise<V1Pod> {
  const labelSelector = selector({ 'batch.kubernetes.io/job-name': job });
  for (;;) {
    const { items } = await kube.core.listNamespacedPod({ namespace, labelSelector });
    const [pod] = items;
    if (pod && isThere(pod)) return pod;
    if (Date.now() > giveUp) throw await notStarted(kube, namespace, pod);
    await setTimeout(300);
  }
}

/** Why a pod does not run: its container's own reason, its scheduling's, or the event that tells why there is none. */
async function notStarted(kube: Kube, namespace: string, pod: V1Pod | undefined): Promise<Failure> {
  const waiting = pod?.status?.containerStatuses?.[0]?.state?.waiting;
  const unscheduled = pod?.status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  const { items } = await kube.core.listNamespacedEvent({ namespace, fieldSelector: 'reason=FailedCreate' });
  const event = items.map(({ message }) => message).find(Boolean);
  const reason = waiting?.message ?? waiting?.reason ?? unscheduled?.message ?? event ?? pod?.status?.phase ?? 'no pod';
  return new Failure(`A worker's pod did not start: ${reason}.`, { code: 'canary_not_started', remedy: 'never' });
}

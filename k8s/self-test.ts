/** Whether the cluster keeps workers in: asked by the program under its own rights before it starts any, and by `doctor`. */
import { Failure } from '../core/errors.ts';
import { type CanaryOptions, inCanaryNamespace, openFencesIn, refusesDeviation, runCanary } from './canary.ts';
import { hasOwnUsers, parseReport, unconfined } from './canary-verdict.ts';
import { brokenPolicies, openFences } from './policies.ts';
import { type ClosedAddress, closedAddresses } from './probes.ts';
import { excessiveRights, missingRights } from './rights.ts';
import type { CanaryReport } from './worker/canary-report.ts';

export interface IsolationCheck {
  /** Of {@link isolationChecks}. */
  readonly name: string;
  readonly ok: boolean;
  /** What is there, or what is wrong, a few words. */
  readonly detail: string;
  /** What an operator does about it, one sentence; empty when it is well. */
  readonly advice: string;
}

/** What is looked at, in its order; from the third on in pods. */
export const isolationChecks: readonly string[] = [
  'cluster rights',
  'cluster policies',
  'worker image',
  'worker network',
  'broker',
  'user namespaces',
  'worker confinement',
];

const advice = {
  rights: 'Run Mainloop as the ServiceAccount orchestrator of its chart, with the chart’s roles and no others.',
  policies: 'Install the chart’s admission policies; they need Kubernetes 1.33 or newer.',
  image: 'Set the image of workers by digest, as one that the nodes can pull and the chart’s policy names.',
  network: 'Use a network plugin that enforces NetworkPolicy for egress, such as Calico or Cilium.',
  probes: 'Correct KUBERNETES_PROBES (isolation.probes), or leave that address out.',
  broker: 'Pods must reach the broker at BROKER_ADDRESS: is it running, and do its own NetworkPolicies let them in?',
  users: 'Needs containerd 2.0, runc 1.2 and Linux 6.3 on the nodes, or a KUBERNETES_RUNTIME_CLASS such as gVisor’s.',
  confinement: 'Something changes pods on their way to the node, or the runtime ignores their securityContext.',
};

/**
 * Runs all checks, in the order of {@link isolationChecks}: seconds, in a namespace that is removed afterwards. Throws what
 * another try may mend, such as a cluster that does not answer.
 */
export async function selfTest(options: CanaryOptions): Promise<IsolationCheck[]> {
  const { kube, system } = options;
  const [{ closed, unknown }, missing, broken, open] = await Promise.all([
    closedAddresses(options.probes),
    missingRights(kube),
    brokenPolicies(kube, system).catch(told),
    openFences(kube, options),
  ]);
  const tried = await inCanaryNamespace(options, async (namespace) => ({
    open: await openFencesIn(namespace, options),
    excessive: await excessiveRights(kube, [system, namespace]),
    ...(await tryPods(namespace, closed, options)),
  })).catch(async (error: unknown) => ({
    ...{ open: told(error), deviant: [], report: "no worker's pod could be tried" },
    excessive: await excessiveRights(kube, [system]),
  }));
  const policies = [...broken, ...open, ...tried.open, ...tried.deviant];
  return [
    check(
      'cluster rights',
      'reads no secrets, makes and enters no pods',
      [...missing, ...tried.excessive],
      advice.rights,
    ),
    check('cluster policies', 'in force', policies, advice.policies),
    ...ofPods(tried.report, unknown, options),
  ];
}

const admitted = "a pod of another shape than a worker's is admitted";

async function tryPods(namespace: string, closed: readonly ClosedAddress[], options: CanaryOptions) {
  const [deviant, report] = await Promise.all([
    refusesDeviation(namespace, options).then((does) => (does ? [] : [admitted]), told),
    runCanary(namespace, closed, options)
      .then(parseReport)
      .catch((error: unknown) => told(error).join()),
  ]);
  return { deviant, report };
}

/** From what a canary reported, or why there is no report. `unknown`: probes whose names have no address. */
function ofPods(
  report: CanaryReport | string,
  unknown: readonly string[],
  { image, runtimeClass, broker }: CanaryOptions,
): IsolationCheck[] {
  const pinned = /@sha256:[0-9a-f]{64}$/.test(image) ? [] : [`${image} is not pinned by digest`];
  if (typeof report === 'string') {
    const untried = isolationChecks.slice(3).map((name) => check(name, '', ['not tried'], ''));
    return [check('worker image', '', [...pinned, report], advice.image), ...untried];
  }
  const { reached, brokerError } = report;
  const address = `${broker.address}:${broker.port}`;
  const users = hasOwnUsers(report) || runtimeClass ? [] : ['a worker’s root would be the node’s'];
  return [
    check('worker image', 'pinned by digest, runs', pinned, advice.image),
    check(
      'worker network',
      'closed but for the broker',
      [
        ...reached.map((what) => `a worker reaches ${what}`),
        ...unknown.map((probe) => `${probe} could not be tried: its name has no address`),
      ],
      reached.length > 0 ? advice.network : advice.probes,
    ),
    check(
      'broker',
      `reached by workers at ${address}`,
      brokerError ? [`no way to ${address}: ${brokerError}`] : [],
      advice.broker,
    ),
    check('user namespaces', runtimeClass ? `left to ${runtimeClass}` : 'workers have their own', users, advice.users),
    check('worker confinement', 'complete', unconfined(report, !!runtimeClass), advice.confinement),
  ];
}

const check = (name: string, well: string, wrong: readonly string[], remedy: string): IsolationCheck =>
  wrong.length === 0
    ? { name, ok: true, detail: well, advice: '' }
    : { name, ok: false, detail: wrong.join('; '), advice: remedy };

/** A refusal in words, without the full stop: more may follow. What may pass is thrown. */
function told(error: unknown): string[] {
  if (error instanceof Failure && error.remedy === 'never') return [error.message.replace(/\.+$/, '')];
  throw error;
}

/** The cluster's fences as the program sees them, under its own rights. */
import { randomBytes } from 'node:crypto';
import { AdmissionregistrationV1Api } from '@kubernetes/client-node';
import { describe, isRetryable } from '../core/errors.ts';
import type { Kube } from './client.ts';
import { hasCode, orNull } from './kube-error.ts';
import { account, labels, type Owner } from './names.ts';
import { orchestratorBinding } from './namespace.ts';

/** The chart's policies; each carries the system namespace in its name, `mainloop-writes.mainloop`. */
export const policies = ['namespaces', 'writes', 'rolebindings', 'networks', 'jobs', 'task-pods'] as const;

/** What is wrong with the policies, a few words each: missing, open when they fail, or not denying. */
export async function brokenPolicies(kube: Kube, system: string): Promise<string[]> {
  const api = kube.api(AdmissionregistrationV1Api);
  const found = policies.map(async (short) => {
    const name = `mainloop-${short}.${system}`;
    const [policy, binding] = await Promise.all([
      orNull(api.readValidatingAdmissionPolicy({ name })),
      orNull(api.readValidatingAdmissionPolicyBinding({ name })),
    ]);
    if (!policy || !binding) return `the policy ${name} is missing`;
    const denies = binding.spec?.policyName === name && binding.spec.validationActions?.includes('Deny');
    if (policy.spec?.failurePolicy !== 'Fail' || !denies || binding.spec?.matchResources)
      return `the policy ${name} does not deny`;
    return [];
  });
  return (await Promise.all(found)).flat();
}

/** What the program could do and must not, each tried without effect: the policies at work. */
export async function openFences(kube: Kube, owner: Owner): Promise<string[]> {
  const { system } = owner;
  // Of no installation, and short enough for the longest prefix.
  const name = `evil-${randomBytes(4).toString('hex')}`;
  const good = labels.namespace(owner, 'canary');
  const dryRun = 'All';
  const namespace = (metadata: { name: string; labels: Record<string, string> }) =>
    kube.core.createNamespace({ body: { metadata }, dryRun });
  const bind = (where: string) =>
    kube.rbac.createNamespacedRoleBinding({ namespace: where, body: orchestratorBinding(system), dryRun });
  const job = { metadata: { name }, spec: { template: { spec: { containers: [{ name: 'worker', image: 'x' }] } } } };
  const { 'pod-security.kubernetes.io/enforce': _enforce, ...lax } = good;
  return denied({
    'make a namespace of any name': () => namespace({ name, labels: good }),
    'make a namespace without Pod Security': () => namespace({ name: `ml-task-${name}`, labels: lax }),
    'make a namespace of another installation': () =>
      namespace({ name: `ml-task-${name}`, labels: labels.namespace({ ...owner, system: name }, 'canary') }),
    'bind itself in kube-system': () => bind('kube-system'),
    [`bind itself in ${system}`]: () => bind(system),
    'start a job in kube-system': () => kube.batch.createNamespacedJob({ namespace: 'kube-system', body: job, dryRun }),
  });
}

/** Of things that must be forbidden those that are not, `it may …`, and those of which that could not be learned. */
export async function denied(tries: Readonly<Record<string, () => Promise<unknown>>>): Promise<string[]> {
  const outcomes = Object.entries(tries).map(async ([what, attempt]) => {
    const may = `${account.orchestrator} may ${what}`;
    try {
      await attempt();
    } catch (error) {
      // A Job without its NetworkPolicy is `invalid`: a policy that misses its parameter chooses no reason.
      if (hasCode(error, 'forbidden') || /ValidatingAdmissionPolicy/.test(String(error))) return [];
      if (isRetryable(error)) throw error;
      // Whether there is such an object is asked after all policies; what is ill-formed does not come to them.
      if (!hasCode(error, 'already_exists')) return [`whether ${may} could not be tried (${describe(error)})`];
    }
    return [may];
  });
  return (await Promise.all(outcomes)).flat();
}

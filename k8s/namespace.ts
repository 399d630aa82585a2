/** A task's namespace, and what the orchestrator and the worker are in it. Pure. */
import type { V1Namespace, V1RoleBinding, V1ServiceAccount } from '@kubernetes/client-node';
import type { AttemptId } from '../core/domain/ids.ts';
import { account, labels, namespaceName, type Owner, taskOfAttempt, taskRole } from './names.ts';

export const namespace = (owner: Owner, attempt: AttemptId): V1Namespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: namespaceName(owner.instance, attempt),
    labels: labels.namespace(owner, taskOfAttempt(attempt)),
  },
});

/** With this the orchestrator gets its rights in the namespace, and nowhere else. */
export const orchestratorBinding = (system: string): V1RoleBinding => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: account.orchestrator },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: taskRole(system) },
  subjects: [{ kind: 'ServiceAccount', name: account.orchestrator, namespace: system }],
});

/** Has no rights. Of its own, because `default` may not be there yet when the first pod is made. */
export const workerAccount = (): V1ServiceAccount => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: account.worker },
  automountServiceAccountToken: false,
});

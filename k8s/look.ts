import type { V1Job, V1Pod } from '@kubernetes/client-node';
import type { AttemptId } from '../core/domain/ids.ts';
import type { Seen } from './classify.ts';
import type { Kube } from './client.ts';
import { orNull } from './kube-error.ts';
import { jobName, label, selector, taskOfAttempt } from './names.ts';
import { patience } from './patience.ts';
import { since } from './statuses.ts';
import type { TaskNamespaces } from './task-namespaces.ts';

const nothing: Seen = { job: null, pod: null, events: [] };

/** An attempt's objects as they are now: one request for one that has a pod, three at most. */
export async function look(
  kube: Kube,
  namespaces: TaskNamespaces,
  attempt: AttemptId,
  now: () => number,
): Promise<Seen> {
  const namespace = await namespaces.live(taskOfAttempt(attempt));
  if (!namespace) return nothing;
  const pod = await newestPod(kube, namespace, attempt);
  if (pod) return { ...nothing, pod };
  const job = await orNull(kube.batch.readNamespacedJob({ namespace, name: jobName(attempt) }));
  if (!job) {
    // The namespace itself may be gone.
    namespaces.forget(taskOfAttempt(attempt));
    return nothing;
  }
  if (isOver(job) || since(job.metadata?.creationTimestamp, now()) < patience.pod) return { ...nothing, job };
  const fieldSelector = selector({ 'involvedObject.name': jobName(attempt), reason: 'FailedCreate' });
  const { items } = await kube.core.listNamespacedEvent({ namespace, fieldSelector });
  return { job, pod: null, events: items };
}

/** The attempt's pod; should the cluster have made two, the later one. */
export async function newestPod(kube: Kube, namespace: string, attempt: AttemptId): Promise<V1Pod | null> {
  const labelSelector = selector({ [label.attempt]: attempt });
  const { items } = await kube.core.listNamespacedPod({ namespace, labelSelector });
  const at = ({ metadata }: V1Pod) => metadata?.creationTimestamp?.getTime() ?? 0;
  return items.sort((a, b) => at(b) - at(a))[0] ?? null;
}

const isOver = ({ spec, status }: V1Job): boolean =>
  spec?.suspend === true || (status?.conditions ?? []).some((item) => item.status === 'True');

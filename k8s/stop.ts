import { setTimeout as sleep } from 'node:timers/promises';
import { PatchStrategy, setHeaderOptions, type V1Pod } from '@kubernetes/client-node';
import type { AttemptId } from '../core/domain/ids.ts';
import { Failure } from '../core/errors.ts';
import { hasEnded } from './classify-pod.ts';
import type { Kube } from './client.ts';
import { graceSeconds } from './job.ts';
import { orNull } from './kube-error.ts';
import { newestPod } from './look.ts';
import { jobName } from './names.ts';

const pollMs = 200;
/** What a kubelet may need beyond the pod's own grace. */
const graceMs = graceSeconds * 1000 + 10_000;
const forcedMs = 10_000;

const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/**
 * Ends an attempt's pod, gently first, and waits until it is gone. Its Job is suspended, so it makes no pod, now or ever,
 * and stays as the trace that there was an attempt. False when there is no Job.
 */
export async function suspend(kube: Kube, namespace: string, attempt: AttemptId): Promise<boolean> {
  const job = { namespace, name: jobName(attempt) };
  const suspended = await orNull(kube.batch.patchNamespacedJob({ ...job, body: { spec: { suspend: true } } }, merge));
  if (!suspended) return false;
  if (await gone(kube, namespace, attempt, graceMs)) return true;
  // Its node does not answer. Nothing that still runs there can do anything: its token is good for a closed attempt only.
  const pod = await newestPod(kube, namespace, attempt);
  const name = pod?.metadata?.name;
  if (name) await orNull(kube.core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 }));
  if (await gone(kube, namespace, attempt, forcedMs)) return true;
  throw new Failure(`The pod of attempt ${attempt} does not end.`, { code: 'still_running', remedy: 'retry' });
}

async function gone(kube: Kube, namespace: string, attempt: AttemptId, withinMs: number): Promise<boolean> {
  for (const until = Date.now() + withinMs; Date.now() < until; await sleep(pollMs)) {
    const pod: V1Pod | null = await newestPod(kube, namespace, attempt);
    if (!pod || hasEnded(pod)) return true;
  }
  return false;
}

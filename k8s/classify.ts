/** What the objects of an attempt say about it: every way in which a cluster fails a worker, and the usual ones. Pure. */
import type { CoreV1Event, V1Job, V1Pod } from '@kubernetes/client-node';
import type { SandboxStatus } from '../core/ports.ts';
import { statusOfPod } from './classify-pod.ts';
import { patience } from './patience.ts';
import { duration, exited, since, starting, unknown, waiting } from './statuses.ts';

export interface Seen {
  /** Needed only when it has no pod, or had one. */
  readonly job: V1Job | null;
  /** The newest of its pods. */
  readonly pod: V1Pod | null;
  /** The Job's own, with reason `FailedCreate`; needed only when it has no pod and has not ended. */
  readonly events: readonly CoreV1Event[];
}

/** How an attempt fares at `now` (milliseconds since the epoch). */
export function classify({ job, pod, events }: Seen, now: number): SandboxStatus {
  if (pod) return statusOfPod(pod, now);
  if (!job) return unknown;
  return ended(job) ?? withoutPod(job, events, now);
}

function ended(job: V1Job): SandboxStatus | null {
  const condition = (type: string) =>
    job.status?.conditions?.find((item) => item.type === type && item.status === 'True');
  if (condition('Complete') || condition('SuccessCriteriaMet')) return exited('exit code 0');
  if (job.spec?.suspend) return exited('stopped');
  const failed = condition('Failed') ?? condition('FailureTarget');
  if (!failed) return null;
  // Of a pod that ended by itself there is still the pod: this one was taken away.
  return /DisruptionTarget/.test(failed.message ?? '')
    ? exited('its node was needed for something else, or is being emptied', 'moved')
    : exited('somebody deleted its pod', 'killed');
}

function withoutPod(job: V1Job, events: readonly CoreV1Event[], now: number): SandboxStatus {
  const waited = since(job.metadata?.creationTimestamp, now);
  const message = newest(events)?.message ?? '';
  if (/exceeded quota|maximum .* usage per/.test(message)) {
    return waited < patience.quota
      ? starting(`its task's quota has no room for it, ${waiting(waited)}`)
      : exited("it needs more than its task's quota", 'quota');
  }
  if (/violates PodSecurity|ValidatingAdmissionPolicy|admission webhook|is invalid/.test(message))
    return rejected(message);
  // E.g. the worker's service account, which the admission has not heard of yet.
  if (message && waited >= patience.quota) return rejected(message);
  if (waited >= patience.setup) return exited(`the cluster made no pod for it in ${duration(waited)}`, 'misconfigured');
  return starting(
    waited < patience.pod ? 'it is being created' : `the cluster has not made its pod, ${waiting(waited)}`,
  );
}

/** Without the name of the pod, which nobody knows: `Error creating: pods "run-1-1-1-x7k2p" is forbidden: …`. */
const rejected = (message: string): SandboxStatus =>
  exited(
    `the cluster's policies reject its pod: ${message.replace(/^Error creating: (pods? "[^"]*" is \w+: )?/i, '').slice(0, 300)}`,
    'rejected',
  );

function newest(events: readonly CoreV1Event[]): CoreV1Event | undefined {
  const at = (event: CoreV1Event) => (event.lastTimestamp ?? event.metadata.creationTimestamp)?.getTime() ?? 0;
  return [...events].sort((a, b) => at(b) - at(a))[0];
}

/** What a worker's pod says about it. Pure. */
import type { V1ContainerState, V1Pod, V1PodCondition } from '@kubernetes/client-node';
import type { SandboxCause } from '../core/domain/run.ts';
import type { SandboxStatus } from '../core/ports.ts';
import { patience } from './patience.ts';
import { duration, exited, running, since, starting, waiting } from './statuses.ts';

export function statusOfPod(pod: V1Pod, now: number): SandboxStatus {
  const phase = pod.status?.phase;
  if (hasEnded(pod)) return ended(pod);
  if (pod.metadata?.deletionTimestamp) return leaving(pod, now);
  return phase === 'Pending' || !phase ? pending(pod, now) : alive(pod, now);
}

/** Whether no process of it runs any more, nor ever will. */
export const hasEnded = (pod: V1Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

function ended(pod: V1Pod): SandboxStatus {
  const { reason = '', message = '' } = pod.status ?? {};
  const terminated = stateOf(pod)?.terminated;
  const disruption = condition(pod, 'DisruptionTarget', 'True');
  if (disruption) return disrupted(disruption);
  if (reason === 'DeadlineExceeded') return exited('it was ended at its deadline', 'deadline');
  if (reason === 'Evicted') {
    return /emptydir|ephemeral/i.test(message)
      ? exited(`it wrote more than it has room for: ${message}`, 'disk_full')
      : exited(`its node ran short of something: ${message}`, 'moved');
  }
  // The kubelet had the last word where the scheduler was wrong.
  if (/^OutOf|NodeAffinity|UnexpectedAdmissionError/.test(reason))
    return exited(`its node refused it: ${message}`, 'no_room');
  if (!terminated) return exited(message || reason || 'it ended and nobody knows how', lostWith(reason));
  // A child that was killed for its memory leaves this reason, too, at a worker that went on and did well.
  if (terminated.reason === 'OOMKilled' && terminated.exitCode !== 0)
    return exited(`it ran out of memory (exit code ${terminated.exitCode})`, 'out_of_memory');
  if (terminated.reason === 'StartError' || terminated.reason === 'ContainerCannotRun')
    return exited(`its program could not be started: ${terminated.message ?? ''}`, 'misconfigured');
  return exited(`exit code ${terminated.exitCode}`);
}

const lostWith = (reason: string): SandboxCause | undefined =>
  /^(NodeLost|NodeShutdown|Terminated|Shutdown)$/.test(reason) ? 'node_lost' : undefined;

const disruptions: Record<string, readonly [detail: string, cause: SandboxCause]> = {
  DeletionByTaintManager: ['its node does not answer', 'node_lost'],
  DeletionByPodGC: ['its node is gone', 'node_lost'],
  PreemptionByScheduler: ['its node was needed for something more important', 'moved'],
  EvictionByEvictionAPI: ['its node is being emptied', 'moved'],
  TerminationByKubelet: ['its node shuts down or ran short of something', 'moved'],
};

/** https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions */
function disrupted({ reason = '', message = '' }: V1PodCondition): SandboxStatus {
  return exited(...(disruptions[reason] ?? ([`the cluster took it from its node: ${message}`, 'moved'] as const)));
}

/** A node that answers ends a pod within its grace, which the time of deletion has in it. */
function leaving(pod: V1Pod, now: number): SandboxStatus {
  const disruption = condition(pod, 'DisruptionTarget', 'True');
  const silent = disruption?.reason === 'DeletionByTaintManager';
  if (silent || since(pod.metadata?.deletionTimestamp, now) >= patience.node)
    return exited('its node does not answer', 'node_lost');
  return running('it is being ended');
}

function pending(pod: V1Pod, now: number): SandboxStatus {
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    const waited = since(scheduled.lastTransitionTime ?? pod.metadata?.creationTimestamp, now);
    return waited < patience.room
      ? starting(`no node has room for it, ${waiting(waited)}`)
      : exited(`no node had room for it in ${duration(waited)}`, 'no_room');
  }
  // A container that waits does not say since when: all of it began when the pod got its node.
  const waited = since(scheduled?.lastTransitionTime ?? pod.metadata?.creationTimestamp, now);
  const { reason = '', message = '' } = stateOf(pod)?.waiting ?? {};
  const why = message ? `: ${message.slice(0, 300)}` : '';
  if (reason === 'InvalidImageName' || reason === 'ErrImageNeverPull')
    return exited(`its image can't be had${why}`, 'image');
  if (/Image|Registry|SignatureValidation/.test(reason)) {
    return waited < patience.image
      ? starting(`its image can't be pulled so far, ${waiting(waited)}`)
      : exited(`its image can't be pulled${why}`, 'image');
  }
  if (/Error$/.test(reason)) {
    return waited < patience.config
      ? starting(`its container can't be made so far, ${waiting(waited)}`)
      : exited(`its container can't be made${why}`, 'misconfigured');
  }
  return waited < patience.setup
    ? starting('its node is preparing it')
    : exited(`its node could not prepare it within ${duration(patience.setup)}`, 'misconfigured');
}

/** A worker has no readiness of its own: when its pod is not ready and its container runs, the node has gone silent. */
function alive(pod: V1Pod, now: number): SandboxStatus {
  const ready = condition(pod, 'Ready', 'False');
  const silent = pod.status?.phase === 'Unknown' || (ready && stateOf(pod)?.running);
  if (!silent) return running('its process runs');
  const waited = since(ready?.lastTransitionTime, now);
  return waited < patience.node
    ? running(`its node does not answer, ${waiting(waited)}`)
    : exited(`its node has not answered for ${duration(waited)}`, 'node_lost');
}

const condition = (pod: V1Pod, type: string, status?: 'True' | 'False'): V1PodCondition | undefined =>
  pod.status?.conditions?.find((item) => item.type === type && (!status || item.status === status));

/** The worker has one container. */
const stateOf = (pod: V1Pod): V1ContainerState | undefined => pod.status?.containerStatuses?.[0]?.state;

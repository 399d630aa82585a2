import type { V1ContainerState, V1Pod, V1PodStatus } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { SandboxStatus } from '../core/ports.ts';
import { statusOfPod } from './classify-pod.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const ago = (seconds: number) => new Date(now - seconds * 1000);

const worker = (state: V1ContainerState): V1PodStatus => ({
  containerStatuses: [{ name: 'worker', ready: 'running' in state, restartCount: 0, image: 'i', imageID: 'i', state }],
});
const pod = (status: V1PodStatus, deletionTimestamp?: Date): V1Pod => ({
  metadata: {
    name: 'run-41-2-1-x7k2p',
    creationTimestamp: ago(900),
    ...(deletionTimestamp && { deletionTimestamp }),
  },
  status,
});
const scheduled = (seconds: number) => ({
  conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: ago(seconds) }],
});
const waitingFor = (reason: string, message: string, seconds: number): V1PodStatus => ({
  phase: 'Pending',
  ...scheduled(seconds),
  ...worker({ waiting: { reason, message } }),
});
const unschedulable = (seconds: number): V1PodStatus => ({
  phase: 'Pending',
  conditions: [
    {
      ...{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', lastTransitionTime: ago(seconds) },
      message: '0/1 nodes are available: 1 Insufficient cpu.',
    },
  ],
});
const ended = (exitCode: number, reason: string, over: Partial<V1PodStatus> = {}): V1PodStatus => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  ...worker({ terminated: { exitCode, reason } }),
  ...over,
});
const disrupted = (reason: string, message = ''): Partial<V1PodStatus> => ({
  conditions: [{ type: 'DisruptionTarget', status: 'True', reason, message }],
});
const silentFor = (seconds: number): V1PodStatus => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(seconds) }],
  ...worker({ running: { startedAt: ago(600) } }),
});

type Row = [what: string, seen: V1Pod, wanted: SandboxStatus];
const rows: Row[] = [
  [
    'a node with room is missing',
    pod(unschedulable(200)),
    { state: 'starting', detail: 'no node has room for it, waiting for 3 min' },
  ],
  [
    'a node with room is missing for ten minutes',
    pod(unschedulable(600)),
    { state: 'exited', detail: 'no node had room for it in 10 min', cause: 'no_room' },
  ],
  [
    'a pull that fails',
    pod(waitingFor('ErrImagePull', 'not found', 30)),
    { state: 'starting', detail: "its image can't be pulled so far, waiting for 30 s" },
  ],
  [
    'a pull that goes on failing',
    pod(waitingFor('ImagePullBackOff', 'Back-off pulling image "x"', 121)),
    { state: 'exited', detail: 'its image can\'t be pulled: Back-off pulling image "x"', cause: 'image' },
  ],
  [
    'a name that is no image’s, at once',
    pod(waitingFor('InvalidImageName', 'couldn’t parse "X"', 1)),
    { state: 'exited', detail: 'its image can\'t be had: couldn’t parse "X"', cause: 'image' },
  ],
  [
    'an image that must be there and is not, at once',
    pod(waitingFor('ErrImageNeverPull', '', 1)),
    { state: 'exited', detail: "its image can't be had", cause: 'image' },
  ],
  [
    'a container that can’t be made, so far',
    pod(waitingFor('CreateContainerConfigError', 'configmap "x" not found', 10)),
    { state: 'starting', detail: "its container can't be made so far, waiting for 10 s" },
  ],
  [
    'a container that can’t be made',
    pod(waitingFor('CreateContainerConfigError', 'configmap "x" not found', 31)),
    { state: 'exited', detail: 'its container can\'t be made: configmap "x" not found', cause: 'misconfigured' },
  ],
  [
    'a pod whose node prepares it',
    pod(waitingFor('ContainerCreating', '', 100)),
    { state: 'starting', detail: 'its node is preparing it' },
  ],
  [
    'a pod whose node never gets ready with it',
    pod(waitingFor('ContainerCreating', '', 600)),
    { state: 'exited', detail: 'its node could not prepare it within 10 min', cause: 'misconfigured' },
  ],
  [
    'a worker that works',
    pod({ phase: 'Running', ...worker({ running: {} }) }),
    { state: 'running', detail: 'its process runs' },
  ],
  [
    'a node that stopped answering',
    pod(silentFor(60)),
    { state: 'running', detail: 'its node does not answer, waiting for 1 min' },
  ],
  [
    'a node that does not come back',
    pod(silentFor(120)),
    { state: 'exited', detail: 'its node has not answered for 2 min', cause: 'node_lost' },
  ],
  [
    'a pod that was taken from a node that does not answer',
    pod({ ...silentFor(100), ...disrupted('DeletionByTaintManager') }, ago(-20)),
    { state: 'exited', detail: 'its node does not answer', cause: 'node_lost' },
  ],
  [
    'a pod that is on its way out',
    pod({ phase: 'Running' }, ago(-20)),
    { state: 'running', detail: 'it is being ended' },
  ],
  [
    'a pod that should be gone long since',
    pod({ phase: 'Running' }, ago(121)),
    { state: 'exited', detail: 'its node does not answer', cause: 'node_lost' },
  ],
  ['a worker that is done', pod(ended(0, 'Completed')), { state: 'exited', detail: 'exit code 0' }],
  ['a worker that asks for another try', pod(ended(75, 'Error')), { state: 'exited', detail: 'exit code 75' }],
  [
    'a worker without enough memory',
    pod(ended(137, 'OOMKilled')),
    { state: 'exited', detail: 'it ran out of memory (exit code 137)', cause: 'out_of_memory' },
  ],
  [
    'a worker that went on after a child of it was killed for its memory',
    pod(ended(0, 'OOMKilled')),
    { state: 'exited', detail: 'exit code 0' },
  ],
  [
    'a worker at its deadline',
    pod(ended(137, 'Error', { reason: 'DeadlineExceeded', message: 'Pod was active too long' })),
    { state: 'exited', detail: 'it was ended at its deadline', cause: 'deadline' },
  ],
  [
    'a full directory',
    pod(
      ended(137, 'Error', { reason: 'Evicted', message: 'Usage of EmptyDir volume "work" exceeds the limit "8Gi".' }),
    ),
    {
      ...{ state: 'exited', cause: 'disk_full' },
      detail: 'it wrote more than it has room for: Usage of EmptyDir volume "work" exceeds the limit "8Gi".',
    },
  ],
  [
    'a full disk',
    pod({ phase: 'Failed', reason: 'Evicted', message: 'Pod ephemeral local storage usage exceeds 10Gi.' }),
    {
      ...{ state: 'exited', cause: 'disk_full' },
      detail: 'it wrote more than it has room for: Pod ephemeral local storage usage exceeds 10Gi.',
    },
  ],
  [
    'a node without memory',
    pod(ended(137, 'Error', { reason: 'Evicted', message: 'low on memory', ...disrupted('TerminationByKubelet') })),
    { state: 'exited', detail: 'its node shuts down or ran short of something', cause: 'moved' },
  ],
  [
    'something more important',
    pod(ended(143, 'Error', disrupted('PreemptionByScheduler'))),
    { state: 'exited', detail: 'its node was needed for something more important', cause: 'moved' },
  ],
  [
    'a node that is gone',
    pod({ phase: 'Failed', ...disrupted('DeletionByPodGC') }),
    { state: 'exited', detail: 'its node is gone', cause: 'node_lost' },
  ],
  [
    'a node that had no room after all',
    pod({ phase: 'Failed', reason: 'OutOfcpu', message: 'Node didn’t have enough resource: cpu' }),
    { state: 'exited', detail: 'its node refused it: Node didn’t have enough resource: cpu', cause: 'no_room' },
  ],
  [
    'a program that is not in its image',
    pod(ended(128, 'StartError')),
    { state: 'exited', detail: 'its program could not be started: ', cause: 'misconfigured' },
  ],
];

test.each(rows)('%s', (_, seen, wanted) => {
  expect(statusOfPod(seen, now)).toEqual(wanted);
});

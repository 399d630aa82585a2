import type { CoreV1Event, V1Job } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { SandboxStatus } from '../core/ports.ts';
import { classify, type Seen } from './classify.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const ago = (seconds: number) => new Date(now - seconds * 1000);

const job = (over: { age?: number; suspend?: boolean; condition?: [type: string, message: string] } = {}): V1Job => ({
  metadata: { name: 'run-41-2-1', creationTimestamp: ago(over.age ?? 60) },
  spec: { ...(over.suspend && { suspend: true }), template: {} },
  ...(over.condition && {
    status: { conditions: [{ type: over.condition[0], status: 'True', message: over.condition[1] }] },
  }),
});
const events = (message: string): CoreV1Event[] => [
  { involvedObject: {}, metadata: {}, reason: 'FailedCreate', message, lastTimestamp: ago(1) },
];
const quota = 'Error creating: pods "run-41-2-1-x7k2p" is forbidden: exceeded quota: task, requested: limits.cpu=2';
const standards =
  'Error creating: pods "run-41-2-1-x7k2p" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true';
const policy =
  'Error creating: pods "run-41-2-1-x7k2p" is forbidden: ValidatingAdmissionPolicy \'mainloop-task-pods.mainloop\' denied request: image';
const account =
  'Error creating: pods "run-41-2-1-x7k2p" is forbidden: error looking up service account a/worker: serviceaccount "worker" not found';
const overMaximum =
  'Error creating: pods "x" is forbidden: maximum memory usage per Container is 8Gi, but limit is 16Gi';

type Row = [what: string, seen: Partial<Seen>, wanted: SandboxStatus];
const rows: Row[] = [
  ['no trace', {}, { state: 'unknown', detail: 'nothing of it is in the cluster' }],
  ['a Job of this second', { job: job({ age: 1 }) }, { state: 'starting', detail: 'it is being created' }],
  [
    'a Job that nobody makes a pod for',
    { job: job({ age: 20 }) },
    { state: 'starting', detail: 'the cluster has not made its pod, waiting for 20 s' },
  ],
  [
    'a Job that nobody has made a pod for in ten minutes',
    { job: job({ age: 600 }) },
    { state: 'exited', detail: 'the cluster made no pod for it in 10 min', cause: 'misconfigured' },
  ],
  [
    'a quota that is used up for the moment',
    { job: job({ age: 20 }), events: events(quota) },
    { state: 'starting', detail: "its task's quota has no room for it, waiting for 20 s" },
  ],
  [
    'a quota that is too small',
    { job: job({ age: 61 }), events: events(quota) },
    { state: 'exited', detail: "it needs more than its task's quota", cause: 'quota' },
  ],
  [
    'a limit that is too small',
    { job: job({ age: 61 }), events: events(overMaximum) },
    { state: 'exited', detail: "it needs more than its task's quota", cause: 'quota' },
  ],
  [
    'Pod Security, at once',
    { job: job({ age: 4 }), events: events(standards) },
    {
      ...{ state: 'exited', cause: 'rejected' },
      detail: 'the cluster\'s policies reject its pod: violates PodSecurity "restricted:latest": runAsNonRoot != true',
    },
  ],
  [
    'an admission policy, at once',
    { job: job({ age: 4 }), events: events(policy) },
    {
      ...{ state: 'exited', cause: 'rejected' },
      detail:
        "the cluster's policies reject its pod: ValidatingAdmissionPolicy 'mainloop-task-pods.mainloop' denied request: image",
    },
  ],
  [
    'a service account that is not known yet',
    { job: job({ age: 4 }), events: events(account) },
    { state: 'starting', detail: 'the cluster has not made its pod, waiting for 4 s' },
  ],
  [
    'a pod that was moved and is gone',
    {
      job: job({
        condition: ['Failed', 'Pod a/x has condition DisruptionTarget matching FailJob rule at index 0'],
      }),
    },
    { state: 'exited', detail: 'its node was needed for something else, or is being emptied', cause: 'moved' },
  ],
  [
    'a pod that somebody deleted',
    {
      job: job({
        condition: [
          'Failed',
          'Container worker for pod a/x failed with exit code 137 matching FailJob rule at index 2',
        ],
      }),
    },
    { state: 'exited', detail: 'somebody deleted its pod', cause: 'killed' },
  ],
  [
    'a Job that we stopped',
    { job: job({ suspend: true, condition: ['Suspended', 'Job suspended'] }) },
    { state: 'exited', detail: 'stopped' },
  ],
  [
    'a Job whose worker ended with failure because we stopped it',
    { job: job({ suspend: true, condition: ['Failed', 'exit code 143 matching FailJob rule at index 2'] }) },
    { state: 'exited', detail: 'stopped' },
  ],
  [
    'a Job that is complete and has no pod any more',
    { job: job({ condition: ['Complete', ''] }) },
    { state: 'exited', detail: 'exit code 0' },
  ],
];

test.each(rows)('%s', (_, seen, wanted) => {
  expect(classify({ job: null, pod: null, events: [], ...seen }, now)).toEqual(wanted);
});

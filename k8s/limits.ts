/** How much a worker and a task's namespace may use. Pure. */
import type { V1LimitRange, V1ResourceQuota, V1ResourceRequirements } from '@kubernetes/client-node';

/** Sizes of the worker's directories, which are all that it can write to. */
export const volumeSizes = { work: '8Gi', home: '1Gi', tmp: '1Gi' } as const;

/** Gi of memory that a worker usually has; twice as much after it ran out of it. */
const memoryGi = 4;

/**
 * What the scheduler keeps free is little of the processor, because a worker waits for the model most of the time, and
 * much of the memory, which can't be shared out again.
 */
export const workerResources = (memory: 1 | 2): V1ResourceRequirements => ({
  requests: { cpu: '100m', memory: `${memory}Gi`, 'ephemeral-storage': '2Gi' },
  limits: { cpu: '2', memory: `${memory * memoryGi}Gi`, 'ephemeral-storage': '10Gi' },
});

/** Room for one worker, while the one before it ends. Jobs stay as the trace of their attempts. */
export const taskQuota = (): V1ResourceQuota => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'task' },
  spec: {
    hard: {
      pods: '2',
      'count/jobs.batch': '100',
      'requests.cpu': '1',
      'limits.cpu': '4',
      'requests.memory': '4Gi',
      'limits.memory': `${3 * memoryGi}Gi`,
      'requests.ephemeral-storage': '6Gi',
      'limits.ephemeral-storage': '24Gi',
      services: '0',
      persistentvolumeclaims: '0',
      'count/secrets': '0',
      'count/configmaps': '3',
    },
  },
});

export const taskLimits = (): V1LimitRange => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'task' },
  spec: {
    limits: [{ type: 'Container', max: { cpu: '4', memory: `${2 * memoryGi}Gi`, 'ephemeral-storage': '16Gi' } }],
  },
});

/** The Job of an attempt and its pod. Pure. */
import type { V1Job, V1PodSpec } from '@kubernetes/client-node';
import type { AttemptId } from '../core/domain/ids.ts';
import type { SandboxSpec } from '../core/ports.ts';
import { volumeSizes, workerResources } from './limits.ts';
import { account, audience, jobName, labels } from './names.ts';
import type { BrokerAddress } from './network-policy.ts';

export interface WorkerPod {
  readonly instance: string;
  /** Pinned by digest. */
  readonly image: string;
  /** A RuntimeClass such as gVisor's or Kata's. */
  readonly runtimeClass?: string;
  readonly broker: BrokerAddress;
}

/** The worker's only container. */
export const workerContainer = 'worker';
/** Seconds from SIGTERM to SIGKILL: for the last checkpoint. */
export const graceSeconds = 30;
/** The worker ends itself at its deadline; the cluster does it for one that did not. */
const lateSeconds = 60;
/** Of the group that owns the volumes, too. */
const uid = 10_001;
/** Whom a retry can help: `EX_TEMPFAIL`, see worker/worker.ts. */
const temporary = 75;
const tokenDirectory = '/var/run/mainloop';

/**
 * One Job is one attempt: it makes one pod, once, and is never tried again by the cluster. Which rule of the failure policy
 * ended it is told by the Job's condition, also when the pod is gone.
 */
export const workerJob = (
  worker: WorkerPod,
  { attempt, deadline, memory }: Pick<SandboxSpec, 'attempt' | 'deadline' | 'memory'>,
  now: number,
): V1Job => {
  const metadata = { labels: labels.attempt(worker.instance, attempt) };
  const lastsSeconds = Math.max(Math.ceil((deadline - now) / 1000), 0) + lateSeconds;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...metadata, name: jobName(attempt) },
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      ttlSecondsAfterFinished: 86_400,
      podFailurePolicy: {
        rules: [
          { action: 'FailJob', onPodConditions: [{ type: 'DisruptionTarget' }] },
          { action: 'FailJob', onExitCodes: { operator: 'In', values: [temporary] } },
          { action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [temporary] } },
        ],
      },
      template: { metadata, spec: podSpec(worker, attempt, memory, lastsSeconds) },
    },
  };
};

function podSpec(worker: WorkerPod, attempt: AttemptId, memory: 1 | 2, lastsSeconds: number): V1PodSpec {
  return {
    restartPolicy: 'Never',
    // The pod's, not the Job's: that one deletes the pod, and with it what it wrote.
    activeDeadlineSeconds: lastsSeconds,
    terminationGracePeriodSeconds: graceSeconds,
    serviceAccountName: account.worker,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    hostUsers: false,
    ...(worker.runtimeClass && { runtimeClassName: worker.runtimeClass }),
    // No name is looked up: the broker's is in /etc/hosts, and names are a way out.
    dnsPolicy: 'None',
    dnsConfig: {
      nameservers: ['127.0.0.1'],
      options: [
        { name: 'timeout', value: '1' },
        { name: 'attempts', value: '1' },
      ],
    },
    hostAliases: [{ ip: worker.broker.address, hostnames: ['broker'] }],
    tolerations: ['not-ready', 'unreachable'].map((state) => ({
      key: `node.kubernetes.io/${state}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 60,
    })),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: uid,
      runAsGroup: uid,
      fsGroup: uid,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: workerContainer,
        image: worker.image,
        imagePullPolicy: 'IfNotPresent',
        workingDir: '/workspace',
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: workerResources(memory),
        terminationMessagePolicy: 'FallbackToLogsOnError',
        env: Object.entries(environment(worker.broker, attempt)).map(([name, value]) => ({ name, value })),
        volumeMounts: [
          { name: 'work', mountPath: '/workspace' },
          { name: 'home', mountPath: '/home/agent' },
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'id', mountPath: tokenDirectory, readOnly: true },
        ],
      },
    ],
    volumes: [
      ...Object.entries(volumeSizes).map(([name, sizeLimit]) => ({ name, emptyDir: { sizeLimit } })),
      {
        name: 'id',
        projected: {
          sources: [
            {
              serviceAccountToken: {
                audience: audience.egress,
                path: 'token',
                // The worker reads it once, so it outlives the pod. That it ends with the attempt is the broker's rule.
                expirationSeconds: Math.max(7_200, lastsSeconds + 600),
              },
            },
          ],
        },
      },
    ],
  };
}

const environment = ({ port }: BrokerAddress, attempt: AttemptId) => ({
  HOME: '/home/agent',
  TMPDIR: '/tmp',
  LANG: 'C.UTF-8',
  MAINLOOP_BROKER: `http://broker:${port}`,
  MAINLOOP_PROXY: `http://broker:${port}`,
  MAINLOOP_TOKEN_FILE: `${tokenDirectory}/token`,
  MAINLOOP_ATTEMPT: attempt,
});

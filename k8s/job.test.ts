import { expect, test } from 'vitest';
import { workerJob } from './job.ts';

const worker = {
  instance: '3f2a1',
  image: 'registry.example/worker@sha256:0',
  broker: { address: '10.0.0.7', port: 8080, selector: null },
};
const now = Date.parse('2026-11-20T12:00:00Z');
const spec = { attempt: '41.2.1', deadline: now + 90 * 60_000, memory: 1 } as const;
const job = workerJob(worker, spec, now);
const pod = job.spec?.template.spec;
const container = pod?.containers[0];

test('a Job is named after its attempt, makes one pod, and is never tried again by the cluster', () => {
  expect(job.metadata).toEqual({
    name: 'run-41-2-1',
    labels: { 'mainloop.dev/instance': '3f2a1', 'mainloop.dev/task': '41', 'mainloop.dev/attempt': '41.2.1' },
  });
  expect(job.spec?.template.metadata?.labels).toEqual(job.metadata?.labels);
  expect(job.spec).toMatchObject({ backoffLimit: 0, parallelism: 1, completions: 1, podReplacementPolicy: 'Failed' });
  expect(pod?.restartPolicy).toBe('Never');
});

test('every way to fail ends the Job, and the rule that did tells which', () => {
  expect(
    job.spec?.podFailurePolicy?.rules.map(({ action, onPodConditions, onExitCodes }) => [
      action,
      onPodConditions?.[0]?.type ?? `${onExitCodes?.operator} ${onExitCodes?.values}`,
    ]),
  ).toEqual([
    ['FailJob', 'DisruptionTarget'],
    ['FailJob', 'In 75'],
    ['FailJob', 'NotIn 75'],
  ]);
});

test('the pod is ended a minute after the deadline, its token later still; the Job has no deadline of its own', () => {
  expect(pod?.activeDeadlineSeconds).toBe(90 * 60 + 60);
  expect(job.spec?.activeDeadlineSeconds).toBeUndefined();
  const token = (of: typeof pod) => of?.volumes?.find(({ name }) => name === 'id')?.projected?.sources?.[0];
  expect(token(pod)?.serviceAccountToken).toEqual({
    audience: 'mainloop-egress',
    path: 'token',
    expirationSeconds: 7_200,
  });
  const long = workerJob(worker, { ...spec, deadline: now + 10 * 3_600_000 }, now).spec?.template.spec;
  expect(token(long)?.serviceAccountToken?.expirationSeconds).toBeGreaterThan(long?.activeDeadlineSeconds ?? 0);
});

test('an attempt whose deadline has passed still gets its minute', () => {
  expect(workerJob(worker, { ...spec, deadline: 0 }, now).spec?.template.spec?.activeDeadlineSeconds).toBe(60);
});

test('nothing in the pod is root, writable, privileged, or a credential of the cluster', () => {
  expect(pod).toMatchObject({ automountServiceAccountToken: false, hostUsers: false, enableServiceLinks: false });
  expect(pod?.securityContext).toMatchObject({
    ...{ runAsNonRoot: true, runAsUser: 10_001, runAsGroup: 10_001, fsGroup: 10_001 },
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect(container?.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(pod?.initContainers).toBeUndefined();
  expect(pod?.volumes?.map((volume) => Object.keys(volume).find((key) => key !== 'name'))).toEqual([
    ...['emptyDir', 'emptyDir', 'emptyDir', 'projected'],
  ]);
});

test('the worker finds the broker without any name server', () => {
  expect(pod).toMatchObject({
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['127.0.0.1'] },
    hostAliases: [{ ip: '10.0.0.7', hostnames: ['broker'] }],
  });
  expect(Object.fromEntries(container?.env?.map(({ name, value }) => [name, value]) ?? [])).toEqual({
    HOME: '/home/agent',
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    MAINLOOP_BROKER: 'http://broker:8080',
    MAINLOOP_PROXY: 'http://broker:8080',
    MAINLOOP_TOKEN_FILE: '/var/run/mainloop/token',
    MAINLOOP_ATTEMPT: '41.2.1',
  });
});

test('an attempt that ran out of memory is tried with twice as much', () => {
  const twice = workerJob(worker, { ...spec, memory: 2 }, now).spec?.template.spec?.containers[0]?.resources;
  expect([container?.resources?.limits?.memory, twice?.limits?.memory]).toEqual(['4Gi', '8Gi']);
});

test('a runtime class is named only when one is configured', () => {
  expect(pod).not.toHaveProperty('runtimeClassName');
  expect(workerJob({ ...worker, runtimeClass: 'gvisor' }, spec, now).spec?.template.spec?.runtimeClassName).toBe(
    'gvisor',
  );
});

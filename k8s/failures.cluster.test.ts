import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AdmissionregistrationV1Api, KubeConfig, type V1PodSpec } from '@kubernetes/client-node';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SandboxCause } from '../core/domain/run.ts';
import type { Sandbox, SandboxStatus } from '../core/ports.ts';
import { createKube, type Kube } from './client.ts';
import { workerJob } from './job.ts';
import { label } from './names.ts';
import { patience } from './patience.ts';
import { createNamespace, prepareNamespace } from './provision.ts';
import { createKubernetesSandbox } from './sandbox.ts';
import { type TestBroker, testBroker } from './test-broker.ts';

/** As the administrator and without fences, which would not let these pods in. */
const owner = {
  system: `unfenced-${randomBytes(3).toString('hex')}`,
  instance: randomBytes(3).toString('hex').slice(1),
};
const image = process.env.KUBERNETES_TEST_IMAGE ?? '';
let kube: Kube;
let broker: TestBroker;
let sandbox: Sandbox;
let tasks = 0;
/** Runs ahead of the cluster's clock in a sandbox of its own, so that nobody waits for its patience. */
let ahead: (ms: number) => Sandbox;

beforeAll(async () => {
  const config = new KubeConfig();
  config.loadFromDefault();
  kube = createKube(config);
  broker = await testBroker(kube);
  ahead = (ms) =>
    createKubernetesSandbox({
      ...{ kube, ...owner, image, broker: broker.address, now: () => Date.now() + ms },
      ...{ ready: async () => undefined, warning: () => null, log: pino({ level: 'silent' }) },
    });
  sandbox = ahead(0);
});
afterAll(async () => {
  await Promise.all((await sandbox.tasks()).map((task) => sandbox.remove(task)));
  await broker[Symbol.asyncDispose]();
  await kube.close();
});

type Change = (pod: V1PodSpec) => void;

/** Starts an attempt whose pod is not as it should be; answers its id. */
async function begin(
  change: Change = () => undefined,
  prepare: (namespace: string) => Promise<unknown> = async () => 0,
) {
  tasks += 1;
  const attempt = `${tasks}.1.1`;
  const namespace = await createNamespace(kube, owner, attempt);
  await prepareNamespace(kube, namespace, owner, broker.address);
  await prepare(namespace);
  const job = jobOf(attempt);
  if (job.spec?.template.spec) change(job.spec.template.spec);
  await kube.batch.createNamespacedJob({ namespace, body: job });
  return { attempt, namespace };
}

const jobOf = (attempt: string) =>
  workerJob(
    { instance: owner.instance, image, broker: broker.address },
    { attempt, memory: 1, deadline: Date.now() + 600_000 },
    Date.now(),
  );

async function until(attempt: string, wanted: (status: SandboxStatus) => boolean, from = sandbox) {
  for (const giveUp = Date.now() + 90_000; ; await sleep(200)) {
    const status = await from.status(attempt);
    if (wanted(status)) return status;
    if (Date.now() > giveUp) throw new Error(`still ${JSON.stringify(status)}`);
  }
}
const exits = (attempt: string, from = sandbox) => until(attempt, ({ state }) => state === 'exited', from);
const runs = (attempt: string) => until(attempt, ({ state }) => state === 'running' && broker.begun(attempt) > 0);

const limited =
  (resource: string, value: string): Change =>
  ({ containers: [worker] }) => {
    if (worker?.resources?.limits) worker.resources.limits[resource] = value;
    if (worker?.resources?.requests) worker.resources.requests[resource] = value;
  };
const worker =
  (change: Partial<V1PodSpec['containers'][number]>): Change =>
  ({ containers: [only] }) => {
    if (only) Object.assign(only, change);
  };
/** Lets the next pod of a namespace be refused by a policy of the cluster's operator. */
async function forbidPods(namespace: string) {
  const api = kube.api(AdmissionregistrationV1Api);
  const metadata = { name: `no-pods.${owner.system}` };
  const selector = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
  await api.createValidatingAdmissionPolicy({
    body: {
      metadata,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { ...selector, resourceRules: [rule] },
        validations: [{ expression: 'false', message: 'no pods here' }],
      },
    },
  });
  const spec = { policyName: metadata.name, validationActions: ['Deny'] };
  await api.createValidatingAdmissionPolicyBinding({ body: { metadata, spec } });
  const pod = { ...jobOf('1.1.1').spec?.template, metadata: { name: 'probe' } };
  for (const giveUp = Date.now() + 30_000; Date.now() < giveUp; await sleep(200)) {
    const refusal = await kube.core.createNamespacedPod({ namespace, body: pod, dryRun: 'All' }).catch(String);
    if (String(refusal).includes('no pods here')) return;
  }
  throw new Error('the policy does not hold');
}
async function allowPods() {
  const api = kube.api(AdmissionregistrationV1Api);
  await api.deleteValidatingAdmissionPolicyBinding({ name: `no-pods.${owner.system}` });
  await api.deleteValidatingAdmissionPolicy({ name: `no-pods.${owner.system}` });
}

type Row = [what: string, cause: SandboxCause, detail: RegExp, run: () => Promise<SandboxStatus>];
const rows: Row[] = [
  [
    'an image that does not exist: waited for, then given up',
    'image',
    /^its image can't be pulled: .*nothing\/here/,
    async () => {
      const { attempt } = await begin(worker({ image: 'localhost:9/nothing/here:1' }));
      expect((await until(attempt, ({ detail }) => /image/.test(detail))).state).toBe('starting');
      return exits(attempt, ahead(patience.image));
    },
  ],
  [
    'a name that no image has, at once',
    'image',
    /^its image can't be had: .*Nothing/,
    async () => exits((await begin(worker({ image: 'Nothing/Here' }))).attempt),
  ],
  [
    'no node with room: waited for, then given up',
    'no_room',
    /^no node had room for it in \d+ min$/,
    async () => {
      const { attempt } = await begin((pod) => Object.assign(pod, { nodeSelector: { 'there-is': 'no-such-node' } }));
      const waits = await until(attempt, ({ detail }) => /room/.test(detail));
      expect(waits).toMatchObject({
        state: 'starting',
        detail: expect.stringMatching(/^no node has room for it, waiting for/),
      });
      return exits(attempt, ahead(patience.room));
    },
  ],
  [
    'a quota that is too small: waited for, then given up',
    'quota',
    /^it needs more than its task's quota$/,
    async () => {
      const { attempt } = await begin(limited('cpu', '4.1'));
      const waits = await until(attempt, ({ detail }) => /quota/.test(detail));
      expect(waits.state).toBe('starting');
      return exits(attempt, ahead(patience.quota));
    },
  ],
  [
    'a pod that Pod Security does not let in, at once',
    'rejected',
    /^the cluster's policies reject its pod: violates PodSecurity "restricted:latest": /,
    async () => exits((await begin((pod) => Object.assign(pod, { hostNetwork: true, hostUsers: true }))).attempt),
  ],
  [
    'a pod that a policy does not let in, at once',
    'rejected',
    /^the cluster's policies reject its pod: ValidatingAdmissionPolicy '.*no pods here/,
    async () => {
      try {
        return await exits((await begin(undefined, forbidPods)).attempt);
      } finally {
        await allowPods();
      }
    },
  ],
  [
    'a setting that is not there: waited for, then given up',
    'misconfigured',
    /^its container can't be made: .*configmap "missing" not found/,
    async () => {
      const { attempt } = await begin(worker({ envFrom: [{ configMapRef: { name: 'missing' } }] }));
      expect((await until(attempt, ({ detail }) => /container/.test(detail))).state).toBe('starting');
      return exits(attempt, ahead(patience.config));
    },
  ],
  [
    'a program that is not in the image',
    'misconfigured',
    /^its program could not be started: .*nothing-here/,
    async () => exits((await begin(worker({ command: ['/nothing-here'] }))).attempt),
  ],
  [
    'too little memory',
    'out_of_memory',
    /^it ran out of memory/,
    async () => {
      const { attempt } = await begin(limited('memory', '200Mi'));
      await runs(attempt);
      broker.order(attempt, { do: 'fill the memory' });
      return exits(attempt);
    },
  ],
  [
    'too little disk',
    'disk_full',
    /^it wrote more than it has room for: Usage of EmptyDir volume "work" exceeds the limit "8Mi"/,
    async () => {
      const { attempt } = await begin((pod) =>
        Object.assign(pod.volumes?.[0] ?? {}, { emptyDir: { sizeLimit: '8Mi' } }),
      );
      await runs(attempt);
      broker.order(attempt, { do: 'fill the disk' });
      await sleep(2_000);
      broker.order(attempt, { do: 'wait' });
      return exits(attempt);
    },
  ],
  [
    'a worker that does not end at its deadline',
    'deadline',
    /^it was ended at its deadline$/,
    async () => exits((await begin((pod) => Object.assign(pod, { activeDeadlineSeconds: 5 }))).attempt),
  ],
  [
    'a pod that somebody deletes',
    'killed',
    /^somebody deleted its pod$/,
    async () => {
      const { attempt, namespace } = await begin();
      await runs(attempt);
      await kube.core.deleteCollectionNamespacedPod({ namespace, labelSelector: `${label.attempt}=${attempt}` });
      return exits(attempt);
    },
  ],
  [
    'a pod that is evicted, as when its node is emptied',
    'moved',
    /^its node (was needed for something else, or )?is being emptied$/,
    async () => {
      const { attempt, namespace } = await begin();
      await runs(attempt);
      const { items } = await kube.core.listNamespacedPod({ namespace });
      const name = items[0]?.metadata?.name ?? '';
      await kube.core.createNamespacedPodEviction({ namespace, name, body: { metadata: { name, namespace } } });
      return exits(attempt);
    },
  ],
  [
    'a Job that somebody deletes',
    'killed',
    /^somebody deleted its Job$/,
    async () => {
      const { attempt, namespace } = await begin();
      await runs(attempt);
      await kube.batch.deleteCollectionNamespacedJob({ namespace, propagationPolicy: 'Background' });
      return exits(attempt);
    },
  ],
];

test.concurrent.for(rows)('%s', async ([, cause, detail, run]) => {
  expect(await run()).toEqual({ state: 'exited', detail: expect.stringMatching(detail), cause });
});

test.concurrent('a worker’s own end is told by its code, and its last lines can be read, also when it was stopped', async () => {
  const [own, stopped] = [await begin(), await begin()];
  await Promise.all([runs(own.attempt), runs(stopped.attempt)]);
  expect(await sandbox.output(stopped.attempt)).toBe('test worker: begins\n');
  broker.order(own.attempt, { do: 'exit', code: 75 });
  await sandbox.stop(stopped.attempt);
  expect(await exits(own.attempt)).toEqual({ state: 'exited', detail: 'exit code 75' });
  expect(await sandbox.output(own.attempt)).toBe('test worker: begins\ntest worker: ends with 75\n');
  expect(await sandbox.status(stopped.attempt)).toEqual({ state: 'exited', detail: 'stopped' });
  expect(await sandbox.output(stopped.attempt)).toBe('test worker: begins\n');
});

test.concurrent('a worker that ignores the gentle end is ended all the same', async () => {
  const { attempt } = await begin((pod) => Object.assign(pod, { terminationGracePeriodSeconds: 3 }));
  await runs(attempt);
  broker.order(attempt, { do: 'ignore SIGTERM' });
  await sleep(1_000);
  await sandbox.stop(attempt);
  expect((await sandbox.status(attempt)).state).toBe('exited');
});

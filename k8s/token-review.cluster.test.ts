import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKube, type Kube } from './client.ts';
import { audience, namespaceName } from './names.ts';
import { authenticateBroker, identifyWorkers } from './token-review.ts';

const instance = randomBytes(3).toString('hex').slice(0, 5);
const system = `mainloop-review-${instance}`;
const task = namespaceName(instance, '41.2.1');
let kube: Kube;

beforeAll(async () => {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  kube = createKube(kubeConfig);
  for (const [name, account] of [
    [system, 'broker'],
    [task, 'worker'],
  ] as const) {
    await kube.core.createNamespace({ body: { metadata: { name } } });
    await kube.core.createNamespacedServiceAccount({ namespace: name, body: { metadata: { name: account } } });
  }
  for (const name of ['run-41-2-1-abcde', 'run-42-1-1-abcde', 'other']) await createPod(name);
}, 60_000);
afterAll(async () => {
  for (const name of [system, task]) await kube.core.deleteNamespace({ name }).catch(() => undefined);
  await kube.close();
});

/** Never scheduled: a token is bound to a pod that there is, running or not. */
async function createPod(name: string): Promise<void> {
  await kube.core.createNamespacedPod({
    namespace: task,
    body: {
      metadata: { name },
      spec: {
        ...{ serviceAccountName: 'worker', nodeSelector: { nowhere: 'yes' } },
        containers: [{ name: 'worker', image: 'localhost/mainloop-cluster/tools:1' }],
      },
    },
  });
}

async function tokenOf(namespace: string, name: string, audiences: string[], pod?: string): Promise<string> {
  const { status } = await kube.core.createNamespacedServiceAccountToken({
    ...{ namespace, name },
    body: {
      spec: {
        audiences,
        expirationSeconds: 600,
        ...(pod && { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: pod } }),
      },
    },
  });
  return status?.token ?? '';
}

test('a worker’s token tells its attempt and its installation', async () => {
  const token = await tokenOf(task, 'worker', [audience.egress], 'run-41-2-1-abcde');
  expect(await identifyWorkers(kube)(token)).toEqual({ attempt: '41.2.1', instance });
});

test('a token of another audience, of no pod, of a pod of another task, and a forged one are no worker’s', async () => {
  const identify = identifyWorkers(kube);
  const good = await tokenOf(task, 'worker', [audience.egress], 'run-41-2-1-abcde');
  const [head, body] = good.split('.');
  for (const token of [
    await tokenOf(task, 'worker', ['mainloop-other'], 'run-41-2-1-abcde'),
    await tokenOf(task, 'worker', [audience.egress]),
    await tokenOf(task, 'worker', [audience.egress], 'run-42-1-1-abcde'),
    await tokenOf(task, 'worker', [audience.egress], 'other'),
    await tokenOf(system, 'broker', [audience.egress]),
    ...[`${head}.${body}.AAAA`, 'nonsense', ''],
  ]) {
    expect(await identify(token)).toBeNull();
  }
});

test('the token of a pod that is gone is no worker’s once the cache is over', async () => {
  const name = 'run-41-3-1-abcde';
  await createPod(name);
  const token = await tokenOf(task, 'worker', [audience.egress], name);
  expect(await identifyWorkers(kube)(token)).toMatchObject({ attempt: '41.3.1' });
  await kube.core.deleteNamespacedPod({ name, namespace: task, gracePeriodSeconds: 0 });
  for (let n = 0; n < 60 && (await identifyWorkers(kube)(token)); n += 1) await sleep(500);
  expect(await identifyWorkers(kube)(token)).toBeNull();
}, 60_000);

test('the broker is the account of that name in its installation’s namespace, and nobody else', async () => {
  const token = await tokenOf(system, 'broker', [audience.door]);
  expect(await authenticateBroker(kube, system)(token)).toBe(true);
  expect(await authenticateBroker(kube, 'mainloop')(token)).toBe(false);
  expect(await authenticateBroker(kube, system)(await tokenOf(system, 'broker', [audience.egress]))).toBe(false);
  expect(await authenticateBroker(kube, system)(await tokenOf(task, 'worker', [audience.door]))).toBe(false);
});

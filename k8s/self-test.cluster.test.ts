import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CanaryOptions } from './canary.ts';
import { createKube, type Kube } from './client.ts';
import { createIsolation } from './isolation.ts';
import { label } from './names.ts';
import { openFences } from './policies.ts';
import { isolationChecks, selfTest } from './self-test.ts';
import { type TestBroker, testBroker } from './test-broker.ts';
import { type Installation, installation } from './test-installation.ts';
import { ask } from './test-request.ts';

const image = process.env.KUBERNETES_WORKER_IMAGE ?? '';
const log = pino({ level: 'silent' });
let at: Installation;
let admin: Kube;
let broker: TestBroker;
let options: CanaryOptions;

beforeAll(async () => {
  at = await installation(image);
  admin = createKube(at.admin);
  broker = await testBroker(admin);
  options = {
    kube: createKube(at.orchestrator),
    ...{ system: at.system, instance: at.instance, image, patienceMs: 60_000 },
    broker: broker.address,
    probes: ['203.0.113.10:80'],
  };
});
afterAll(async () => {
  await broker?.[Symbol.asyncDispose]();
  await options?.kube.close();
  await admin?.close();
  await at?.[Symbol.asyncDispose]();
});

const policy = (kind: string, name: string) =>
  `/apis/admissionregistration.k8s.io/v1/validatingadmission${kind}/mainloop-${name}.${at.system}`;
const faults = async (changed: Partial<CanaryOptions> = {}) =>
  Object.fromEntries(
    (await selfTest({ ...options, ...changed })).filter(({ ok }) => !ok).map(({ name, detail }) => [name, detail]),
  );
const canaries = async () => {
  const labelSelector = `${label.system}=${at.system},${label.task}=canary`;
  const { items } = await admin.core.listNamespace({ labelSelector });
  return items.filter(({ metadata }) => !metadata?.deletionTimestamp).map(({ metadata }) => metadata?.name ?? '');
};

test('a fenced cluster passes every check, and nothing is left of the canary', async () => {
  const checks = await selfTest(options);
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(checks.map(({ name }) => name)).toEqual(isolationChecks);
  expect(await canaries()).toEqual([]);
});

test('an address that a worker reaches is named', async () => {
  const { address, port } = broker.address;
  const found = await faults({ probes: [`${address}:${port}`] });
  expect(found).toEqual({ 'worker network': `a worker reaches an address to be closed (${address}:${port})` });
});

test('an address whose name is unknown is told: nothing was tried', async () => {
  expect(await faults({ probes: ['nobody.invalid:80'] })).toEqual({
    'worker network': 'nobody.invalid:80 could not be tried: its name has no address',
  });
});

test('a network that is open is found by each of its doors', async () => {
  const opened = (async () => {
    for (;;) {
      const [namespace] = await canaries();
      const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
      const body = { metadata: { name: 'open' }, spec };
      if (namespace) return admin.networking.createNamespacedNetworkPolicy({ namespace, body });
      await setTimeout(20);
    }
  })();
  const { 'worker network': found = '', ...others } = await faults();
  await opened;
  expect(others).toEqual({});
  for (const door of ['the API server', 'cluster DNS (', 'cluster DNS over TCP', 'another pod'])
    expect(found).toContain(`a worker reaches ${door}`);
  expect(found).toContain('(169.254.169.254:80)');
  expect(found).toContain('(203.0.113.10:80)');
});

test('a broker that workers do not reach is named', async () => {
  const found = await faults({ broker: { ...broker.address, port: 9 } });
  expect(found).toEqual({ broker: `no way to ${broker.address.address}:9: ECONNREFUSED` });
});

test('an image that is not there is told in the cluster’s own words, and so is one that is not pinned', async () => {
  const found = await faults({ image: 'localhost/mainloop/absent:1', patienceMs: 5_000 });
  expect(found['worker image']).toMatch(/absent:1 is not pinned by digest; .*A worker runs the image/);
  expect(found['worker image']).not.toMatch(/\.$/);
  expect(found['worker network']).toBe('not tried');
});

test('an administrator’s rights are too many', async () => {
  const kube = createKube(at.admin);
  const found = await faults({ kube });
  await kube.close();
  expect(found['cluster rights']).toContain('may get secrets everywhere');
  expect(found['cluster policies']).toContain('orchestrator may make a namespace of any name');
});

test('a policy that is missing stops all workers, unless the operator said otherwise', async () => {
  const saved = JSON.parse((await ask(at.admin, 'GET', policy('policybindings', 'writes'))).body);
  await ask(at.admin, 'DELETE', policy('policybindings', 'writes'));
  const fences = () => openFences(options.kube, at);
  await expect.poll(fences, { timeout: 20_000 }).toContain('orchestrator may bind itself in kube-system');

  const isolation = createIsolation({ test: () => selfTest(options), allowUnenforced: false, log });
  await expect(isolation.ready()).rejects.toMatchObject({
    ...{ code: 'isolation', remedy: 'never' },
    message: expect.stringMatching(
      /^Refusing to start workers: cluster policies \(the policy mainloop-writes\.\S+ is missing; /,
    ),
    advice: expect.stringContaining('Install the chart’s admission policies'),
  });
  const overridden = createIsolation({ test: () => selfTest(options), allowUnenforced: true, log });
  await overridden.ready();
  expect(overridden.state().warning).toMatch(/^isolation is not proven: cluster policies \(/);

  const { apiVersion, kind, spec } = saved;
  const body = { apiVersion, kind, metadata: { name: saved.metadata.name }, spec };
  await ask(at.admin, 'POST', policy('policybindings', '').replace(/\/[^/]*$/, ''), body);
  await expect.poll(fences, { timeout: 20_000 }).toEqual([]);
});

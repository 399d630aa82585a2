import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createKube } from '../k8s/client.ts';
import { testBroker } from '../k8s/test-broker.ts';
import { type Installation, installation } from '../k8s/test-installation.ts';
import { examine, findingLine } from './check.ts';
import { clusterChecks } from './cluster-checks.ts';
import type { KubernetesConfig } from './kubernetes-settings.ts';

let at: Installation;
let cluster: KubernetesConfig;
const directory = mkdtempSync(join(tmpdir(), 'doctor-'));

beforeAll(async () => {
  at = await installation(process.env.KUBERNETES_WORKER_IMAGE ?? '');
  const kubeconfig = join(directory, 'kubeconfig');
  writeFileSync(kubeconfig, at.orchestrator.exportConfig());
  vi.stubEnv('KUBECONFIG', kubeconfig);
  const kube = createKube(at.admin);
  // Only its address is wanted, and that its port is free again.
  const broker = await testBroker(kube);
  await broker[Symbol.asyncDispose]();
  await kube.close();
  const { address: host, port } = broker.address;
  cluster = {
    ...{ namespace: at.system, workerImage: at.image, egressHosts: [], allowUnenforced: false },
    ...{ brokerAddress: { host, port }, brokerListen: { host: '0.0.0.0', port } },
    probes: [],
  };
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
  await at?.[Symbol.asyncDispose]();
});

const lines = async (config: KubernetesConfig) =>
  (await Promise.all(clusterChecks(config).map(examine))).flat().map(findingLine);

test('a cluster that is in order gets a line for each thing looked at, also while the program does not run', async () => {
  expect(await lines(cluster)).toEqual([
    expect.stringMatching(/^✔ Cluster: Kubernetes v1\.\d+\.\d+ at https:/),
    '✔ Cluster rights: reads no secrets, makes and enters no pods',
    '✔ Cluster policies: in force',
    '✔ Worker image: pinned by digest, runs',
    '✔ Worker network: closed but for the broker',
    `✔ Broker: reached by workers at ${cluster.brokerAddress.host}:${cluster.brokerAddress.port}`,
    '✔ User namespaces: workers have their own',
    '✔ Worker confinement: complete',
  ]);
});

test('what is wrong comes with what to do about it', async () => {
  const found = await lines({ ...cluster, probes: [cluster.brokerAddress] });
  const { host, port } = cluster.brokerAddress;
  expect(found.filter((line) => !line.startsWith('✔'))).toEqual([
    `✖ Worker network: a worker reaches an address to be closed (${host}:${port}). Use a network plugin that enforces NetworkPolicy for egress, such as Calico or Cilium.`,
  ]);
});

test('a cluster that does not answer is told, and how to name one', async () => {
  const away = join(directory, 'away');
  writeFileSync(away, at.orchestrator.exportConfig().replace(/https:\/\/127\.0\.0\.1:\d+/g, 'https://127.0.0.1:29999'));
  vi.stubEnv('KUBECONFIG', away);
  const [first, second] = await lines(cluster);
  expect(first).toMatch(
    /^✖ Cluster: The cluster does not answer: ECONNREFUSED\. Is it up, and does KUBECONFIG name it/,
  );
  expect(second).toBe('✖ Cluster rights: not tried.');
});

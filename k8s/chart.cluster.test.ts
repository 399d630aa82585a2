import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type KubernetesObject,
  loadAllYaml,
  type V1Deployment,
  type V1NetworkPolicy,
  type V1PodSpec,
  type V1StatefulSet,
} from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { isSecret } from '../bot/secret-settings.ts';
import { settings } from '../bot/settings.ts';
import { renderFences } from './fences.ts';

const chart = fileURLToPath(new URL('chart', import.meta.url));
const pinned = (name: string) => `registry.example.com/mainloop/${name}@sha256:${'0'.repeat(64)}`;
const least = { image: pinned('mainloop'), worker: { image: pinned('worker') } };
const system = 'ml-sys';

type Values = Readonly<Record<string, unknown>>;

async function helm(command: string[], values: Values, more: string[] = []): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'chart-values-'));
  try {
    const file = join(dir, 'values.json');
    await writeFile(file, JSON.stringify({ ...least, ...values }));
    const args = [...command, chart, '--namespace', system, '--values', file, ...more];
    return (await promisify(execFile)('helm', args, { maxBuffer: 2 ** 24 })).stdout;
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function rendered(values: Values = {}, more: string[] = []): Promise<KubernetesObject[]> {
  const text = await helm(['template', 'one'], values, more);
  return (loadAllYaml(text) as (KubernetesObject | null)[]).filter((object) => object !== null);
}

function find<T extends KubernetesObject>(objects: readonly KubernetesObject[], kind: string, name: string): T {
  const found = objects.find((object) => object.kind === kind && object.metadata?.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found as T;
}

function podOf(objects: readonly KubernetesObject[], name: 'orchestrator' | 'broker'): V1PodSpec {
  const kind = name === 'broker' ? 'Deployment' : 'StatefulSet';
  const spec = find<V1Deployment | V1StatefulSet>(objects, kind, name).spec?.template.spec;
  if (!spec) throw new Error(`${name} has no pod`);
  return spec;
}

const variables = ({ containers }: V1PodSpec) =>
  Object.fromEntries((containers[0]?.env ?? []).map(({ name, value, valueFrom }) => [name, valueFrom ?? value]));

const everything: Values = {
  worker: { image: pinned('worker'), runtimeClassName: 'gvisor' },
  imagePullSecrets: [{ name: 'registry' }],
  settings: { PUBLIC_URL: 'https://mainloop.example.com', ANTHROPIC_BASE_URL: 'http://gateway:8000', MAX_WORKERS: '9' },
  isolation: { probes: ['10.0.0.1:443'], allowUnenforced: true },
  orchestrator: { nodeSelector: { disk: 'ssd' }, podAnnotations: { team: 'a' } },
  broker: { replicas: 3, egressHosts: ['registry.example.com', '*.example.org:8443'], tolerations: [{ key: 'a' }] },
  networkPolicy: { webFrom: [{ podSelector: {} }], brokerEgress: [{ to: [{ podSelector: {} }] }] },
  metrics: {
    enabled: true,
    from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    serviceMonitor: { enabled: true, labels: { release: 'prometheus' }, interval: '1m' },
  },
  ingress: { enabled: true, className: 'nginx', host: 'mainloop.example.com', tlsSecretName: 'tls' },
  httpRoute: { enabled: true, parentRefs: [{ name: 'gateway' }], hostnames: ['mainloop.example.com'] },
  postgres: { cloudnativepg: { enabled: true, instances: 3, storage: { size: '20Gi', storageClass: 'fast' } } },
};
/** The operators whose objects the chart can make. */
const operators = ['--api-versions', 'postgresql.cnpg.io/v1', '--api-versions', 'monitoring.coreos.com/v1'];

/** `helm lint` knows no operators. */
const withoutOperators: Values = { postgres: {}, metrics: {} };

describe('the chart', () => {
  test.each([
    ['with the least that it needs', {}],
    ['with all that it can', { ...everything, ...withoutOperators }],
  ])('passes helm lint %s', async (_name, values) => {
    expect(await helm(['lint', '--strict'], values)).toContain('0 chart(s) failed');
  });

  test('brings the fences, as the program itself knows them', async () => {
    const texts = (objects: readonly KubernetesObject[]) => objects.map((object) => JSON.stringify(object));
    const fences = await renderFences({ system, image: pinned('worker'), runtimeClass: 'gvisor' });
    expect(texts(await rendered(everything, operators))).toEqual(expect.arrayContaining(texts(fences)));
  });

  test('names every object of the whole cluster after its namespace, so that several installations fit', async () => {
    const objects = await rendered(everything, operators);
    const wide = objects.filter(({ kind = '' }) => /^Cluster(Role|RoleBinding)$|^ValidatingAdmission/.test(kind));
    expect(wide.length).toBeGreaterThan(0);
    for (const { metadata } of wide) expect(metadata?.name).toMatch(new RegExp(`\\.${system}$`));
    for (const { metadata, kind } of objects)
      expect(wide.some((one) => one.metadata === metadata) || metadata?.namespace === system, kind).toBe(true);
  });

  test.each(['orchestrator', 'broker'] as const)('runs the %s as Pod Security "restricted" wants it', async (name) => {
    const { securityContext, containers, volumes = [] } = podOf(await rendered(everything, operators), name);
    expect(securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 10001,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(containers).toHaveLength(1);
    expect(containers[0]).toMatchObject({
      image: pinned('mainloop'),
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    });
    expect(volumes.filter(({ emptyDir, projected }) => !emptyDir && !projected)).toEqual([]);
  });

  test('lets an upgrade replace a program that never became ready, which by default a StatefulSet waits for', async () => {
    const { spec } = find<V1StatefulSet>(await rendered(), 'StatefulSet', 'orchestrator');
    expect(spec).toMatchObject({ replicas: 1, podManagementPolicy: 'Parallel' });
  });

  test('gives the broker no secret but the key of the model', async () => {
    const objects = await rendered(everything, operators);
    const { containers, volumes, ...pod } = podOf(objects, 'broker');
    expect(containers[0]?.envFrom).toBeUndefined();
    const given = variables({ containers });
    const secret = Object.entries(given).filter(([, value]) => typeof value === 'object');
    expect(secret.map(([name]) => name)).toEqual(['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN']);
    for (const [name, value] of secret) expect(value).toMatchObject({ secretKeyRef: { key: name } });
    expect(volumes?.map(({ name }) => name)).toEqual(['id', 'tmp']);
    expect(volumes?.[0]?.projected?.sources).toEqual([
      { serviceAccountToken: { audience: 'mainloop-orchestrator', path: 'token', expirationSeconds: 3600 } },
    ]);
    expect(pod.serviceAccountName).toBe('broker');
  });

  test('tells both programs what belongs to both', async () => {
    const objects = await rendered({ ...everything, logLevel: 'debug' }, operators);
    const program = variables(podOf(objects, 'orchestrator'));
    const broker = variables(podOf(objects, 'broker'));
    for (const name of ['ANTHROPIC_BASE_URL', 'EGRESS_HOSTS', 'LOG_LEVEL', 'KUBERNETES_NAMESPACE'])
      expect(broker[name]).toBe(program[name]);
    expect(program).toMatchObject({
      ...{ SANDBOX: 'kubernetes', KUBERNETES_NAMESPACE: system, KUBERNETES_WORKER_IMAGE: pinned('worker') },
      ...{ KUBERNETES_RUNTIME_CLASS: 'gvisor', KUBERNETES_PROBES: '10.0.0.1:443', ALLOW_UNENFORCED_ISOLATION: 'true' },
      ...{ EGRESS_HOSTS: 'registry.example.com,*.example.org:8443', MAX_WORKERS: '9', BROKER_ADDRESS: 'broker:8080' },
      EXECUTOR_ID: { fieldRef: { fieldPath: 'metadata.name' } },
    });
  });

  test('leaves to the program what is not said', async () => {
    const given = variables(podOf(await rendered(), 'orchestrator'));
    for (const name of ['KUBERNETES_RUNTIME_CLASS', 'KUBERNETES_PROBES', 'ALLOW_UNENFORCED_ISOLATION', 'EGRESS_HOSTS'])
      expect(given).not.toHaveProperty(name);
    expect(given).not.toHaveProperty('DATABASE_URL');
  });

  test('sets variables that the program knows, and offers each that is no secret and not its own to set', async () => {
    const given = Object.keys(variables(podOf(await rendered(everything, operators), 'orchestrator')));
    expect(given.filter((name) => !Object.hasOwn(settings, name))).toEqual([]);
    const all = Object.fromEntries(Object.keys(settings).map((name) => [name, 'x']));
    const refused = await rendered({ settings: all }).then(
      () => '',
      (error: Error) => error.message,
    );
    const notOffered = Object.keys(settings).filter((name) => refused.includes(`settings.${name}: `));
    const left = notOffered.filter((name) => !isSecret(name) && !given.includes(name));
    expect(left.sort()).toEqual(['BROKER_LISTEN', 'TERMINAL_USER']);
    expect(Object.keys(settings).filter((name) => isSecret(name) && !notOffered.includes(name))).toEqual([]);
  });

  test('lets nobody but the broker to the door, and nobody but workers of this installation to the broker', async () => {
    const objects = await rendered();
    const { ingress = [] } = find<V1NetworkPolicy>(objects, 'NetworkPolicy', 'orchestrator').spec ?? {};
    expect(ingress.find(({ ports }) => ports?.some(({ port }) => port === 3001))?._from).toEqual([
      { podSelector: { matchLabels: { app: 'broker' } } },
    ]);
    const broker = find<V1NetworkPolicy>(objects, 'NetworkPolicy', 'broker').spec;
    expect(broker?.ingress).toEqual([
      {
        ports: [{ protocol: 'TCP', port: 8080 }],
        _from: [
          { namespaceSelector: { matchLabels: { 'mainloop.dev/managed': 'true', 'mainloop.dev/system': system } } },
        ],
      },
    ]);
    const world = broker?.egress?.flatMap(({ to }) => to ?? []).find(({ ipBlock }) => ipBlock?.cidr === '0.0.0.0/0');
    expect(world?.ipBlock?.except).toEqual(['169.254.0.0/16']);
  });

  test('protects several brokers from being drained at once, and a single one from nothing', async () => {
    const kinds = async (replicas: number) => (await rendered({ broker: { replicas } })).map(({ kind }) => kind);
    expect(await kinds(1)).not.toContain('PodDisruptionBudget');
    expect(await kinds(2)).toContain('PodDisruptionBudget');
  });

  test('opens the page by an Ingress or an HTTPRoute when it is told to', async () => {
    const plain = (await rendered()).map(({ kind }) => kind);
    expect(plain).not.toContain('Ingress');
    expect(plain).not.toContain('HTTPRoute');
    const objects = await rendered(everything, operators);
    expect(find(objects, 'Ingress', 'mainloop')).toMatchObject({ spec: { tls: [{ secretName: 'tls' }] } });
    expect(find(objects, 'HTTPRoute', 'mainloop')).toMatchObject({ spec: { parentRefs: [{ name: 'gateway' }] } });
  });

  test('lets Prometheus alone read metrics, where there are any, and has its operator look', async () => {
    const plain = await rendered();
    expect(plain.map(({ kind }) => kind)).not.toContain('ServiceMonitor');
    expect(JSON.stringify(plain)).not.toContain('9090');
    const objects = await rendered(everything, operators);
    const { ingress = [] } = find<V1NetworkPolicy>(objects, 'NetworkPolicy', 'orchestrator').spec ?? {};
    expect(ingress.find(({ ports }) => ports?.some(({ port }) => port === 9090))?._from).toEqual([
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } },
    ]);
    expect(variables(podOf(objects, 'orchestrator')).METRICS_LISTEN).toBe('0.0.0.0:9090');
    const monitor = find<KubernetesObject & { spec?: { selector: { matchLabels: Record<string, string> } } }>(
      objects,
      'ServiceMonitor',
      'mainloop',
    );
    expect(monitor).toMatchObject({
      metadata: { labels: { release: 'prometheus' } },
      spec: { endpoints: [{ port: 'metrics', interval: '1m' }] },
    });
    const service = find(objects, 'Service', 'orchestrator');
    expect(service.metadata?.labels).toMatchObject(monitor.spec?.selector.matchLabels ?? { none: '' });
    const values = { metrics: { enabled: true, from: [{}], serviceMonitor: { enabled: true } } };
    await expect(rendered(values)).rejects.toThrow(/install the Prometheus operator first/);
  });

  test('asks CloudNativePG for a database only where it is, and takes the address from its Secret', async () => {
    const values = { postgres: { cloudnativepg: { enabled: true } } };
    await expect(rendered(values)).rejects.toThrow(/install the CloudNativePG operator first/);
    const objects = await rendered(values, operators);
    expect(find(objects, 'Cluster', 'mainloop-db')).toMatchObject({ spec: { instances: 1, storage: { size: '5Gi' } } });
    expect(variables(podOf(objects, 'orchestrator')).DATABASE_URL).toEqual({
      secretKeyRef: { name: 'mainloop-db-app', key: 'uri' },
    });
  });
});

describe('what the chart is given', () => {
  test.each<[string, Values, RegExp]>([
    ['an image by its tag', { image: 'mainloop/mainloop:latest' }, /image.*does not match/],
    ['a worker without an image', { worker: { runtimeClassName: 'x' } }, /worker.*does not match/],
    ['a value that it does not know', { replicas: 2 }, /replicas.*not allowed/],
    [
      'a setting that is a secret',
      { settings: { GITHUB_TOKEN: 'x' } },
      /settings\.GITHUB_TOKEN: belongs into the Secret mainloop/,
    ],
    ['a misspelt setting', { settings: { PROJECT: 'a/b' } }, /settings\.PROJECT: there is no such setting/],
    [
      'a setting that is the chart’s own',
      { settings: { SANDBOX: 'local' } },
      /settings\.SANDBOX: .*the chart sees to it/,
    ],
    ['a setting that has a value of its own', { settings: { LOG_LEVEL: 'debug' } }, /LOG_LEVEL: set logLevel instead/],
    ['a number for a string', { settings: { MAX_WORKERS: 3 } }, /MAX_WORKERS.*want string/],
    ['no broker at all', { broker: { replicas: 0 } }, /replicas/],
    ['a host with a scheme', { broker: { egressHosts: ['https://example.com'] } }, /egressHosts/],
    ['an address without a port', { isolation: { probes: ['10.0.0.1'] } }, /probes/],
    ['an Ingress without a host', { ingress: { enabled: true } }, /host/],
    ['metrics for everybody', { metrics: { enabled: true } }, /metrics.*from/s],
    ['an HTTPRoute of nobody', { httpRoute: { enabled: true } }, /parentRefs/],
    ['no Secret', { secretName: '' }, /secretName/],
  ])('refuses %s', async (_name, values, reason) => {
    await expect(rendered(values)).rejects.toThrow(reason);
  });
});

import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { accountConfig } from './account-config.ts';
import { audience, label, labels } from './names.ts';
import { orchestratorBinding, workerAccount } from './namespace.ts';
import { defaultDeny } from './network-policy.ts';
import { type Installation, installation } from './test-installation.ts';
import { ask } from './test-request.ts';

const image = 'localhost/mainloop-cluster/tools:1';
const broker = { address: '10.99.0.254', port: 8080, selector: null };
let at: Installation;
/** A task's namespace, made by the orchestrator; one that is not closed yet; one of another installation. */
let own: string;
let early: string;
let foreign: string;

const namespaces = '/api/v1/namespaces';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const core = (namespace: string, rest: string) => `${namespaces}/${namespace}/${rest}`;
const group = (name: string, namespace: string, rest: string) => `/apis/${name}/namespaces/${namespace}/${rest}`;
const networks = (rest = '') => group('networking.k8s.io/v1', own, `networkpolicies${rest}`);
const bindings = (namespace: string) => `${rbac}/namespaces/${namespace}/rolebindings`;
const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const dry = (path: string) => `${path}${path.includes('?') ? '&' : '?'}dryRun=All`;

beforeAll(async () => {
  at = await installation(image);
  [own, early, foreign] = [1, 2, 3].map((task) => `ml-task-${at.instance}-${task}-1-1`) as [string, string, string];
  const done = async (config: KubeConfig, path: string, body: unknown) => {
    // Its rights there take a moment.
    await vi.waitFor(async () => expect((await ask(config, 'POST', path, body)).status).toBe(201), 3_000);
  };
  for (const name of [own, early]) {
    await done(at.orchestrator, namespaces, { metadata: { name, labels: labels.namespace(at, 1) } });
    await done(at.orchestrator, bindings(name), orchestratorBinding(at.system));
    await done(at.orchestrator, core(name, 'serviceaccounts'), workerAccount());
  }
  await done(at.orchestrator, networks(), defaultDeny(broker));
  const others = labels.namespace({ ...at, system: `${at.system}-b` }, 3);
  await done(at.admin, namespaces, { metadata: { name: foreign, labels: others } });
  await done(at.admin, bindings(foreign), orchestratorBinding(at.system));
  await done(at.admin, `${rbac}/clusterroles`, {
    metadata: { name: `mainloop-task-manager.${at.system}-b` },
    rules: [],
  });
  await done(at.admin, bindings('default'), {
    metadata: { name: at.system },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
    subjects: [{ kind: 'ServiceAccount', name: 'orchestrator', namespace: at.system }],
  });
});
afterAll(async () => {
  if (!at) return;
  await ask(at.admin, 'DELETE', `${bindings('default')}/${at.system}`);
  await ask(at.admin, 'DELETE', `${namespaces}/${foreign}`);
  await ask(at.admin, 'DELETE', `${rbac}/clusterroles/mainloop-task-manager.${at.system}-b`);
  await at[Symbol.asyncDispose]();
});

type Try = () => [method: string, path: string, body?: unknown];
const meta = (change: object = {}) => ({ metadata: { name: `ml-task-${at.instance}-9-1-1`, ...change } });
const namespace = (change: Record<string, string | undefined>, rest: object = {}): ReturnType<Try> => [
  'POST',
  dry(namespaces),
  meta({ labels: { ...labels.namespace(at, 9), ...change }, ...rest }),
];
const job = {
  metadata: { name: 'j' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [] as object[] } } },
};
job.spec.template.spec.containers.push({ name: 'worker', image });
const bind = (change: object) => ({ ...orchestratorBinding(at.system), metadata: { name: 'other' }, ...change });
const binding = (where: string, change: object): ReturnType<Try> => ['POST', dry(bindings(where)), bind(change)];
const clusterRole = (name: string) => ({
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
});
const egress = (to: object, port: object = { protocol: 'TCP', port: 8080 }): ReturnType<Try> => [
  'PATCH',
  dry(networks('/default-deny')),
  { spec: { egress: [{ to: [to], ports: [port] }] } },
];
const toBroker = (change: object = {}) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': at.system } },
  podSelector: { matchLabels: { app: 'broker' } },
  ...change,
});
const worker = 'worker';

describe('the orchestrator may', () => {
  const allowed: Record<string, Try> = {
    'make a namespace for a task': () => namespace({}),
    'bind itself there': () => binding(own, {}),
    'make the worker’s account': () => [
      'POST',
      dry(core(own, 'serviceaccounts')),
      { ...workerAccount(), metadata: { name: 'w' } },
    ],
    'start a job where the network is closed': () => ['POST', dry(group('batch/v1', own, 'jobs')), job],
    'open the network to another port of the broker': () => egress({ ipBlock: { cidr: '10.99.0.254/32' } }),
    'open the network to the broker’s pods': () => egress(toBroker()),
    'set a quota': () => ['POST', dry(core(own, 'resourcequotas')), { metadata: { name: 'task' }, spec: { hard: {} } }],
    'read pods, events and jobs of a task': () => ['GET', core(own, 'events')],
    'list namespaces': () => ['GET', `${namespaces}?labelSelector=${label.managed}%3Dtrue`],
    'read its own policies': () => ['GET', `${policies}/mainloop-writes.${at.system}`],
    'ask whose a token is': () => ['POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'x' } }],
    'remove a task’s namespace': () => ['DELETE', dry(`${namespaces}/${own}`)],
  };
  test.each(Object.entries(allowed))('%s', async (_what, attempt) => {
    const answer = await ask(at.orchestrator, ...attempt());
    expect(answer.status, answer.body).toBeLessThan(300);
  });
});

const forbidden: Record<string, Record<string, Try>> = {
  'namespaces: it may not': {
    'make one of another name': () => [
      'POST',
      dry(namespaces),
      meta({ name: 'evil', labels: labels.namespace(at, 9) }),
    ],
    'let the server choose its name': () => namespace({}, { name: undefined, generateName: 'evil-' }),
    'make one without Pod Security': () => namespace({ 'pod-security.kubernetes.io/enforce': undefined }),
    'make one with weaker Pod Security': () => namespace({ 'pod-security.kubernetes.io/enforce': 'baseline' }),
    'make one with the Pod Security of old': () => namespace({ 'pod-security.kubernetes.io/enforce-version': 'v1.20' }),
    'make one that is not marked as managed': () => namespace({ [label.managed]: undefined }),
    'make one of another installation': () => namespace({ [label.system]: 'mainloop' }),
    'make one that opts into a service mesh': () => namespace({ 'istio-injection': 'enabled' }),
    'make one with another’s annotation': () =>
      namespace({}, { annotations: { 'scheduler.alpha.kubernetes.io/x': 'y' } }),
    'take a label off its own': () => [
      'PATCH',
      dry(`${namespaces}/${own}`),
      { metadata: { labels: { [label.managed]: null } } },
    ],
    'finish one off': () => ['PUT', dry(`${namespaces}/${own}/finalize`), { metadata: { name: own }, spec: {} }],
    'remove kube-system': () => ['DELETE', dry(`${namespaces}/kube-system`)],
    'remove its own system namespace': () => ['DELETE', dry(`${namespaces}/${at.system}`)],
    'remove that of another installation': () => ['DELETE', dry(`${namespaces}/${foreign}`)],
  },
  'secrets and tokens: it may not': {
    'list all secrets': () => ['GET', '/api/v1/secrets'],
    'list the secrets of a task': () => ['GET', core(own, 'secrets')],
    'list the secrets beside it': () => ['GET', core(at.system, 'secrets')],
    'read a secret': () => ['GET', core('kube-system', 'secrets/x')],
    'make a secret': () => ['POST', dry(core(own, 'secrets')), meta()],
    'mint a worker’s token': () => ['POST', core(own, `serviceaccounts/${worker}/token`), {}],
    'mint the broker’s token': () => ['POST', core(at.system, 'serviceaccounts/broker/token'), {}],
    'read config maps beside it': () => ['GET', core(at.system, 'configmaps')],
    'ask for a certificate': () => ['POST', dry('/apis/certificates.k8s.io/v1/certificatesigningrequests'), meta()],
  },
  'pods: it may not': {
    'make a pod': () => ['POST', dry(core(own, 'pods')), { metadata: { name: 'p' }, ...job.spec.template }],
    'change a pod': () => ['PATCH', dry(core(own, 'pods/p')), meta()],
    'enter a pod': () => ['POST', core(own, 'pods/p/exec?command=sh&stdout=true')],
    'enter a pod by GET': () => ['GET', core(own, 'pods/p/exec?command=sh&stdout=true')],
    'attach to a pod': () => ['GET', core(own, 'pods/p/attach')],
    'forward a port of a pod': () => ['GET', core(own, 'pods/p/portforward')],
    'reach a pod through the API server': () => ['GET', core(own, 'pods/p/proxy/')],
    'add a container to a pod': () => ['PATCH', dry(core(own, 'pods/p/ephemeralcontainers')), meta()],
    'see pods elsewhere': () => ['GET', '/api/v1/pods'],
    'reach a node': () => ['GET', '/api/v1/nodes/node/proxy/pods'],
    'start a job in kube-system': () => ['POST', dry(group('batch/v1', 'kube-system', 'jobs')), job],
    'start a job beside it': () => ['POST', dry(group('batch/v1', at.system, 'jobs')), job],
    'start a job for another installation': () => ['POST', dry(group('batch/v1', foreign, 'jobs')), job],
    'start a job where the network is open': () => ['POST', dry(group('batch/v1', early, 'jobs')), job],
    'make a deployment': () => ['POST', dry(group('apps/v1', own, 'deployments')), meta()],
    'make a cron job': () => ['POST', dry(group('batch/v1', own, 'cronjobs')), meta()],
    'make a service': () => ['POST', dry(core(own, 'services')), meta()],
  },
  'roles: it may not': {
    'bind itself in kube-system': () => binding('kube-system', {}),
    'bind itself beside it': () => binding(at.system, {}),
    'bind itself for another installation': () => binding(foreign, {}),
    'bind another role': () => binding(own, clusterRole('cluster-admin')),
    'bind a role that reads alone': () => binding(own, clusterRole('view')),
    'bind the role of another installation': () => binding(own, clusterRole(`mainloop-task-manager.${at.system}-b`)),
    'bind its role to a worker': () =>
      binding(own, { subjects: [{ kind: 'ServiceAccount', name: worker, namespace: own }] }),
    'bind its role to a user': () => binding(own, { subjects: [{ kind: 'User', name: 'eve' }] }),
    'bind everywhere': () => ['POST', dry(`${rbac}/clusterrolebindings`), bind({})],
    'make a role': () => ['POST', dry(`${rbac}/namespaces/${own}/roles`), meta()],
    'widen its role': () => ['PATCH', dry(`${rbac}/clusterroles/mainloop-task-manager.${at.system}`), { rules: [] }],
    'hand out a cloud’s role': () => [
      'POST',
      dry(core(own, 'serviceaccounts')),
      { ...workerAccount(), metadata: { name: 'w', annotations: { 'eks.amazonaws.com/role-arn': 'x' } } },
    ],
    'make an account that mounts tokens': () => [
      'POST',
      dry(core(own, 'serviceaccounts')),
      { metadata: { name: 'w' } },
    ],
    'use a role that somebody bound to it elsewhere': () => ['POST', dry(core('default', 'configmaps')), meta()],
  },
  'fences: it may not': {
    'remove a policy': () => ['DELETE', dry(`${policies}/mainloop-writes.${at.system}`)],
    'change what a policy does': () => [
      'PATCH',
      dry(`/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/mainloop-writes.${at.system}`),
      { spec: { validationActions: ['Audit'] } },
    ],
    'add a second NetworkPolicy': () => ['POST', dry(networks()), { ...defaultDeny(broker), ...meta() }],
    'remove the NetworkPolicy': () => ['DELETE', dry(networks('/default-deny'))],
    'spare pods of it': () => [
      'PATCH',
      dry(networks('/default-deny')),
      { spec: { podSelector: { matchLabels: { a: 'b' } } } },
    ],
    'leave a direction open': () => ['PATCH', dry(networks('/default-deny')), { spec: { policyTypes: ['Ingress'] } }],
    'let others in': () => ['PATCH', dry(networks('/default-deny')), { spec: { ingress: [{}] } }],
    'open everything': () => ['PATCH', dry(networks('/default-deny')), { spec: { egress: [{}] } }],
    'open a second way': () => [
      'PATCH',
      dry(networks('/default-deny')),
      { spec: { egress: [defaultDeny(broker), defaultDeny(broker)].flatMap((one) => one.spec?.egress ?? []) } },
    ],
    'open a network': () => egress({ ipBlock: { cidr: '10.99.0.0/24' } }),
    'open the metadata address': () => egress({ ipBlock: { cidr: '169.254.169.254/32' } }),
    'open all ports': () => ['PATCH', dry(networks('/default-deny')), { spec: { egress: [{ to: [toBroker()] }] } }],
    'open a range of ports': () => egress(toBroker(), { protocol: 'TCP', port: 1, endPort: 9999 }),
    'open UDP': () => egress(toBroker(), { protocol: 'UDP', port: 53 }),
    'open what is beside the broker': () => egress(toBroker({ podSelector: { matchLabels: { app: 'postgres' } } })),
    'open all that is beside it': () => egress(toBroker({ podSelector: undefined })),
    'open every namespace': () => egress(toBroker({ namespaceSelector: {} })),
    'open another namespace': () =>
      egress(toBroker({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } })),
    'open the namespace of tasks': () => egress({ podSelector: { matchLabels: { app: 'broker' } } }),
  },
};

const refused = async (config: KubeConfig, ...[method, path, body]: ReturnType<Try>) => {
  const answer = await ask(config, method, path, body);
  expect([403, 422], answer.body).toContain(answer.status);
  expect(answer.body).toContain('forbidden');
};

describe.each(Object.entries(forbidden))('%s', (_about, tries) => {
  test.each(Object.entries(tries))('%s', (_what, attempt) => refused(at.orchestrator, ...attempt()));
});

test('the orchestrator may not act as somebody else', async () => {
  const cluster = at.orchestrator.getCurrentCluster();
  const user = at.orchestrator.getCurrentUser();
  const config = new KubeConfig();
  if (cluster && user) config.loadFromClusterAndUser(cluster, { ...user, impersonateUser: 'system:admin' });
  await refused(config, 'GET', namespaces);
});

test('the broker may ask whose a token is, and nothing else', async () => {
  const asked = await ask(at.broker, 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'x' } });
  expect(asked.status).toBe(201);
  for (const path of [namespaces, '/api/v1/secrets', core(at.system, 'secrets'), core(own, 'pods'), networks()])
    await refused(at.broker, 'GET', path);
  await refused(at.broker, 'POST', dry(namespaces), meta());
  await refused(at.broker, 'POST', core(own, `serviceaccounts/${worker}/token`), {});
  await refused(at.broker, 'POST', core(at.system, 'serviceaccounts/orchestrator/token'), {});
});

test('a worker may do nothing, should it ever hold a token of the API server', async () => {
  const config = await accountConfig(at.admin, own, worker);
  for (const path of [namespaces, '/api/v1/secrets', core(own, 'secrets'), core(own, 'pods'), networks()])
    await refused(config, 'GET', path);
  await refused(config, 'POST', dry(core(own, 'pods')), meta());
  await refused(config, 'DELETE', networks('/default-deny'));
});

test('the token that a worker holds is none for the API server', async () => {
  const minting = core(own, `serviceaccounts/${worker}/token`);
  const { body } = await ask(at.admin, 'POST', minting, { spec: { audiences: [audience.egress] } });
  const cluster = at.admin.getCurrentCluster();
  const config = new KubeConfig();
  if (cluster) config.loadFromClusterAndUser(cluster, { name: worker, token: JSON.parse(body).status.token });
  expect((await ask(config, 'GET', namespaces)).status).toBe(401);
});

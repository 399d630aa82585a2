import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyFences } from './fences.ts';
import { labels } from './names.ts';
import { type Installation, installation } from './test-installation.ts';
import { ask } from './test-request.ts';

const image = 'localhost/mainloop-cluster/tools:1';
let at: Installation;
let namespace: string;

beforeAll(async () => {
  at = await installation(image);
  namespace = `ml-task-${at.instance}-1-1-1`;
  const body = { metadata: { name: namespace, labels: labels.namespace(at, 1) } };
  expect((await ask(at.admin, 'POST', '/api/v1/namespaces', body)).status).toBe(201);
  const worker = { metadata: { name: 'worker' }, automountServiceAccountToken: false };
  expect((await ask(at.admin, 'POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, worker)).status).toBe(201);
});
afterAll(() => at?.[Symbol.asyncDispose]());

const container: V1Container = {
  name: 'worker',
  image,
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  env: [{ name: 'HOME', value: '/home/agent' }],
};
const worker: V1PodSpec = {
  restartPolicy: 'Never',
  serviceAccountName: 'worker',
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  hostUsers: false,
  dnsPolicy: 'None',
  dnsConfig: { nameservers: ['127.0.0.1'] },
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 10001,
    runAsGroup: 10001,
    fsGroup: 10001,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  containers: [container],
  volumes: [
    { name: 'work', emptyDir: {} },
    { name: 'id', projected: { sources: [{ serviceAccountToken: { audience: 'mainloop-egress', path: 'token' } }] } },
  ],
};

const make = (spec: Change) =>
  ask(at.admin, 'POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, { metadata: { name: 'p' }, spec });

/** Fields of a spec; `undefined` leaves one out. */
type Change = { readonly [Key in keyof V1PodSpec]?: unknown };

const withContainer = (change: object): Change => ({
  containers: [{ ...container, ...change }],
});
const secured = (change: object) => withContainer({ securityContext: { ...container.securityContext, ...change } });
const podSecured = (change: object): Change => ({
  securityContext: { ...worker.securityContext, ...change },
});
const volume = (source: object): Change => ({ volumes: [{ name: 'v', ...source }] });
const projected = (...sources: object[]) => volume({ projected: { sources } });

test('a pod as workers are is admitted', async () => {
  const { status, body } = await make(worker);
  expect(status, body).toBe(201);
});

const deviations: Record<string, Change> = {
  'another image': withContainer({ image: 'localhost/mainloop-cluster/other:1' }),
  'a container beside the worker': { containers: [container, { ...container, name: 'second' }] },
  'an init container': { initContainers: [{ ...container, name: 'first' }] },
  'another account': { serviceAccountName: 'default' },
  'a token of the API server': { automountServiceAccountToken: true },
  'no word about tokens': { automountServiceAccountToken: undefined },
  'links to services': { enableServiceLinks: true },
  'its host’s users': { hostUsers: true },
  'no word about users': { hostUsers: undefined },
  'its host’s network': { hostNetwork: true, hostUsers: true },
  'its host’s processes': { hostPID: true, hostUsers: true },
  'its host’s IPC': { hostIPC: true, hostUsers: true },
  'the cluster’s DNS': { dnsPolicy: 'ClusterFirst' },
  'root as its user': podSecured({ runAsUser: 0, runAsNonRoot: false }),
  'another user': podSecured({ runAsUser: 10002 }),
  'no user named': podSecured({ runAsUser: undefined }),
  'no word about root': podSecured({ runAsNonRoot: undefined }),
  'root’s group': podSecured({ runAsGroup: 0 }),
  'further groups': podSecured({ supplementalGroups: [0] }),
  'root in its container': secured({ runAsUser: 0 }),
  'root allowed in its container': secured({ runAsNonRoot: false }),
  'root’s group in its container': secured({ runAsGroup: 0 }),
  'no seccomp': podSecured({ seccompProfile: { type: 'Unconfined' } }),
  'its own seccomp': podSecured({ seccompProfile: { type: 'Localhost', localhostProfile: 'x.json' } }),
  'no seccomp in its container': secured({ seccompProfile: { type: 'Unconfined' } }),
  'a kernel setting': podSecured({ sysctls: [{ name: 'kernel.msgmax', value: '1' }] }),
  'no AppArmor': podSecured({ appArmorProfile: { type: 'Unconfined' } }),
  'an SELinux type': podSecured({ seLinuxOptions: { type: 'spc_t' } }),
  'a writable root': secured({ readOnlyRootFilesystem: false }),
  'no word about its root': secured({ readOnlyRootFilesystem: undefined }),
  privileges: secured({ privileged: true, allowPrivilegeEscalation: true }),
  'privileges to gain': secured({ allowPrivilegeEscalation: undefined }),
  'capabilities kept': secured({ capabilities: { drop: ['NET_RAW'] } }),
  'a capability added': secured({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }),
  'an unmasked /proc': secured({ procMount: 'Unmasked' }),
  'a secret as a volume': volume({ secret: { secretName: 's' } }),
  'a directory of its host': volume({ hostPath: { path: '/' } }),
  'a config map as a volume': volume({ configMap: { name: 'kube-root-ca.crt' } }),
  'a claimed volume': volume({ persistentVolumeClaim: { claimName: 'c' } }),
  'a volume over the network': volume({ nfs: { server: '10.0.0.1', path: '/' } }),
  'another image as a volume': volume({ image: { reference: 'localhost/other:1' } }),
  'its own description as a volume': volume({
    downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.labels' } }] },
  }),
  'a token for another audience': projected({ serviceAccountToken: { audience: 'sts.amazonaws.com', path: 't' } }),
  'a token for the API server': projected({ serviceAccountToken: { path: 't' } }),
  'a secret beside its token': projected(
    { serviceAccountToken: { audience: 'mainloop-egress', path: 't' } },
    { secret: { name: 's' } },
  ),
  'a projected config map': projected({ configMap: { name: 'kube-root-ca.crt' } }),
  'a secret in its environment': withContainer({
    env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
  }),
  'a whole secret as its environment': withContainer({ envFrom: [{ secretRef: { name: 's' } }] }),
  'a probe': withContainer({ livenessProbe: { tcpSocket: { port: 80 } } }),
  'a probe of another host': withContainer({ livenessProbe: { httpGet: { host: '169.254.169.254', port: 80 } } }),
  'a hook': withContainer({
    lifecycle: { postStart: { httpGet: { host: '169.254.169.254', port: 80 } } },
  }),
  'a port of its host': withContainer({ ports: [{ containerPort: 8080, hostPort: 8080 }] }),
  'a node by name': { nodeName: 'node' },
  'a place on the control plane': {
    tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }],
  },
  'a place anywhere': { tolerations: [{ operator: 'Exists' }] },
  'a device': { resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] },
  'the system’s priority': { priorityClassName: 'system-node-critical' },
};

test.each(Object.entries(deviations))('a pod with %s is refused, to an administrator too', async (_what, change) => {
  const answer = await make({ ...worker, ...change });
  expect(answer.status, answer.body).toBe(403);
  expect(answer.body).toMatch(/ValidatingAdmissionPolicy|violates PodSecurity/);
});

test('every rule of the shape refuses something', async () => {
  const said = await Promise.all(Object.values(deviations).map((change) => make({ ...worker, ...change })));
  const policy = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/mainloop-task-pods.${at.system}`;
  const { spec } = JSON.parse((await ask(at.admin, 'GET', policy)).body);
  const messages = spec.validations.map(({ message }: { message: string }) => message);
  const silent = messages.filter((message: string) =>
    said.every(({ body }) => !JSON.parse(body).message.includes(message)),
  );
  expect(silent).toEqual(['A worker\'s pod has the runtime class "".']);
});

test('nothing can be added to a pod that runs, and it may outlive a change of the image', async () => {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const waits = { ...worker, nodeSelector: { nowhere: 'true' } };
  const made = await ask(at.admin, 'POST', pods, { metadata: { name: 'waits' }, spec: waits });
  expect(made.status, made.body).toBe(201);
  const debug = { spec: { ephemeralContainers: [{ ...container, name: 'debug' }] } };
  const other = { spec: { containers: [{ ...container, image: 'localhost/other:1' }] } };
  const label = { metadata: { labels: { seen: 'true' } } };
  const patch = async (path: string, body: object) => (await ask(at.admin, 'PATCH', `${pods}/${path}`, body)).status;
  expect(await patch('waits/ephemeralcontainers', debug)).toBe(403);
  expect(await patch('waits', other)).toBe(403);
  expect(await patch('waits', label)).toBe(200);

  const runtimeClass = `class-${at.system}`;
  const classes = '/apis/node.k8s.io/v1/runtimeclasses';
  await ask(at.admin, 'POST', classes, { metadata: { name: runtimeClass }, handler: 'runc' });
  try {
    const classed = { ...worker, runtimeClassName: runtimeClass };
    const refused = await make(classed);
    expect(refused.status, refused.body).toBe(403);
    expect(refused.body).toContain('runtime class');
    await applyFences(at.admin, { system: at.system, image, runtimeClass });
    await expect.poll(async () => (await make(classed)).status, { timeout: 10_000 }).toBe(201);
    expect((await make(worker)).body).toContain('runtime class');
    expect(await patch('waits', { metadata: { finalizers: null, labels: { seen: 'again' } } })).toBe(200);
    expect(await patch('waits/ephemeralcontainers', debug)).toBe(403);
  } finally {
    await ask(at.admin, 'DELETE', `${classes}/${runtimeClass}`);
  }
});

import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import {
  ApiException,
  CoreV1Api,
  type KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  loadAllYaml,
  PatchStrategy,
  RbacAuthorizationV1Api,
} from '@kubernetes/client-node';
import { Failure } from '../core/errors.ts';
import { accountConfig } from './account-config.ts';
import { account, taskRole } from './names.ts';

export interface FenceOptions {
  /** The namespace of the program and the broker. */
  readonly system: string;
  /** The only image that workers may run, pinned by digest. */
  readonly image: string;
  /** The RuntimeClass that workers must have; without, they must have none. */
  readonly runtimeClass?: string;
}

const templates = new URL('chart/templates/fences/', import.meta.url);
const fieldManager = 'mainloop-fences';
const patienceMs = 30_000;

/**
 * The chart's accounts, roles and admission policies as `helm template` renders them: policies before what binds them.
 * Throws when a template asks for anything but the three options.
 */
export async function renderFences(options: FenceOptions): Promise<KubernetesObject[]> {
  const files = (await readdir(templates)).filter((name) => name.endsWith('.yaml')).sort();
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, templates), 'utf8')));
  const objects = texts.flatMap((text) => loadAllYaml(fill(text, options)) as KubernetesObject[]);
  return [...objects.filter((object) => !isBinding(object)), ...objects.filter(isBinding)];
}

function fill(text: string, { system, image, runtimeClass = '' }: FenceOptions): string {
  const values: Readonly<Record<string, string>> = {
    '.Release.Namespace': system,
    '.Values.worker.image': image,
    '.Values.worker.runtimeClassName': runtimeClass,
  };
  return text.replace(/\{\{-?\s*(.*?)\s*-?\}\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined || !/^[\w./:@-]*$/.test(value))
      throw new Failure(`The fences can't be rendered: ${whole} has no value that fits.`, {
        code: 'fences_template',
        remedy: 'never',
      });
    return value;
  });
}

const isBinding = ({ kind = '' }: KubernetesObject) => kind.endsWith('Binding');

/**
 * Puts the fences into a cluster, and the system namespace where it isn't there, and waits until they hold: policies take
 * one to three seconds. Needs an administrator's rights. Safe to repeat.
 */
export async function applyFences(admin: KubeConfig, options: FenceOptions): Promise<void> {
  const core = admin.makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: options.system } } }).catch(unless(409));
  const api = KubernetesObjectApi.makeApiClient(admin);
  for (const object of await renderFences(options))
    await api.patch(object, undefined, undefined, fieldManager, true, PatchStrategy.ServerSideApply);
  await untilTheyHold(admin, options.system);
}

/** Takes the fences away, not the system namespace. Safe to repeat. */
export async function removeFences(admin: KubeConfig, options: FenceOptions): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(admin);
  for (const object of (await renderFences(options)).reverse()) await api.delete(object).catch(unless(404));
}

/**
 * Tries what only the policy and binding applied last forbid, mainloop-writes. The API server learns of policies and of
 * bindings in the order in which they were made, so the others hold by then.
 */
async function untilTheyHold(admin: KubeConfig, system: string): Promise<void> {
  const config = await accountConfig(admin, system, account.orchestrator);
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  const body = {
    metadata: { name: account.orchestrator },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: taskRole(system) },
    subjects: [{ kind: 'ServiceAccount', name: account.orchestrator, namespace: system }],
  };
  for (const giveUp = Date.now() + patienceMs; ; await setTimeout(200)) {
    const refusal = await rbac.createNamespacedRoleBinding({ namespace: 'kube-system', body, dryRun: 'All' }).then(
      () => '',
      (error: unknown) => (error instanceof ApiException ? String(error.body) : Promise.reject(error)),
    );
    if (refusal.includes(`mainloop-writes.${system}`)) return;
    if (Date.now() > giveUp)
      throw new Failure(`The admission policies do not hold ${patienceMs / 1000} s after they were applied.`, {
        code: 'fences_inactive',
        remedy: 'retry',
        advice: 'Does the API server have ValidatingAdmissionPolicy (Kubernetes 1.33 or newer)?',
      });
  }
}

const unless = (code: number) => (error: unknown) => {
  if (!(error instanceof ApiException) || error.code !== code) throw error;
};

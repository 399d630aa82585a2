/** Makes a task's namespace and all that must be in it before a worker is. Everything may be there already. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type KubernetesObject, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { AttemptId } from '../core/domain/ids.ts';
import { Failure } from '../core/errors.ts';
import type { Kube } from './client.ts';
import { hasCode } from './kube-error.ts';
import { taskLimits, taskQuota } from './limits.ts';
import type { Owner } from './names.ts';
import { namespace, orchestratorBinding, workerAccount } from './namespace.ts';
import { type BrokerAddress, defaultDeny } from './network-policy.ts';

/** What was just made takes a moment to be known everywhere. */
const bindingMs = 2_000;

/** Makes the namespace named after `attempt`; answers its name. Throws when somebody else has one of that name. */
export async function createNamespace(kube: Kube, owner: Owner, attempt: AttemptId): Promise<string> {
  const wanted = namespace(owner, attempt);
  const name = wanted.metadata?.name ?? '';
  await createUnless(
    () => kube.core.createNamespace({ body: wanted }),
    async () => {
      const { metadata } = await kube.core.readNamespace({ name });
      if (!sameIn(wanted.metadata?.labels, metadata?.labels)) throw taken(`namespace ${name}`);
      if (metadata?.deletionTimestamp) throw ending(name);
    },
  );
  return name;
}

/** Binds the orchestrator, then puts up what fences the worker. Also brings what is there up to date. */
export async function prepareNamespace(kube: Kube, name: string, owner: Owner, broker: BrokerAddress): Promise<void> {
  const binding = orchestratorBinding(owner.system);
  const bound = { namespace: name, name: binding.metadata?.name ?? '' };
  await createUnless(
    () => kube.rbac.createNamespacedRoleBinding({ namespace: name, body: binding }),
    async () => {
      const there = await kube.rbac.readNamespacedRoleBinding(bound);
      if (there.roleRef.name !== binding.roleRef.name) throw taken(`role binding ${bound.name} in ${name}`);
    },
  );
  const { core, networking } = kube;
  const applied = (body: KubernetesObject) => ({
    ...{ namespace: name, name: body.metadata?.name ?? '', body },
    ...{ fieldManager: 'mainloop', force: true },
  });
  await onceBound(() =>
    Promise.all([
      core.patchNamespacedServiceAccount(applied(workerAccount()), asApplied),
      networking.patchNamespacedNetworkPolicy(applied(defaultDeny(broker)), asApplied),
      core.patchNamespacedResourceQuota(applied(taskQuota()), asApplied),
      core.patchNamespacedLimitRange(applied(taskLimits()), asApplied),
    ]),
  );
}

/** Server-side apply: makes the object, or makes it what it should be. */
const asApplied = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply);

/** Creates something; false when it is there: `check` throws when what is under its name is something else. */
export async function createUnless(create: () => Promise<unknown>, check: () => Promise<void>): Promise<boolean> {
  try {
    await create();
    return true;
  } catch (error) {
    if (!hasCode(error, 'already_exists')) throw error;
    await check();
    return false;
  }
}

/** Whether an object has all of these labels. */
export const sameIn = (wanted: Record<string, string> = {}, there: Record<string, string> = {}): boolean =>
  Object.entries(wanted).every(([key, value]) => there[key] === value);

export const taken = (what: string): Failure =>
  new Failure(`The ${what} is there already and is not ours.`, {
    ...{ code: 'name_taken', remedy: 'never' },
    advice: 'Somebody has to look at it in the cluster, and to remove it if nobody needs it.',
  });

/** A namespace that is on its way out takes nothing more; the next try finds it gone. */
export const ending = (name: string): Failure =>
  new Failure(`The namespace ${name} is being removed.`, { code: 'namespace_ending', remedy: 'retry' });

/**
 * Repeats a call in a new namespace until the API server knows what was just made there: the binding, and the
 * NetworkPolicy without which no Job is admitted.
 */
export async function onceBound<T>(call: () => Promise<T>): Promise<T> {
  for (const until = Date.now() + bindingMs; ; await sleep(20)) {
    try {
      return await call();
    } catch (error) {
      const isEarly = hasCode(error, 'forbidden') || /no params found/.test(String(error));
      if (!isEarly || Date.now() > until) throw error;
    }
  }
}

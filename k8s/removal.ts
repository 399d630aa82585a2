import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Namespace } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { TaskNumber } from '../core/domain/ids.ts';
import { describe } from '../core/errors.ts';
import type { Kube } from './client.ts';
import { hasCode, orNull } from './kube-error.ts';
import type { TaskNamespaces } from './task-namespaces.ts';

const pollMs = 500;
/** A worker that ignores SIGTERM holds its namespace for 40 s. */
const patientMs = 90_000;
const alarmMs = 5 * 60_000;

/**
 * Removes a task's namespaces, and with them everything in them. Waits until they are gone, but not for ever: a name is
 * never used again, so nothing waits for it. One that is still there after five minutes is told to the operator.
 */
export async function removeNamespaces(
  kube: Kube,
  namespaces: TaskNamespaces,
  task: TaskNumber,
  log: Logger,
): Promise<void> {
  for (const { metadata } of await namespaces.all(task)) {
    if (!metadata?.deletionTimestamp) await remove(kube, metadata?.name ?? '');
  }
  const left = await leftAfter(namespaces, task, patientMs);
  if (left.length > 0) void tellLater(namespaces, task, log);
}

async function remove(kube: Kube, name: string): Promise<void> {
  try {
    await orNull(kube.core.deleteNamespace({ name, propagationPolicy: 'Foreground' }));
  } catch (error) {
    // It is on its way out already.
    if (!hasCode(error, 'conflict')) throw error;
  }
}

async function leftAfter(namespaces: TaskNamespaces, task: TaskNumber, withinMs: number): Promise<V1Namespace[]> {
  for (const until = Date.now() + withinMs; ; await sleep(pollMs, undefined, { ref: false })) {
    const left = await namespaces.all(task);
    if (left.length === 0 || Date.now() > until) return left;
  }
}

async function tellLater(namespaces: TaskNamespaces, task: TaskNumber, log: Logger): Promise<void> {
  try {
    await sleep(alarmMs - patientMs, undefined, { ref: false });
    for (const { metadata, status } of await namespaces.all(task)) {
      const conditions = status?.conditions?.filter(({ status: state }) => state === 'True');
      log.warn({ task, namespace: metadata?.name, conditions }, 'a namespace does not go away');
    }
  } catch (error) {
    log.warn({ task, error: describe(error) }, 'nobody knows whether a namespace went away');
  }
}

import type { V1Pod } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { AttemptId, TaskNumber } from '../core/domain/ids.ts';
import { describe } from '../core/errors.ts';
import type { Sandbox, SandboxSpec } from '../core/ports.ts';
import { hasEnded, statusOfPod } from './classify-pod.ts';
import type { Kube } from './client.ts';
import { type WorkerPod, workerJob } from './job.ts';
import { hasCode } from './kube-error.ts';
import { look, newestPod } from './look.ts';
import { jobName, type Owner, taskOfAttempt } from './names.ts';
import { createObserver } from './observe.ts';
import { podLog } from './pod-log.ts';
import { createNamespace, createUnless, ending, onceBound, prepareNamespace, sameIn, taken } from './provision.ts';
import { removeNamespaces } from './removal.ts';
import { exited, starting } from './statuses.ts';
import { suspend } from './stop.ts';
import { createTaskNamespaces } from './task-namespaces.ts';

export interface KubernetesSandboxOptions extends WorkerPod, Owner {
  readonly kube: Kube;
  /** Resolves when the isolation was tried and holds; throws Failure when it does not. Asked before each start. */
  readonly ready: () => Promise<void>;
  /** Why the isolation should not be relied on; known only once it was tried. */
  readonly warning: () => string | null;
  /** As the sandbox's own, where a broker of its own stands between. */
  readonly heardSince?: () => number | null;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Tasks whose namespaces may be made before their turn comes. */
const mostAhead = 10;

/**
 * Workers as pods: a namespace per task, in which nothing can reach more than the broker, and a Job per attempt, which the
 * cluster runs once. A Job stays until its task's namespace goes, so an attempt is never begun twice.
 */
export function createKubernetesSandbox(options: KubernetesSandboxOptions): Sandbox {
  const { kube, log, now = Date.now } = options;
  const namespaces = createTaskNamespaces(kube, options);
  const prepared = new Map<TaskNumber, string>();
  /** Tasks that were expected and have not begun. */
  const ahead = new Map<TaskNumber, Promise<unknown>>();
  const beginning = new Map<AttemptId, Promise<void>>();
  /** What stopped workers had written: the cluster forgets it with the pod. */
  const kept = new Map<AttemptId, string>();
  const observer = createObserver({ log, now, look: (attempt) => look(kube, namespaces, attempt, now) });

  /** The namespace of the attempt's task, with all that must be in it before a worker is. */
  async function house(attempt: AttemptId): Promise<string> {
    await options.ready();
    const task = taskOfAttempt(attempt);
    const there = await namespaces.live(task);
    const namespace = there ?? (await createNamespace(kube, options, attempt));
    if (!there || prepared.get(task) !== namespace) {
      await within(namespace, task, () => prepareNamespace(kube, namespace, options, options.broker));
      prepared.set(task, namespace);
    }
    return namespace;
  }

  /** Works in a namespace; should somebody remove it meanwhile, the next try makes another. */
  async function within<T>(namespace: string, task: TaskNumber, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      prepared.delete(task);
      if (!hasCode(error, 'not_found') && !/being terminated/.test(String(error))) throw error;
      namespaces.forget(task);
      throw ending(namespace);
    }
  }

  async function begin(spec: SandboxSpec): Promise<void> {
    const { attempt, task } = spec;
    await ahead.get(task);
    ahead.delete(task);
    const namespace = await house(attempt);
    if (!(await within(namespace, task, () => createJob(namespace, spec)))) return;
    observer.note(attempt, starting('it is being created'));
    log.info({ attempt, namespace }, 'worker started');
  }

  /** False when the attempt has had its Job. */
  async function createJob(namespace: string, spec: SandboxSpec): Promise<boolean> {
    const job = workerJob(options, spec, now());
    return createUnless(
      () => onceBound(() => kube.batch.createNamespacedJob({ namespace, body: job })),
      async () => {
        const name = jobName(spec.attempt);
        const { metadata } = await kube.batch.readNamespacedJob({ namespace, name });
        if (!sameIn(job.metadata?.labels, metadata?.labels)) throw taken(`Job ${name} in ${namespace}`);
      },
    );
  }

  async function podOf(attempt: AttemptId) {
    const namespace = await namespaces.live(taskOfAttempt(attempt));
    return { namespace, pod: namespace ? await newestPod(kube, namespace, attempt) : null };
  }

  async function keepOutput(attempt: AttemptId, pod: V1Pod): Promise<void> {
    try {
      kept.set(attempt, await podLog(kube, pod));
    } catch (error) {
      // Stopping it matters more than what it wrote.
      log.warn({ attempt, error: describe(error) }, 'the output of a worker was not kept');
    }
  }

  return {
    name: 'kubernetes',
    get warning() {
      return options.warning();
    },
    expect(attempt) {
      const task = taskOfAttempt(attempt);
      if (prepared.has(task) || ahead.has(task) || ahead.size >= mostAhead) return;
      const housed = house(attempt).catch((error: unknown) => {
        ahead.delete(task);
        // The start tries it again, and says what is wrong.
        log.debug({ attempt, error: describe(error) }, 'no namespace was made ahead');
      });
      ahead.set(task, housed);
    },
    async start(spec) {
      const running = beginning.get(spec.attempt) ?? begin(spec).finally(() => beginning.delete(spec.attempt));
      beginning.set(spec.attempt, running);
      await running;
    },
    status: (attempt) => observer.status(attempt),
    async output(attempt) {
      const { pod } = await podOf(attempt);
      return (pod && (await podLog(kube, pod))) || (kept.get(attempt) ?? '');
    },
    async stop(attempt) {
      await beginning.get(attempt)?.catch(() => undefined);
      const { namespace, pod } = await podOf(attempt);
      if (!namespace) return;
      if (pod && hasEnded(pod)) return observer.note(attempt, statusOfPod(pod, now()));
      if (pod) await keepOutput(attempt, pod);
      if (await suspend(kube, namespace, attempt)) observer.note(attempt, exited('stopped'));
    },
    async remove(task) {
      await ahead.get(task);
      ahead.delete(task);
      observer.forget(task);
      namespaces.forget(task);
      await removeNamespaces(kube, namespaces, task, log);
      namespaces.forget(task);
      observer.forget(task);
      prepared.delete(task);
      for (const attempt of kept.keys()) if (taskOfAttempt(attempt) === task) kept.delete(attempt);
    },
    tasks: () => namespaces.tasks(),
    ...(options.heardSince && { heardSince: options.heardSince }),
  };
}

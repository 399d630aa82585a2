import type { V1Namespace } from '@kubernetes/client-node';
import type { TaskNumber } from '../core/domain/ids.ts';
import type { Kube } from './client.ts';
import { canaryTask, label, type Owner, ownNamespaces, selector } from './names.ts';

export interface TaskNamespaces {
  /** The name of the one in which the task's attempts are; null when there is none, or none that isn't being removed. */
  live(task: TaskNumber): Promise<string | null>;
  /** All of a task, those that are being removed too. */
  all(task: TaskNumber): Promise<V1Namespace[]>;
  /** The tasks that have one. */
  tasks(): Promise<TaskNumber[]>;
  /** A task's namespace turned out to be another than was known. */
  forget(task: TaskNumber): void;
}

/** The namespaces of the tasks of one installation, found by their labels and remembered. */
export function createTaskNamespaces(kube: Kube, owner: Owner): TaskNamespaces {
  const known = new Map<TaskNumber, string>();

  const list = async (labels: Record<string, string> = {}) =>
    (await kube.core.listNamespace({ labelSelector: selector({ ...ownNamespaces(owner), ...labels }) })).items;
  const all = (task: TaskNumber) => list({ [label.task]: String(task) });

  return {
    all,
    async live(task) {
      const cached = known.get(task);
      if (cached) return cached;
      // Should two programs have made one each, both choose the same.
      const found = (await all(task)).filter(isLive).sort((a, b) => age(a) - age(b))[0]?.metadata?.name;
      if (found) known.set(task, found);
      return found ?? null;
    },
    async tasks() {
      const tasks = (await list()).filter(isLive).map(({ metadata }) => metadata?.labels?.[label.task]);
      return [...new Set(tasks.filter((task) => task !== canaryTask).map(Number))];
    },
    forget: (task) => void known.delete(task),
  };
}

const isLive = ({ metadata }: V1Namespace) => !metadata?.deletionTimestamp;
const age = ({ metadata }: V1Namespace) => metadata?.creationTimestamp?.getTime() ?? 0;

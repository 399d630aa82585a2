/** What things are called in the cluster, and how the names are read back. Pure. */
import type { AttemptId, TaskNumber } from '../core/domain/ids.ts';

/** Audiences of projected tokens: each is good at one door only, and at none of the cluster's. */
export const audience = {
  /** A worker's, shown to the broker. */
  egress: 'mainloop-egress',
  /** The broker's, shown to the program. */
  door: 'mainloop-orchestrator',
} as const;

/** ServiceAccounts: the first two are in the system namespace, the third in every task's. */
export const account = { orchestrator: 'orchestrator', broker: 'broker', worker: 'worker' } as const;

/** Label keys. Every policy of an installation looks at `system`; the sweeper touches only its own `instance`. */
export const label = {
  managed: 'mainloop.dev/managed',
  /** The system namespace of the installation. */
  system: 'mainloop.dev/system',
  /** The id of the database: task numbers begin anew with each. */
  instance: 'mainloop.dev/instance',
  task: 'mainloop.dev/task',
  attempt: 'mainloop.dev/attempt',
} as const;

/** The value of `label.task` on the namespace in which the isolation is tried. */
export const canaryTask = 'canary';

export interface Owner {
  readonly system: string;
  readonly instance: string;
}

export const labels = {
  namespace: (owner: Owner, task: TaskNumber | typeof canaryTask): Record<string, string> => ({
    [label.managed]: 'true',
    [label.system]: owner.system,
    [label.instance]: owner.instance,
    [label.task]: String(task),
    ...Object.fromEntries(
      ['enforce', 'audit', 'warn'].flatMap((mode) => [
        [`pod-security.kubernetes.io/${mode}`, 'restricted'],
        [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
      ]),
    ),
  }),
  /** Of a Job and its pod. */
  attempt: (instance: string, attempt: AttemptId): Record<string, string> => ({
    [label.instance]: instance,
    [label.task]: String(taskOfAttempt(attempt)),
    [label.attempt]: attempt,
  }),
};

/** `a=b,c=d`, as the cluster takes a label selector. */
export const selector = (wanted: Readonly<Record<string, string>>): string =>
  Object.entries(wanted)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** What the sweeper and the list of tasks may see: the namespaces of one instance of one installation. */
export const ownNamespaces = (owner: Owner): Record<string, string> => ({
  [label.managed]: 'true',
  [label.system]: owner.system,
  [label.instance]: owner.instance,
});

/** The namespace of a task, named after the attempt it was made for. Never used twice. */
export const namespaceName = (instance: string, attempt: AttemptId): string => `ml-task-${instance}-${dashed(attempt)}`;
export const canaryNamespaceName = (instance: string, id: string): string => `ml-task-${instance}-${canaryTask}-${id}`;

/** The parts of a task's namespace, or null when it is none. */
export function parseNamespace(name: string): { instance: string; task: TaskNumber; attempt: AttemptId } | null {
  const match = /^ml-task-([0-9a-f]{5})-(\d+)-(\d+)-(\d+)$/.exec(name);
  if (!match) return null;
  const [, instance = '', task, run, attempt] = match;
  return { instance, task: Number(task), attempt: `${task}.${run}.${attempt}` };
}

export const jobName = (attempt: AttemptId): string => `run-${dashed(attempt)}`;

/** Of `run-41-2-1-x7k2p`, as the Job controller names it: `41.2.1`; null when it is no worker's pod. */
export function attemptOfPod(podName: string): AttemptId | null {
  const match = /^run-(\d+)-(\d+)-(\d+)-[a-z0-9]+$/.exec(podName);
  return match ? `${match[1]}.${match[2]}.${match[3]}` : null;
}

export const taskOfAttempt = (attempt: AttemptId): TaskNumber => Number(attempt.split('.', 1)[0]);

/** The ClusterRole that the orchestrator binds to itself in each task's namespace. */
export const taskRole = (system: string): string => `mainloop-task-manager.${system}`;

const dashed = (attempt: AttemptId): string => attempt.replaceAll('.', '-');

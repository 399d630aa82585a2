/** How long the cluster may take before an attempt is given up, in milliseconds. What can't get better isn't waited for. */
export const patience = {
  /** For a Job to have its pod, before anybody asks why it has none. */
  pod: 3_000,
  /** For the task's quota: a worker that ends holds its share a little longer. */
  quota: 60_000,
  /** For a node with room. */
  room: 10 * 60_000,
  /** For the image, once pulling it has failed. */
  image: 2 * 60_000,
  /** For a container that can't be made as it is described; sometimes the kubelet is only slow to learn of what it needs. */
  config: 30_000,
  /** For volumes, network and a first pull, of which nothing is told while they take their time. */
  setup: 10 * 60_000,
  /** For a node that stopped answering. */
  node: 2 * 60_000,
} as const;

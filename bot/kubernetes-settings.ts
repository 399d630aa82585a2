/** The settings of `SANDBOX=kubernetes`: their forms, and what they mean together. */
import { existsSync, readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { hasBinaries } from './postgres/binaries.ts';
import type { Values, Variable } from './settings.ts';

/** A host or an address with its port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface KubernetesConfig {
  /** Where the program and the broker live, or would live. */
  readonly namespace: string;
  /** Pinned by digest. */
  readonly workerImage: string;
  readonly runtimeClass?: string;
  /** Further addresses that a worker must not reach; tried by the canary. */
  readonly probes: readonly Endpoint[];
  /** How pods reach the broker: an IPv4 address, or the name of a Service in `namespace`. */
  readonly brokerAddress: Endpoint;
  /** Present: the program serves the broker to pods by itself, here. */
  readonly brokerListen?: Endpoint;
  /** Present: a broker of its own is served here. */
  readonly doorListen?: Endpoint;
  readonly egressHosts: readonly string[];
  /** Workers run although the walls were not found standing; every card says so. */
  readonly allowUnenforced: boolean;
}

const endpointOf = (value: string): Endpoint | null => {
  const [, host = '', port = ''] = /^([\w.-]+):(\d{1,5})$/.exec(value) ?? [];
  return host !== '' && Number(port) >= 1 && Number(port) <= 65_535 ? { host, port: Number(port) } : null;
};

/** `host:port`. */
export const endpoint = z.string().transform((value, context): Endpoint => {
  const found = endpointOf(value.trim());
  if (found) return found;
  context.addIssue({ code: 'custom', message: `"${value}" is not host:port` });
  return z.NEVER;
});

/** A name in Kubernetes' sense (RFC 1123 label). */
export const label = z
  .string()
  .trim()
  .refine((value) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value), {
    error: 'expected a name of lower-case letters, digits and dashes',
  });

/** An image that cannot change under its name. */
export const pinnedImage = z
  .string()
  .trim()
  .refine((value) => /^[\w./:-]+@sha256:[0-9a-f]{64}$/.test(value), {
    error: 'expected an image pinned by its digest',
  });

/** A host name, `*.` and a suffix, or either with a port. */
export const egressHost = z.string().refine((value) => /^(\*\.)?[\w-]+(\.[\w-]+)*(:\d{1,5})?$/.test(value), {
  error: ({ input }) => `"${input}" is no host name`,
});

const inPod = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** The settings of the cluster, or none for the local sandbox. */
export function kubernetesConfig(
  values: Values,
  missing: (variable: Variable, what: string) => '',
  hasPostgres = hasBinaries,
): { readonly kubernetes?: KubernetesConfig } {
  if (values.SANDBOX !== 'kubernetes') return {};
  const needed = 'is missing, SANDBOX=kubernetes needs it (docs/kubernetes.md)';
  const { BROKER_LISTEN: brokerListen, DOOR_LISTEN: doorListen, BROKER_ADDRESS: brokerAddress } = values;
  // From outside the cluster the embedded one does; the image has none.
  if (!values.DATABASE_URL && !hasPostgres())
    missing('DATABASE_URL', 'is missing: put it into the Secret (docs/kubernetes.md)');
  if (!values.KUBERNETES_WORKER_IMAGE) missing('KUBERNETES_WORKER_IMAGE', needed);
  if (!brokerAddress) missing('BROKER_ADDRESS', needed);
  if (!brokerListen && !doorListen)
    missing('BROKER_LISTEN', 'is missing, and so is DOOR_LISTEN (a broker of its own): workers need a door');
  if (brokerListen && doorListen) missing('BROKER_LISTEN', 'and DOOR_LISTEN are both set: keep one');
  if (brokerListen && brokerAddress && !isIPv4(brokerAddress.host))
    missing('BROKER_ADDRESS', 'must be an IPv4 address where the program itself listens for workers (BROKER_LISTEN)');
  return {
    kubernetes: {
      namespace: values.KUBERNETES_NAMESPACE ?? (existsSync(inPod) ? readFileSync(inPod, 'utf8').trim() : 'mainloop'),
      workerImage: values.KUBERNETES_WORKER_IMAGE ?? '',
      ...(values.KUBERNETES_RUNTIME_CLASS && { runtimeClass: values.KUBERNETES_RUNTIME_CLASS }),
      probes: values.KUBERNETES_PROBES ?? [],
      brokerAddress: brokerAddress ?? { host: '', port: 0 },
      ...(brokerListen && { brokerListen }),
      ...(doorListen && { doorListen }),
      egressHosts: values.EGRESS_HOSTS ?? [],
      allowUnenforced: values.ALLOW_UNENFORCED_ISOLATION ?? false,
    },
  };
}

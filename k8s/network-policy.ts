import type { V1NetworkPolicy, V1NetworkPolicyPeer } from '@kubernetes/client-node';

/** How pods reach the broker. */
export interface BrokerAddress {
  /** IPv4: a Service's cluster IP, or a host outside of the cluster. */
  readonly address: string;
  /** TCP; of the Service and of its pods alike. */
  readonly port: number;
  /** The broker's pods, or null when it runs outside of the cluster. */
  readonly selector: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> } | null;
}

/** Nothing in, and out to the broker alone: no DNS, no API server, no metadata address. */
export const defaultDeny = (broker: BrokerAddress): V1NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'default-deny' },
  spec: {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    ingress: [],
    egress: [{ to: [peer(broker)], ports: [{ protocol: 'TCP', port: broker.port }] }],
  },
});

// A policy looks at where a packet arrives, behind the Service: its cluster IP would match nothing.
const peer = ({ address, selector }: BrokerAddress): V1NetworkPolicyPeer =>
  selector
    ? {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': selector.namespace } },
        podSelector: { matchLabels: { ...selector.labels } },
      }
    : { ipBlock: { cidr: `${address}/32` } };

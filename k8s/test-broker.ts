import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Kube } from './client.ts';
import { attemptOfPod } from './names.ts';
import type { BrokerAddress } from './network-policy.ts';

export type Order =
  | { do: 'wait' | 'ignore SIGTERM' | 'fill the memory' | 'fill the disk' }
  | { do: 'exit'; code: number };

/** What test workers ask for orders, on this machine. */
export interface TestBroker extends AsyncDisposable {
  readonly address: BrokerAddress;
  /** How many workers have ever asked, of one attempt. */
  begun(attempt: string): number;
  order(attempt: string, order: Order): void;
}

export async function testBroker(kube: Kube): Promise<TestBroker> {
  const orders = new Map<string, Order>();
  const pods = new Map<string, Set<string>>();
  const server = createServer((request, response) => {
    const pod = podOf(request.headers.authorization ?? '');
    const attempt = attemptOfPod(pod) ?? '';
    pods.set(attempt, (pods.get(attempt) ?? new Set()).add(pod));
    response.end(JSON.stringify(orders.get(attempt) ?? { do: 'wait' }));
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: { address: await ownAddress(kube), port, selector: null },
    begun: (attempt) => pods.get(attempt)?.size ?? 0,
    order: (attempt, order) => void orders.set(attempt, order),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** This machine as pods see it: the address it has on its way to a node. Connecting a datagram socket sends nothing. */
async function ownAddress(kube: Kube): Promise<string> {
  const { items } = await kube.core.listNode();
  const node = items[0]?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  const socket = createSocket('udp4');
  socket.connect(9, node);
  await once(socket, 'connect');
  const { address } = socket.address();
  socket.close();
  return address;
}

/** Whose token it is, taken at its word: the API server made it, and nobody else knows of this broker. */
function podOf(authorization: string): string {
  const [, payload = ''] = authorization.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}');
  return claims['kubernetes.io']?.pod?.name ?? '';
}

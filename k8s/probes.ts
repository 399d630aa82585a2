import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';

/** What a worker must not reach. */
export interface ClosedAddress {
  readonly name: string;
  /** `host:port`, the host an IP address. */
  readonly address: string;
}

/** Where clouds tell their machines who they are, and hand out rights. */
const metadata: ClosedAddress = { name: 'the metadata service', address: '169.254.169.254:80' };

/**
 * The addresses for the canary: the metadata service's and those of `probes`, `host:port`. Names are looked up here, since a
 * worker has no DNS and any name would pass for closed. `unknown`: those that have no address.
 */
export async function closedAddresses(
  probes: readonly string[],
  lookup: (host: string) => Promise<readonly { address: string }[]> = (host) => systemLookup(host, { all: true }),
): Promise<{ closed: ClosedAddress[]; unknown: string[] }> {
  const unknown: string[] = [];
  const found = probes.map(async (probe): Promise<ClosedAddress[]> => {
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(probe) ?? [];
    if (isIP(host)) return [{ name: 'an address to be closed', address: probe }];
    const addresses = await lookup(host).catch(() => []);
    if (addresses.length === 0) unknown.push(probe);
    return addresses.map(({ address }) => ({
      ...{ name: host, address: `${isIPv6(address) ? `[${address}]` : address}:${port}` },
    }));
  });
  return { closed: [metadata, ...(await Promise.all(found)).flat()], unknown };
}

import { BlockList, isIP } from 'node:net';

/**
 * Package registries: what most projects need to install and test. Some take packages under the same name, from whoever
 * has an account there.
 */
export const defaultHosts: readonly string[] = [
  'registry.npmjs.org',
  'registry.yarnpkg.com',
  'pypi.org',
  'files.pythonhosted.org',
  'proxy.golang.org',
  'sum.golang.org',
  'index.crates.io',
  'static.crates.io',
  'crates.io',
  'rubygems.org',
  'repo.maven.apache.org',
  'deb.debian.org',
];

/**
 * How a host may be reached: not at all; on the internet, by TLS that names it; on the internet; or wherever it is. But for
 * the second, whatever it speaks.
 */
export type Reach = 'none' | 'named' | 'public' | 'anywhere';

/**
 * Reads an allow-list: exact names, `*.suffix`, and either with `:port` in place of port 443, for what need not be TLS. Who
 * names the port of a host means that very one: it may also be in a private network, and an address instead of a name.
 */
export function allowedHosts(list: readonly string[]): (host: string, port: number) => Reach {
  const entries = list.map((entry) => {
    const [, name = '', port] = /^(\[[0-9a-f:.]+\]|[^:]+)(?::(\d+))?$/i.exec(entry.trim()) ?? [];
    if (!/^(\*\.)?[a-z0-9_.-]+$|^\[[0-9a-f:.]+\]$/i.test(name)) throw new Error(`"${entry}" is not a host`);
    return { name: plain(name), port: port === undefined ? 443 : Number(port), explicit: port !== undefined };
  });
  return (asked, port) => {
    const host = plain(asked);
    const found = entries.filter((entry) => entry.port === port && matches(entry.name, host));
    if (found.length === 0) return 'none';
    // The same port without being named is not the word of somebody who knows where the host is.
    const explicit = found.filter((entry) => entry.explicit);
    if (explicit.length === 0) return 'named';
    return explicit.some(({ name }) => name === host) ? 'anywhere' : 'public';
  };
}

/** Lower case, without the brackets of IPv6 and without the dot at the end, which means the same host. */
export const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');

const matches = (entry: string, host: string): boolean =>
  entry.startsWith('*.') ? isIP(host) === 0 && host.endsWith(entry.slice(1)) : entry === host;

const inner = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  inner.addSubnet(net, bits, 'ipv4');
// Of IPv6 only what is given out to the internet, without what stands for an IPv4 address.
const outer = new BlockList();
outer.addSubnet('2000::', 3, 'ipv6');
const translated = new BlockList();
for (const [net, bits] of [
  ['2002::', 16],
  ['2001::', 32],
] as const)
  translated.addSubnet(net, bits, 'ipv6');

/** Whether an address is on the internet: neither this machine nor a private, link-local or metadata address. */
export function isPublic(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !inner.check(address, 'ipv4');
  return version === 6 && outer.check(address, 'ipv6') && !translated.check(address, 'ipv6');
}

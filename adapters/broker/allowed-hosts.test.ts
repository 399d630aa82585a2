import { expect, test } from 'vitest';
import { allowedHosts, defaultHosts, isPublic } from './allowed-hosts.ts';

test.each([
  ['registry.npmjs.org', 443, 'named'],
  ['REGISTRY.npmjs.org.', 443, 'named'],
  ['registry.npmjs.org', 80, 'none'],
  ['evil.registry.npmjs.org', 443, 'none'],
  ['registry.npmjs.org.evil.example', 443, 'none'],
  ['a.b.example.com', 443, 'named'],
  ['pypi.org', 443, 'anywhere'],
  ['example.com', 443, 'none'],
  ['notexample.com', 443, 'none'],
  ['mirror.internal', 8443, 'anywhere'],
  ['mirror.internal', 443, 'none'],
  ['10.99.0.254', 3128, 'anywhere'],
  ['10.99.0.254', 443, 'none'],
  ['169.254.169.254', 80, 'none'],
  ['[::1]', 443, 'none'],
  ['0x7f.1', 443, 'none'],
  ['deep.lab', 8443, 'none'],
  ['very.deep.lab', 8443, 'public'],
] as const)('%s:%i is reached: %s', (host, port, reach) => {
  const reachOf = allowedHosts([
    ...defaultHosts,
    ...['*.example.com', 'mirror.internal:8443', '10.99.0.254:3128', '*.deep.lab:8443', 'pypi.org:443'],
  ]);
  expect(reachOf(host, port)).toBe(reach);
});

test('what is no host is told', () => {
  for (const wrong of ['https://pypi.org', 'a b', '*', 'pypi.org:x', '']) {
    expect(() => allowedHosts([wrong]), wrong).toThrow(/is not a host/);
  }
});

test.each([
  ...['127.0.0.1', '0.0.0.0', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.100.100.200'],
  ...['198.18.0.1', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fd00:ec2::254', 'ff02::1'],
  ...['::ffff:10.0.0.1', '::ffff:8.8.8.8', '64:ff9b::a00:1', '2002:a00:1::', '2001:0:1::', 'nonsense'],
])('%s is not on the internet', (address) => {
  expect(isPublic(address)).toBe(false);
});

test('addresses on the internet are', () => {
  for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111']) expect(isPublic(address), address).toBe(true);
});

/**
 * What a worker's pod can do, tried from inside: started in place of the worker before any worker is. It imports types
 * alone, and needs nothing but Node.
 */
import { createSocket } from 'node:dgram';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { CanaryOrders, CanaryReport } from './canary-report.ts';

/** A packet that got lost is sent again after 1 s. */
const patienceMs = 3_000;
/** Rules that let something through may come later than the pod. */
const brokerPatienceMs = 15_000;

async function main(orders: CanaryOrders): Promise<void> {
  if ('listen' in orders) {
    process.on('SIGTERM', () => process.exit());
    createServer((socket) => socket.end()).listen(orders.listen);
    return;
  }
  // Before anything is read, since rules that forbid may come later than the pod, too.
  const [reached, brokerError] = await Promise.all([tryClosed(orders), tryBroker(orders.broker)]);
  const report: CanaryReport = { reached, brokerError, ...confinement() };
  writeFileSync('/dev/termination-log', JSON.stringify(report));
  process.exit();
}

async function tryClosed({ closed, dns }: Extract<CanaryOrders, { broker: string }>): Promise<string[]> {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = process.env;
  const nameServer = dns ?? tenth(host);
  const tcp = [
    { name: 'the API server', address: `${host}:${port}` },
    { name: 'cluster DNS over TCP', address: `${nameServer}:53` },
    ...closed,
  ];
  const tries = [
    ...tcp.map(async ({ name, address }) => ({ name, address, answers: (await connects(address)) === null })),
    answersNames(nameServer).then((answers) => ({ name: 'cluster DNS', address: `${nameServer}:53`, answers })),
  ];
  return (await Promise.all(tries)).filter(({ answers }) => answers).map(({ name, address }) => `${name} (${address})`);
}

async function tryBroker(address: string): Promise<string | null> {
  for (const giveUp = Date.now() + brokerPatienceMs; ; await pause(500)) {
    const error = await connects(address);
    if (error === null || Date.now() > giveUp) return error;
  }
}

/** Null when a TCP connection came about, otherwise why not. */
const connects = (address: string) =>
  new Promise<string | null>((resolve) => {
    const colon = address.lastIndexOf(':');
    const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
    const socket = connect({ host, port: Number(address.slice(colon + 1)), timeout: patienceMs });
    const end = (outcome: string | null) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.on('connect', () => end(null));
    socket.on('timeout', () => end('no answer'));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });

/** Asks a DNS server for `a.`; any answer is one. */
const answersNames = (server: string) =>
  new Promise<boolean>((resolve) => {
    const socket = createSocket(server.includes(':') ? 'udp6' : 'udp4');
    const end = (answers: boolean) => {
      socket.close();
      resolve(answers);
    };
    const timer = setTimeout(() => end(false), patienceMs);
    socket.on('message', () => end(true));
    socket.on('error', () => end(false));
    socket.on('close', () => clearTimeout(timer));
    socket.send(Buffer.from('2a2a0100000100000000000001610000010001', 'hex'), 53, server);
  });

/** By convention the cluster's DNS server has the tenth address of the service network, and the API server the first. */
const tenth = (first: string) => first.replace(/\d+$/, (last) => String(Number(last) + 9));

function confinement(): Omit<CanaryReport, 'reached' | 'brokerError'> {
  const status = readFileSync('/proc/self/status', 'utf8');
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
  return {
    uid: process.getuid?.() ?? 0,
    uidMap: readFileSync('/proc/self/uid_map', 'utf8').trim().split('\n', 1)[0]?.replace(/\s+/g, ' ') ?? '',
    noNewPrivs: field('NoNewPrivs'),
    capEff: field('CapEff'),
    seccomp: field('Seccomp'),
    rootWritable: !/^\S+ \S+ \S+ \S+ \/ ro\b/m.test(readFileSync('/proc/self/mountinfo', 'utf8')),
    apiToken: existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token'),
  };
}

await main(JSON.parse(process.argv[2] ?? ''));

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { Door, OpenAttempt } from '../../core/door.ts';
import { allowedHosts, defaultHosts, plain } from './allowed-hosts.ts';
import { connectOut } from './connect-out.ts';
import type { Share } from './gates.ts';
import { Refusal } from './http.ts';
import { passNamedTls, unrecognizedName } from './named-tls.ts';

/** Bytes of one attempt, all its tunnels together: enough for packages, too little to carry a disk away. */
const mostBytes = { up: 256 * 1024 * 1024, down: 8 * 1024 * 1024 * 1024 };
const idleMs = 5 * 60_000;
const waitMs = 30_000;
/** How often an attempt with tunnels is looked at, and how long one lives while the door can't tell. */
const usualCheckMs = 10_000;
const patienceMs = 60_000;

export interface EgressOptions {
  readonly door: Door;
  /** Default: {@link defaultHosts}. */
  readonly hosts: readonly string[] | undefined;
  /** Default {@link usualCheckMs}. */
  readonly checkMs: number | undefined;
  /** Default {@link connectOut}. */
  readonly connect?: typeof connectOut;
  readonly log: Logger;
}

export interface Egress {
  /** Makes the tunnel that a CONNECT of an open attempt asks for. Throws {@link Refusal} before anything is answered. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer, attempt: OpenAttempt, share: Share): Promise<void>;
}

/** The only way out of a sandbox: tunnels to hosts of an allow-list, for as long as the attempt is open. */
export function createEgress({
  door,
  log,
  hosts = defaultHosts,
  checkMs = usualCheckMs,
  connect = connectOut,
}: EgressOptions): Egress {
  const reachOf = allowedHosts(hosts);
  const live = new Map<string, Set<Duplex>>();

  async function watch(attempt: OpenAttempt): Promise<void> {
    const tunnels = live.get(attempt.id);
    let seen = Date.now();
    while (tunnels && tunnels.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, checkMs).unref());
      const open = await door.admit({ attempt: attempt.id }).catch(() => undefined);
      if (open) seen = Date.now();
      if (open || (open === undefined && Date.now() - seen < patienceMs)) continue;
      log.info({ attempt: attempt.id, tunnels: tunnels.size }, 'the attempt has closed, its tunnels end');
      for (const socket of tunnels) socket.destroy();
    }
    live.delete(attempt.id);
  }

  function keep(attempt: OpenAttempt, socket: Duplex): void {
    const known = live.get(attempt.id);
    const tunnels = known ?? new Set();
    tunnels.add(socket);
    socket.once('close', () => tunnels.delete(socket));
    if (known) return;
    live.set(attempt.id, tunnels);
    void watch(attempt);
  }

  return {
    async open(request, socket, head, attempt, { tunnels, carried }) {
      const { host, port } = authorityOf(request.url ?? '');
      const reach = reachOf(host, port);
      const where = `${host}:${port}`;
      if (reach === 'none')
        throw new Refusal(403, 'forbidden', `${where} is not among the hosts that a sandbox may reach.`);
      if (spent(carried)) throw tooMuch();
      const leave = await tunnels.enter(waitMs);
      try {
        const outside = await connect(host, port, reach);
        if (socket.destroyed) return void outside.destroy();
        keep(attempt, socket);
        log.debug({ attempt: attempt.id, host, port }, 'tunnel');
        const count = (way: 'up' | 'down') => (chunk: Buffer) => {
          carried[way] += chunk.length;
          if (!spent(carried)) return;
          log.warn({ attempt: attempt.id, host, ...carried }, 'a tunnel ends: the attempt has carried too much');
          socket.destroy();
        };
        const pass = (bytes: Buffer) => {
          count('up')(bytes);
          outside.write(bytes);
        };
        outside.setTimeout(idleMs, () => outside.destroy());
        const over = new Promise<void>((resolve) => {
          socket.once('close', () => outside.destroy());
          outside.once('close', () => {
            // What is on its way to the client still arrives.
            socket.end(() => socket.destroy());
            resolve();
          });
        });
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        outside.on('data', count('down')).pipe(socket);
        if (reach === 'named' && isIP(plain(host)) === 0) {
          const wrong = await passNamedTls(socket, head, plain(host), pass);
          if (wrong) {
            outside.unpipe(socket);
            socket.end(unrecognizedName, () => socket.destroy());
            await over;
            throw new Refusal(403, 'forbidden', `${wrong} in a connection to ${where}.`);
          }
        } else pass(head);
        socket.on('data', count('up')).pipe(outside);
        await over;
      } finally {
        leave();
      }
      if (spent(carried)) throw tooMuch();
    },
  };
}

/** Host and port of a CONNECT: both are named. */
function authorityOf(target: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^([a-z0-9_.-]{1,253}|\[[0-9a-f:.]{2,45}\]):(\d{1,5})$/i.exec(target) ?? [];
  if (!host || Number(port) > 65_535) throw new Refusal(400, 'invalid_request', 'CONNECT needs a host and a port.');
  return { host, port: Number(port) };
}

const spent = ({ up, down }: Share['carried']): boolean => up > mostBytes.up || down > mostBytes.down;
const tooMuch = (): Refusal =>
  new Refusal(403, 'forbidden', 'This attempt has carried as much through the proxy as one may.');

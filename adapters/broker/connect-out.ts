import { lookup } from 'node:dns/promises';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { isPublic, type Reach } from './allowed-hosts.ts';
import { Refusal } from './http.ts';

const connectMs = 10_000;

/** Connects to a host that may be reached. What its name means is looked up once, so that it can't change after the check. */
export async function connectOut(host: string, port: number, reach: Exclude<Reach, 'none'>): Promise<Socket> {
  const where = `${host}:${port}`;
  const bare = host.replace(/^\[|\]$/g, '');
  const found = isIP(bare) ? [{ address: bare, family: isIP(bare) }] : await resolve(bare, where);
  const addresses = reach === 'anywhere' ? found : found.filter(({ address }) => isPublic(address));
  if (addresses.length === 0) throw new Refusal(403, 'forbidden', `${where} is in a private network.`);
  return new Promise((done, fail) => {
    const known: LookupFunction = (_name, { all }, tell) => {
      const [first] = addresses;
      if (all || !first) tell(null, addresses);
      else tell(null, first.address, first.family);
    };
    const socket = connect({ host: bare, port, lookup: known });
    const away = (why: string) => fail(new Refusal(502, 'upstream', `${where} can't be reached: ${why}`));
    const late = setTimeout(() => {
      away('it does not answer');
      socket.destroy();
    }, connectMs);
    // Also for the time after: an error is followed by `close`, which is what the tunnel looks at.
    socket.on('error', ({ message }) => away(message));
    socket.once('connect', () => done(socket)).once('close', () => clearTimeout(late));
    socket.once('connect', () => clearTimeout(late));
  });
}

async function resolve(host: string, where: string): Promise<{ address: string; family: number }[]> {
  try {
    return await lookup(host, { all: true });
  } catch (error) {
    throw new Refusal(502, 'upstream', `${where} can't be found: ${(error as NodeJS.ErrnoException).code}`);
  }
}

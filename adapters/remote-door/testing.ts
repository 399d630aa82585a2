import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import type { Door, GitAccess } from '../../core/door.ts';
import { connectDoor, type RemoteDoor, serveDoor } from './index.ts';

export const brokerToken = 'token-of-the-broker';

/** A door with real HTTP between its halves. */
export async function farAway(door: Door, gitAccess: GitAccess = async ({ repo }) => remoteOf(repo)) {
  const log = pino({ level: 'silent' });
  const handler = serveDoor({ door, gitAccess, log, authenticate: async (token) => token === brokerToken });
  const server = createServer((request, response) => void handler(request, response));
  const listen = (port: number) =>
    new Promise<number>((resolve) => {
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  const port = await listen(0);
  const url = `http://127.0.0.1:${port}`;
  const remote: RemoteDoor = connectDoor({ url, token: async () => brokerToken, log });
  const goAway = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return {
    ...{ url, door: remote, goAway },
    comeBack: () => listen(port),
    async close() {
      await remote.close(100);
      if (server.listening) await goAway();
    },
  };
}

const remoteOf = (repo: string) => ({
  url: `https://host.example/${repo}.git`,
  username: 'x',
  password: `for ${repo}`,
});

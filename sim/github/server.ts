import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createApi } from './api.ts';
import { handleGit, isGitPath } from './git-server.ts';
import type { World } from './world.ts';

/** A server; the world is told its address before the first request. */
export async function listen(world: World, port: number, host: string): Promise<Server> {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    response.writeHead(503).end();
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  world.url = `http://${host}:${address.port}`;
  world.apiUrl = `${world.url}/api/v3`;
  const api = getRequestListener(createApi(world).fetch, { overrideGlobalObjects: false });
  handle = (request, response) => {
    const url = new URL(request.url ?? '/', world.url);
    if (!isGitPath(decodeURIComponent(url.pathname))) return void api(request, response);
    serve(world, url, request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  };
  return server;
}

/** Git with the faults that make sense for it. */
async function serve(world: World, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fault = world.faults.take(request.method ?? 'GET', url.pathname + url.search);
  if (!fault) return handleGit(world, request, response);
  if (fault.kind === 'not_found') return void response.writeHead(404).end('Not Found\n');
  if (fault.kind === 'error500' || fault.kind === 'error502')
    return void response.writeHead(Number(fault.kind.slice(5))).end();
  if (fault.kind === 'rate_limit' || fault.kind === 'secondary_rate_limit')
    return void response.writeHead(429, { 'retry-after': '1' }).end();
  // The kinds that end in "_after": git does its work and the client never hears of it.
  response.end = () => response.destroy();
  response.write = () => true;
  await handleGit(world, request, response);
}

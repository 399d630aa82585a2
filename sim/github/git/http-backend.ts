import { execFile, spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { executablePath } from '../config.ts';

let program: Promise<string> | undefined;

async function locate(): Promise<string> {
  const { stdout } = await promisify(execFile)('git', ['--exec-path'], { env: { PATH: executablePath } });
  return join(stdout.trim(), 'git-http-backend');
}

export interface BackendCall {
  /** The bare repository. */
  directory: string;
  /** Path below the repository: `/info/refs`, `/git-upload-pack`, `/git-receive-pack`. */
  path: string;
  query: string;
  remoteUser: string;
  request: IncomingMessage;
  response: ServerResponse;
  signal: AbortSignal;
  /** Runs after git has ended and before the client is told that the answer is complete. */
  beforeEnd?: () => Promise<void>;
}

/** Serves one smart-HTTP request by `git http-backend` (CGI), streaming both ways. */
export async function serveGit(call: BackendCall): Promise<void> {
  const { request, response, directory, signal } = call;
  program ??= locate();
  const child = spawn(await program, [], {
    signal,
    env: {
      PATH: executablePath,
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: header(request, 'git-protocol'),
      PATH_INFO: call.path,
      QUERY_STRING: call.query,
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: header(request, 'content-type'),
      HTTP_CONTENT_ENCODING: header(request, 'content-encoding'),
      ...(request.headers['content-length'] ? { CONTENT_LENGTH: request.headers['content-length'] } : {}),
      REMOTE_USER: call.remoteUser,
      REMOTE_ADDR: '127.0.0.1',
    },
  });
  const finished = new Promise<void>((resolve, reject) => {
    child.on('close', () => resolve());
    child.on('error', reject);
  });
  // A client that goes away breaks these pipes; `finished` and the response's own state tell the rest.
  child.stdin.on('error', () => request.unpipe(child.stdin));
  child.stderr.resume();
  // A client that goes away in the middle of its request would leave git waiting for the rest for ever.
  const givenUp = () => {
    if (!request.complete) child.kill('SIGKILL');
  };
  if (request.destroyed) givenUp();
  request.on('close', givenUp);
  request.pipe(child.stdin);
  relay(child.stdout, response);
  await finished;
  await call.beforeEnd?.();
  response.end();
}

/** CGI output → HTTP answer: a header block, an empty line, the body. */
function relay(output: NodeJS.ReadableStream, response: ServerResponse): void {
  let head: Buffer | null = Buffer.alloc(0);
  output.on('data', (chunk: Buffer) => {
    if (head === null) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    let status = 200;
    for (const line of head.subarray(0, end).toString().split('\r\n')) {
      const [name = '', ...value] = line.split(': ');
      if (name.toLowerCase() === 'status') status = Number.parseInt(value.join(': '), 10);
      else response.setHeader(name, value.join(': '));
    }
    response.writeHead(status);
    response.write(head.subarray(end + 4));
    head = null;
  });
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import type { Door, GitAccess, OpenAttempt, Remote } from '../../core/door.ts';
import { bodyOf, drain, readCommands } from './git-body.ts';
import { type GuardedPush, guardedPush } from './guarded-push.ts';
import { Refusal, readBody } from './http.ts';
import { refusalOf, refusalOfAll, refusedReport } from './receive-pack.ts';
import { callUpstream } from './upstream.ts';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly attempt: OpenAttempt;
  readonly door: Door;
  readonly log: Logger;
  /** Shows in the task's log what was refused. */
  readonly show: (what: string) => void;
}

type Service = 'git-upload-pack' | 'git-receive-pack';

const idleMs = 2 * 60_000;
const maxRedirects = 3;
/** How long the code host may take from the end of a guarded push to the end of its answer. */
const takeInMs = 5 * 60_000;
/** What a code host says to a push, bytes. */
const maxReport = 1024 * 1024;

/** Smart HTTP to the attempt's own repository; `path` is `/OWNER/NAME.git/…`. Pushes reach the task's own refs only. */
export async function proxyGit(
  exchange: Exchange,
  path: string,
  query: URLSearchParams,
  access: GitAccess,
): Promise<void> {
  const { request, attempt } = exchange;
  const [, repo, rest] = /^\/([^/]+\/[^/]+?)(?:\.git)?\/(.+)$/.exec(path) ?? [];
  if (repo?.toLowerCase() !== attempt.repo.toLowerCase()) {
    throw new Refusal(403, 'forbidden', `This task has ${attempt.repo} and no other repository.`);
  }
  const service = serviceOf(request.method, rest, query);
  if (!service) throw new Refusal(403, 'forbidden', 'Only smart HTTP git (fetch and push) is offered here.');
  if (service === 'git-receive-pack' && attempt.kind === 'plan') {
    throw new Refusal(403, 'forbidden', 'A plan run only reads; it may not push.');
  }
  const remote = await access(attempt);
  if (rest === 'info/refs') return advertise(exchange, remote, service);
  if (service === 'git-upload-pack') return exchangePack(exchange, remote, service, bodyOf(request));
  return push(exchange, remote);
}

function serviceOf(method: string | undefined, rest: string | undefined, query: URLSearchParams): Service | null {
  const name = method === 'GET' && rest === 'info/refs' ? query.get('service') : method === 'POST' ? rest : null;
  return name === 'git-upload-pack' || name === 'git-receive-pack' ? name : null;
}

async function push(exchange: Exchange, remote: Remote): Promise<void> {
  const { request, response, attempt, log, show } = exchange;
  const { push: asked, body, pack } = await readCommands(bodyOf(request));
  const all = refusalOfAll(asked);
  const refused = asked.commands.filter((command) => all !== null || refusalOf(command, attempt) !== null);
  const branch = asked.commands.find((command) => command.ref === `refs/heads/${attempt.branch}`);
  if (refused.length === 0 && !branch) return exchangePack(exchange, remote, 'git-receive-pack', body());
  if (refused.length === 0 && branch) return pushGuarded(exchange, remote, { push: asked, branch, pack: pack() });
  const shown = all === null ? refused.map(({ ref }) => `a push to ${ref}`) : [`a push of ${refused.length} refs`];
  log.warn({ attempt: attempt.id, refused: shown }, 'push refused');
  for (const what of shown) show(what);
  // git reads the answer only after it has sent its pack.
  await drain(body());
  sendReport(response, refusedReport(asked, attempt));
}

async function pushGuarded(
  exchange: Exchange,
  remote: Remote,
  asked: Pick<GuardedPush, 'push' | 'branch' | 'pack'>,
): Promise<void> {
  const { response, attempt, door, log, show } = exchange;
  /** The client's going ends it only while its pack still comes: after that its refs must not be left where they are. */
  const send = async (body: Readable): Promise<Buffer> => {
    const late = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    body.once('end', () => {
      timer = setTimeout(() => late.abort(), takeInMs);
    });
    try {
      const answer = await packAnswer(exchange, remote, 'git-receive-pack', body, late.signal);
      refuseAccess(exchange, answer);
      if (answer.statusCode !== 200) throw new Refusal(502, 'upstream', `The code host answers ${answer.statusCode}.`);
      return await readBody(answer, maxReport);
    } finally {
      clearTimeout(timer);
    }
  };
  const mayPush = (sha: string) => door.mayPush(attempt, sha);
  const left = (place: string, error: unknown) =>
    log.error({ err: error, attempt: attempt.id, repo: attempt.repo, place }, 'refs of a guarded push may have stayed');
  const { report, refused } = await guardedPush({ attempt: attempt.id, ...asked, send, mayPush, left });
  if (refused !== null) {
    log.warn({ attempt: attempt.id, refused }, 'push refused');
    show(`a push to ${attempt.branch}: ${refused}`);
  }
  sendReport(response, report);
}

const sendReport = (response: ServerResponse, report: Buffer): void =>
  void response
    .writeHead(200, { 'content-type': 'application/x-git-receive-pack-result', 'cache-control': 'no-cache' })
    .end(report);

/** Redirects (a renamed repository) are followed here, within the same host: the worker never sees another address. */
async function advertise(exchange: Exchange, remote: Remote, service: Service): Promise<void> {
  let url = new URL(`${remote.url}/info/refs?service=${service}`);
  for (let hops = 0; hops <= maxRedirects; hops += 1) {
    const answer = await call(exchange, remote, url, null, untilGone(exchange));
    const location = redirectOf(answer);
    if (!location) return relay(exchange, answer);
    answer.resume();
    const next = new URL(location, url);
    if (next.host !== url.host) throw new Refusal(502, 'upstream', 'The repository redirects to another host.');
    url = next;
    moved.set(remote.url, url.href.replace(/\/info\/refs(\?.*)?$/, ''));
  }
  throw new Refusal(502, 'upstream', 'The repository redirects in a circle.');
}

/** Where a renamed repository was last found. A pack is not sent twice, so its request can't follow a redirect itself. */
const moved = new Map<string, string>();

async function exchangePack(exchange: Exchange, remote: Remote, service: Service, body: Readable): Promise<void> {
  return relay(exchange, await packAnswer(exchange, remote, service, body, untilGone(exchange)));
}

async function packAnswer(
  exchange: Exchange,
  remote: Remote,
  service: Service,
  body: Readable,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const base = moved.get(remote.url) ?? remote.url;
  const answer = await call(exchange, remote, new URL(`${base}/${service}`), body, signal);
  if (redirectOf(answer)) {
    moved.delete(remote.url);
    throw new Refusal(502, 'upstream', 'The repository has moved; fetch again.');
  }
  return answer;
}

function redirectOf(answer: IncomingMessage): string | undefined {
  return (answer.statusCode ?? 0) >= 300 && (answer.statusCode ?? 0) < 400 ? answer.headers.location : undefined;
}

function untilGone({ response }: Exchange): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}

function call(
  { request }: Exchange,
  remote: Remote,
  url: URL,
  body: Readable | null,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const headers: OutgoingHttpHeaders = {
    authorization: `Basic ${Buffer.from(`${remote.username}:${remote.password}`).toString('base64')}`,
    'user-agent': request.headers['user-agent'] ?? 'git/2',
    accept: request.headers.accept ?? '*/*',
    ...(body && { 'content-type': request.headers['content-type'] ?? 'application/octet-stream' }),
    ...(request.headers['git-protocol'] && { 'git-protocol': request.headers['git-protocol'] }),
  };
  return callUpstream(url, { method: request.method ?? 'GET', headers, body, idleMs, signal });
}

/** Not passed on as it is: a 401 would tell the worker that its attempt is closed. */
function refuseAccess({ attempt, log }: Exchange, answer: IncomingMessage): void {
  const status = answer.statusCode ?? 502;
  if (status === 401 || status === 403 || status === 404) {
    answer.resume();
    log.error({ status, repo: attempt.repo }, 'the code host refuses access to the repository');
    throw new Refusal(502, 'upstream', `The code host refuses access to ${attempt.repo} (${status}).`);
  }
}

async function relay(exchange: Exchange, answer: IncomingMessage): Promise<void> {
  const { response } = exchange;
  refuseAccess(exchange, answer);
  response.writeHead(answer.statusCode ?? 502, {
    'content-type': answer.headers['content-type'] ?? 'application/octet-stream',
    'cache-control': 'no-cache',
  });
  await pipeline(answer, response);
}

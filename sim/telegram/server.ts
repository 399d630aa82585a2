import type { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { TelegramApiError, tooManyRequests } from './errors.ts';
import type { ApiFault, Faults } from './faults.ts';
import { MAX_DOWNLOAD_BYTES } from './files.ts';
import type { Api } from './methods/method.ts';
import { methodNamed } from './methods/methods.ts';
import { type Args, parseArguments, readBody } from './request.ts';
import type { Json, TelegramCall, TelegramSimEvents } from './types.ts';

interface ServerParts {
  api: Api;
  token: string;
  faults: Faults;
  watchers: EventEmitter<TelegramSimEvents>;
}

/** The HTTP side of Telegram: `/bot<token>/<method>` and `/file/bot<token>/<path>`. */
export function createTelegramServer(parts: ServerParts): Server {
  return createServer((request, response) => {
    handle(request, response, parts).catch((error: unknown) => {
      if (response.destroyed) return;
      if (error instanceof TelegramApiError) return refuse(response, error);
      refuse(response, new TelegramApiError(500, `Internal Server Error: the miniature failed: ${error}`));
    });
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, parts: ServerParts): Promise<void> {
  if (parts.faults.down) return void request.socket.destroy();
  const url = new URL(request.url ?? '/', 'http://telegram');
  const body = await readBody(request);
  const [, area = '', ...rest] = url.pathname.split('/');
  if (area === 'file') return download(response, rest, parts);
  const token = decodeURIComponent(area.replace(/^bot/, ''));
  const method = rest.join('/');
  const args = await parseArguments(url, request.headers['content-type'] ?? '', body);
  const call: TelegramCall = { at: parts.api.world.now(), method, args: args.raw };
  parts.watchers.emit('call', call);
  try {
    authorize(token, parts);
    await perform(
      call,
      response,
      () => callMethod(parts.api, method, args, hungUp(response)),
      parts.faults.take(method),
    );
  } catch (error) {
    if (!(error instanceof TelegramApiError)) throw error;
    call.error = error.description;
    refuse(response, error);
  }
}

/** Calls a method as the bot. @throws TelegramApiError */
export async function callMethod(api: Api, name: string, args: Args, signal: AbortSignal): Promise<unknown> {
  const method = methodNamed(name);
  if (!method) throw new TelegramApiError(404, 'Not Found');
  return method(args, api, signal);
}

function authorize(token: string, { token: valid }: ServerParts): void {
  if (!/^\d+:[\w-]+$/.test(token)) throw new TelegramApiError(404, 'Not Found');
  if (token !== valid) throw new TelegramApiError(401, 'Unauthorized');
}

/** Runs a call through the fault that hits it, and answers. */
async function perform(
  call: TelegramCall,
  response: ServerResponse,
  run: () => Promise<unknown>,
  fault: ApiFault | undefined,
): Promise<void> {
  const refusal = fault && refusalOf(fault);
  if (refusal) throw refusal;
  if (fault) call.error = fault.kind;
  if (fault?.kind === 'drop_before') return void response.destroy();
  // An unanswered call stays open until the bot gives up, or the server closes.
  if (fault?.kind === 'timeout') return;
  const result = await run();
  switch (fault?.kind) {
    case 'drop_after':
      return void response.destroy();
    case 'timeout_after':
      return;
    case 'error500_after':
      return refuse(response, new TelegramApiError(500, 'Internal Server Error'));
    default:
      write(response, 200, { ok: true, result });
  }
}

function refusalOf(fault: ApiFault): TelegramApiError | undefined {
  switch (fault.kind) {
    case 'ratelimited':
      return tooManyRequests(fault.retryAfter ?? 1);
    case 'error500':
      return new TelegramApiError(500, 'Internal Server Error');
    case 'error502':
      return new TelegramApiError(502, 'Bad Gateway');
    case 'unauthorized':
      return new TelegramApiError(401, 'Unauthorized');
    case 'conflict': {
      const description = 'terminated by other getUpdates request; make sure that only one bot instance is running';
      return new TelegramApiError(409, `Conflict: ${description}`);
    }
    case 'error':
      return new TelegramApiError(fault.code ?? 400, fault.description ?? 'Bad Request');
    default:
      return undefined;
  }
}

function download(response: ServerResponse, [bot = '', ...path]: string[], parts: ServerParts): void {
  authorize(decodeURIComponent(bot.replace(/^bot/, '')), parts);
  const fault = parts.faults.take('file');
  const refusal = fault && refusalOf(fault);
  if (refusal) throw refusal;
  const file = parts.api.world.files.get(path.join('/'));
  if (!file || file.content.length > MAX_DOWNLOAD_BYTES) throw new TelegramApiError(404, 'Not Found');
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.content.length });
  response.end(file.content);
}

/** Ends when the bot closes the connection before it has its answer. */
function hungUp(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}

function refuse(response: ServerResponse, { code, description, parameters }: TelegramApiError): void {
  write(response, code, { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) });
}

function write(response: ServerResponse, status: number, body: Json): void {
  const retryAfter = (body.parameters as Json | undefined)?.retry_after;
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  });
  response.end(JSON.stringify(body));
}

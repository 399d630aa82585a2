import type { MiddlewareHandler } from 'hono';
import { GitHubApiError, notFound } from './errors.ts';
import type { Fault } from './faults.ts';
import { rateHeaders } from './rate-limit.ts';
import type { Env } from './routes/context.ts';
import type { World } from './world.ts';

const BAD_GATEWAY = '<html><head><title>502 Bad Gateway</title></head></html>';

/** Carries out the faults that `Faults` holds for a request. `relative` gives the path that rules are tested against. */
export function misbehave(world: World, relative: (url: URL) => string): MiddlewareHandler<Env> {
  return async function misbehaving(c, next) {
    const fault = world.faults.take(c.req.method, relative(new URL(c.req.url)));
    if (!fault) return next();
    switch (fault.kind) {
      case 'error500':
        throw new GitHubApiError(500, 'Server Error');
      case 'error502':
        return c.html(BAD_GATEWAY, 502);
      case 'not_found':
        throw notFound();
      case 'rate_limit':
      case 'secondary_rate_limit':
        throw limited(fault);
      case 'error502_after':
        await next();
        c.res = c.html(BAD_GATEWAY, 502);
        return;
      case 'drop_after':
        await next();
        c.env.outgoing.destroy();
        return;
      case 'timeout_after':
        await next();
        await silence(c.env.outgoing, world.closing.signal);
        return;
    }
  };
}

function limited({ kind, retryAfterSeconds = 1 }: Fault): GitHubApiError {
  const reset = Math.ceil(Date.now() / 1000) + retryAfterSeconds;
  if (kind === 'rate_limit') {
    const headers = rateHeaders({ limit: 5000, used: 5000, remaining: 0, reset }, 'core');
    return new GitHubApiError(
      403,
      'API rate limit exceeded for user ID 1. If you reach out to GitHub Support for help, please include the request ID.',
      undefined,
      headers,
    );
  }
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  return new GitHubApiError(403, message, undefined, { 'retry-after': String(retryAfterSeconds) });
}

/** Until the client gives up or the sim closes. */
function silence(outgoing: NodeJS.EventEmitter & { destroy(): void }, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    outgoing.once('close', () => resolve());
    signal.addEventListener('abort', () => outgoing.destroy(), { once: true });
  });
}

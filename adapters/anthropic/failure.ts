import Anthropic from '@anthropic-ai/sdk';
import { Failure, type Remedy } from '../../core/errors.ts';

/** The answer stopped in the middle, or the line went silent: nothing was done, ask again. */
export const cut = (cause: unknown) =>
  new Failure('The model’s answer was cut off.', { code: 'cut', remedy: 'retry', cause });

/** The caller gave up. */
export const aborted = (cause: unknown) =>
  new Failure('The model was told to stop.', { code: 'aborted', remedy: 'never', cause });

/** An error of the SDK as the core understands it; `modelVariable` names the setting to correct when the model is unknown. */
export function toFailure(cause: unknown, modelVariable: string): Failure {
  if (cause instanceof Failure) return cause;
  if (!(cause instanceof Anthropic.APIError)) return cut(cause);
  const said = cause.apiMessage ?? cause.message;
  const be = (code: string, remedy: Remedy, message: string, advice?: string) =>
    new Failure(message, { code, remedy, cause, ...(advice && { advice }), ...retryAfter(cause) });

  if (cause instanceof Anthropic.APIConnectionError && !(cause instanceof Anthropic.APIConnectionTimeoutError)) {
    return be(
      'unreachable',
      'retry',
      `Anthropic cannot be reached (${reason(cause)}).`,
      'Look at ANTHROPIC_BASE_URL and the network.',
    );
  }
  switch (kindOf(cause)) {
    case 'authentication_error':
      return be(
        'invalid_credentials',
        'never',
        'ANTHROPIC_API_KEY: Anthropic does not accept this key.',
        consoleAdvice,
      );
    case 'permission_error':
      return be('forbidden', 'never', `ANTHROPIC_API_KEY: this key may not do that (${said}).`, consoleAdvice);
    case 'billing_error':
      return be('billing', 'never', `ANTHROPIC_API_KEY: Anthropic asks for payment (${said}).`, consoleAdvice);
    case 'not_found_error':
      return be(
        'model_not_found',
        'never',
        `${modelVariable}: Anthropic knows no such model (${said}).`,
        'Correct its name.',
      );
    case 'rate_limit_error':
      return be('rate_limited', 'retry', 'Anthropic’s rate limit is reached.');
    case 'overloaded_error':
      return be('overloaded', 'retry', `Anthropic is overloaded or failing (${cause.status ?? said}).`);
    case 'invalid_request_error':
      return be('invalid_request', 'never', `Anthropic refuses the request: ${said}.`);
    case 'cut':
      return cut(cause);
  }
}

const consoleAdvice = 'See https://platform.claude.com/settings.';

type Kind =
  | 'authentication_error'
  | 'permission_error'
  | 'billing_error'
  | 'not_found_error'
  | 'rate_limit_error'
  | 'overloaded_error'
  | 'invalid_request_error'
  | 'cut';

const kindByStatus: Readonly<Record<number, Kind>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'overloaded_error',
  429: 'rate_limit_error',
};

/** By status; an error event inside a stream has none and is told by its type. */
function kindOf(error: InstanceType<typeof Anthropic.APIError>): Kind {
  const { status, type } = error;
  if (status === undefined) {
    if (type === 'overloaded_error' || type === 'api_error' || type === 'timeout_error') return 'overloaded_error';
    return type === 'rate_limit_error' || type === 'authentication_error' ? type : 'cut';
  }
  if (status >= 500) return 'overloaded_error';
  return kindByStatus[status] ?? 'invalid_request_error';
}

function retryAfter({ headers }: InstanceType<typeof Anthropic.APIError>): { retryAfterMs?: number } {
  const seconds = Number(headers?.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {};
}

/** The innermost cause, where Node says `connect ECONNREFUSED …`. */
function reason(error: Error): string {
  let inner = error;
  while (inner.cause instanceof Error) inner = inner.cause;
  return inner.message || ('code' in inner ? String(inner.code) : inner.name);
}

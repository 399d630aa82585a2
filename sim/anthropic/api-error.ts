const STATUS = {
  invalid_request_error: 400,
  authentication_error: 401,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  overloaded_error: 529,
} as const;

export type ApiErrorType = keyof typeof STATUS;

/** An error as the Messages API answers it; `message` is what the client reads. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly type: ApiErrorType;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(type: ApiErrorType, message: string, retryAfter?: number) {
    super(message);
    this.type = type;
    this.retryAfter = retryAfter;
  }

  get status(): number {
    return STATUS[this.type];
  }

  /** The JSON body, and the data of an `error` event. */
  body(requestId: string): object {
    return { type: 'error', error: { type: this.type, message: this.message }, request_id: requestId };
  }
}

/** 400 in the API's own style: `path: what is wrong`. */
export function invalid(message: string): ApiError {
  return new ApiError('invalid_request_error', message);
}

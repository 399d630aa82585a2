/** The error answers of GitHub's REST API, thrown anywhere and rendered in one place. */
export interface ErrorDetail {
  resource?: string;
  field?: string;
  code: string;
  message?: string;
}

const DOCUMENTATION = 'https://docs.github.com/rest';

export class GitHubApiError extends Error {
  readonly status: number;
  readonly errors: ErrorDetail[] | undefined;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, errors?: ErrorDetail[], headers: Record<string, string> = {}) {
    super(message);
    this.name = 'GitHubApiError';
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }

  /** The JSON body GitHub sends. */
  body(): Record<string, unknown> {
    return {
      message: this.message,
      ...(this.errors ? { errors: this.errors } : {}),
      documentation_url: DOCUMENTATION,
      status: String(this.status),
    };
  }
}

export const notFound = () => new GitHubApiError(404, 'Not Found');
export const badCredentials = () => new GitHubApiError(401, 'Bad credentials');
export const requiresAuthentication = () => new GitHubApiError(401, 'Requires authentication');
export const forbidden = (message: string) => new GitHubApiError(403, message);
export const validationFailed = (...errors: ErrorDetail[]) => new GitHubApiError(422, 'Validation Failed', errors);
export const unprocessable = (message: string) => new GitHubApiError(422, message);

const MAX_BODY = 65_536;
const MAX_TITLE = 256;

/** Refuses texts longer than GitHub takes: 65536 characters of body, 256 of title. */
export function checkText(resource: string, text: { title?: unknown; body?: unknown }): void {
  if (typeof text.title === 'string' && text.title.length > MAX_TITLE)
    throw validationFailed({
      resource,
      code: 'custom',
      field: 'title',
      message: 'title is too long (maximum is 256 characters)',
    });
  if (typeof text.body === 'string' && text.body.length > MAX_BODY)
    throw validationFailed({
      resource,
      code: 'custom',
      field: 'body',
      message: 'body is too long (maximum is 65536 characters)',
    });
}

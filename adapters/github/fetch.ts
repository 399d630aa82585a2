/** Longest wait for one answer of the API, milliseconds. */
export const REQUEST_TIMEOUT_MS = 30_000;

/**
 * `fetch` with a deadline that reads the whole body before it answers. Octokit takes a JSON body that broke off for an
 * empty string and calls it success; here a broken body is a failed request.
 */
export async function fetchWhole(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(input, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  const bodyless = response.status === 204 || response.status === 205 || response.status === 304;
  const whole = new Response(bodyless ? null : await response.arrayBuffer(), {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
  Object.defineProperty(whole, 'url', { value: response.url });
  return whole;
}

/** As {@link fetchWhole}, leaving the body to be streamed; the deadline covers the whole download. */
export function fetchStream(deadlineMs: number): typeof fetch {
  return (input, init = {}) => fetch(input, { ...init, signal: AbortSignal.timeout(deadlineMs) });
}

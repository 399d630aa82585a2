import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { type Client, createClient } from './client.ts';
import { messageOf, toFailure } from './errors.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const repo = { owner: 'acme', repo: 'web' };

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function clientOf(listener: RequestListener): Promise<Client> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const apiUrl = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/api/v3`;
  return createClient({ apiUrl, log: silent, budget: apiUrl, auth: { token: 'ghp_verysecret' } });
}

const answering = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  clientOf((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  });

const failureOf = (work: Promise<unknown>) => work.then(() => expect.unreachable(), toFailure);

describe('toFailure', () => {
  it.each([
    [401, { message: 'Bad credentials' }, {}, { code: 'invalid_credentials', remedy: 'never' }],
    [403, { message: 'Resource not accessible' }, {}, { code: 'forbidden', remedy: 'never' }],
    [
      403,
      { message: 'x' },
      { 'x-github-sso': 'required; url=https://github.com/orgs/acme/sso' },
      { code: 'forbidden', advice: /single sign-on/ },
    ],
    [403, { message: 'x' }, { 'x-accepted-oauth-scopes': 'repo' }, { code: 'forbidden', advice: /scopes: repo/ }],
    [410, { message: 'Issues are disabled' }, {}, { code: 'gone', remedy: 'never' }],
    [409, { message: 'Conflict' }, {}, { code: 'conflict', remedy: 'never' }],
    [429, { message: 'Slow down' }, { 'retry-after': '90' }, { code: 'rate_limited', retryAfterMs: 90_000 }],
    [422, { message: 'was submitted too quickly' }, {}, { code: 'rate_limited', retryAfterMs: 60_000 }],
    [503, { message: 'Unicorn' }, {}, { code: 'unavailable', remedy: 'look' }],
  ])('a %i %j is told as what it is', async (status, body, headers, expected) => {
    const client = await answering(status, body, headers as Record<string, string>);
    const failure = await failureOf(client.rest.issues.create({ ...repo, title: 't' }));
    const advice = 'advice' in expected ? { advice: expect.stringMatching(expected.advice) } : {};
    expect(failure).toMatchObject({ ...expected, ...advice });
  });

  it.each([
    ['NOT_FOUND', 'gone'],
    ['FORBIDDEN', 'forbidden'],
    ['RATE_LIMITED', 'rate_limited'],
    ['UNPROCESSABLE', 'conflict'],
  ])('a GraphQL error %s is %s', async (type, code) => {
    const client = await answering(200, { data: null, errors: [{ type, message: 'No' }] });
    expect(await failureOf(client.graphql('{ viewer { login } }'))).toMatchObject({ code });
  });

  it("carries GitHub's own words with the fields that it names", async () => {
    const errors = [{ resource: 'PullRequest', field: 'head', code: 'invalid' }, { message: 'No commits' }];
    const client = await answering(422, { message: 'Validation Failed', errors });
    const error = await client.rest.issues.create({ ...repo, title: 't' }).catch((thrown: unknown) => thrown);
    expect(messageOf(error)).toBe('Validation Failed: head invalid: No commits');
  });

  it('holds no token, however it is printed', async () => {
    const client = await answering(403, { message: 'no' });
    const failure = await failureOf(client.rest.issues.create({ ...repo, title: 't' }));
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('verysecret');
    expect(JSON.stringify(failure.cause)).not.toContain('verysecret');
  });

  it('an answer that breaks off is a failed request, not an empty answer', async () => {
    let asked = 0;
    const client = await clientOf((request, response) => {
      asked++;
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"number": 1');
      setTimeout(() => request.socket.destroy(), 20);
    });
    expect(await failureOf(client.rest.issues.create({ ...repo, title: 't' }))).toMatchObject({ remedy: 'look' });
    expect(asked).toBe(1);
    expect(await failureOf(client.rest.issues.get({ ...repo, issue_number: 1 }))).toMatchObject({ remedy: 'retry' });
    expect(asked).toBe(4);
  });
});

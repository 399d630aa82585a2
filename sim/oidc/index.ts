/** An OpenID provider in miniature: discovery, the code flow with PKCE and nonce, signed id tokens (OpenID Connect Core 1.0). */
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface OidcSim {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who is signed in at the provider in everybody's browser; null: they say no. */
  person: { sub: string; name: string } | null;
  /** What the next id token says instead, for tokens that must be refused. */
  forge: Record<string, unknown>;
  close(): Promise<void>;
}

interface Grant {
  readonly redirect: string;
  readonly challenge: string;
  readonly nonce: string;
  readonly person: { sub: string; name: string };
}

export async function createOidcSim(): Promise<OidcSim> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = 'one';
  const grants = new Map<string, Grant>();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sim: OidcSim = {
    ...{ issuer, clientId: 'mainloop', clientSecret: 'provider-secret' },
    person: { sub: 'u-1', name: 'Ana' },
    forge: {},
    close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };

  const json = (response: ServerResponse, body: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(response, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        });
      case '/jwks':
        return json(response, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] });
      case '/authorize':
        return authorize(url.searchParams, response);
      case '/token':
        return token(new URLSearchParams(await text(request)), request.headers.authorization ?? '', response);
      default:
        return json(response, {}, 404);
    }
  }

  function authorize(asked: URLSearchParams, response: ServerResponse): void {
    const redirect = asked.get('redirect_uri') ?? '';
    const back = new URL(redirect);
    back.searchParams.set('state', asked.get('state') ?? '');
    if (sim.person) {
      const code = randomBytes(16).toString('hex');
      const [challenge, nonce] = [asked.get('code_challenge') ?? '', asked.get('nonce') ?? ''];
      grants.set(code, { redirect, challenge, nonce, person: sim.person });
      back.searchParams.set('code', code);
    } else back.searchParams.set('error', 'access_denied');
    response.writeHead(303, { location: back.href }).end();
  }

  function token(form: URLSearchParams, authorization: string, response: ServerResponse): void {
    const code = form.get('code') ?? '';
    const grant = grants.get(code);
    grants.delete(code);
    const basic = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
    const secret = form.get('client_secret') ?? basic.split(':')[1];
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isGood = grant?.redirect === form.get('redirect_uri') && grant.challenge === challenge;
    if (!grant || !isGood || secret !== sim.clientSecret) {
      json(response, { error: 'invalid_grant' }, 400);
      return;
    }
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: sim.clientId, iat: now, exp: now + 300, nonce: grant.nonce, ...grant.person };
    const id_token = sign({ ...claims, ...sim.forge });
    json(response, { access_token: 'access', token_type: 'Bearer', expires_in: 300, id_token });
  }

  function sign(claims: object): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'RS256', typ: 'JWT', kid })}.${part(claims)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')}`;
  }

  return sim;
}

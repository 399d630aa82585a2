import type { Configuration } from 'openid-client';
import type { Account } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';

export interface OidcOptions {
  /** As the provider's discovery document names it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What must be remembered between leaving for the provider and coming back. */
export interface Errand {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Oidc {
  /** Where the browser goes, and what it has to bring back. */
  begin(): Promise<{ url: URL; errand: Errand }>;
  /** Who came back with this address. Throws Failure `not_signed_in`, or `unavailable` when the provider is away. */
  finish(back: URL, errand: Errand): Promise<Omit<Account, 'bot'>>;
}

export const callbackPath = '/sign-in/oidc/callback';

/**
 * An OpenID provider (OpenID Connect Core 1.0): the code flow with PKCE, state and nonce. Its library is loaded, and the
 * provider looked up, when somebody first signs in.
 */
export function createOidc({ issuer, clientId, clientSecret }: OidcOptions, publicUrl: string): Oidc {
  const redirect = publicUrl + callbackPath;
  let known: Promise<Configuration> | null = null;
  const load = () => import('openid-client');

  const provider = async (): Promise<Configuration> => {
    const { allowInsecureRequests, discovery } = await load();
    const execute = issuer.startsWith('http:') ? [allowInsecureRequests] : [];
    known ??= discovery(new URL(issuer), clientId, clientSecret, undefined, { execute });
    try {
      return await known;
    } catch (cause) {
      known = null;
      throw new Failure('The sign-in provider does not answer.', {
        code: 'unavailable',
        remedy: 'retry',
        advice: 'Try again in a moment. An owner looks at OIDC_ISSUER.',
        cause,
      });
    }
  };

  return {
    async begin() {
      const { buildAuthorizationUrl, calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier, randomState } =
        await load();
      const errand = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
      const url = buildAuthorizationUrl(await provider(), {
        redirect_uri: redirect,
        scope: 'openid profile email',
        state: errand.state,
        nonce: errand.nonce,
        code_challenge: await calculatePKCECodeChallenge(errand.verifier),
        code_challenge_method: 'S256',
      });
      return { url, errand };
    },

    async finish(back, { state, nonce, verifier }) {
      const { authorizationCodeGrant } = await load();
      const own = new URL(redirect);
      own.search = back.search;
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      const tokens = await authorizationCodeGrant(await provider(), own, checks).catch((cause) => {
        throw new Failure('The sign-in provider did not let you in.', {
          code: 'not_signed_in',
          remedy: 'never',
          advice: 'Begin again on the sign-in page.',
          cause,
        });
      });
      const claims = tokens.claims();
      if (!claims) throw new Failure('The sign-in provider named nobody.', { code: 'not_signed_in', remedy: 'never' });
      const name = [claims.name, claims.preferred_username, claims.email].find((one) => typeof one === 'string');
      return { platform: 'oidc', space: '', id: claims.sub, name: name ?? claims.sub };
    },
  };
}

import { createRemoteJWKSet, type JWTPayload, errors as joseErrors, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { PromptsegError } from '../platform/errors.js';
import { log } from '../platform/log.js';
import { displayNameOf } from './displayName.js';
import { namesInClaim } from './roles.js';
import type { SignedIn } from './sessions.js';
import { isLoopback, type LogIn } from './settings.js';

/** A sign-in in progress: kept by the browser that started it until it returns. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** The OpenID provider that people sign in to (OpenID Connect Core 1.0; PKCE of RFC 7636; RFC 9700). */
export interface OpenIdProvider {
  /** Address to redirect the browser to. @throws PromptsegError `sign-in-unavailable`, like all below */
  begin(redirectUri: string): Promise<{ readonly address: URL; readonly attempt: Attempt }>;
  /** @param returned address under which the browser returned @throws PromptsegError `sign-in-failed` */
  finish(returned: URL, attempt: Attempt): Promise<SignedIn>;
  /** New tokens for the same person; undefined if the provider refuses. */
  refresh(signedIn: SignedIn): Promise<SignedIn | undefined>;
  /** The provider's sign-out page, with the way back; undefined if it has none. */
  signOut(signedIn: SignedIn, returnTo: string): Promise<URL | undefined>;
  /** The claims of a program's token. @throws PromptsegError `credential-invalid` */
  verify(token: string): Promise<JWTPayload>;
  /** What Promptseg needs and the provider lacks, in words. */
  faults(): Promise<readonly string[]>;
}

type OidcSettings = Extract<LogIn, { mode: 'oidc' }>;

/** Allowed difference of clocks. */
const clockToleranceSeconds = 30;

/** Signatures that only the provider can make: neither `none` nor one with a shared secret. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Tokens are verified with keys read within this time, so a provider outage stops no program. */
const keysCountMs = 3_600_000;

/** The provider's addresses and keys are requested when first needed: a server starts without it. */
export function createOpenIdProvider(settings: OidcSettings): OpenIdProvider {
  const discovered = once(() => discover(settings));
  const keys = once(async () => {
    const { jwks_uri } = (await discovered()).serverMetadata();
    if (jwks_uri === undefined) throw new Error('the provider publishes no keys');
    return createRemoteJWKSet(new URL(jwks_uri), { cacheMaxAge: keysCountMs, timeoutDuration: 5000 });
  });

  const signedInOf = async (
    tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers,
    before?: SignedIn,
  ): Promise<SignedIn> => {
    const idClaims = tokens.claims();
    const subject = idClaims?.sub ?? before?.subject;
    if (subject === undefined)
      throw new PromptsegError('sign-in-failed', 'The sign-in service does not say who signed in.');
    // Many providers return names and groups only here. One that issues tokens for another audience refuses.
    const userInfo = await client.fetchUserInfo(await discovered(), tokens.access_token, subject).catch(() => ({}));
    const claims: Record<string, unknown> = { ...userInfo, ...idClaims, sub: subject };
    const hasClaims = idClaims !== undefined || Object.keys(userInfo).length > 0;
    const refreshToken = tokens.refresh_token ?? before?.refreshToken;
    return {
      subject,
      displayName: hasClaims ? displayNameOf(claims) : before!.displayName,
      roles: hasClaims ? namesInClaim(claims, settings.rolesClaim).map(String) : before!.roles,
      accessToken: tokens.access_token,
      ...(refreshToken !== undefined && { refreshToken }),
      idToken: tokens.id_token ?? before?.idToken ?? '',
      accessExpiresAt: Date.now() + 1000 * (tokens.expires_in ?? usualLifetimeSeconds),
    };
  };

  return {
    async begin(redirectUri) {
      const configuration = await reach(discovered);
      const attempt = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        codeVerifier: client.randomPKCECodeVerifier(),
      };
      const address = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: settings.providerScope,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: 'S256',
      });
      return { address, attempt };
    },

    async finish(returned, { state, nonce, codeVerifier }) {
      const configuration = await reach(discovered);
      try {
        return await signedInOf(
          await client.authorizationCodeGrant(configuration, returned, {
            expectedState: state,
            expectedNonce: nonce,
            pkceCodeVerifier: codeVerifier,
            idTokenExpected: true,
          }),
        );
      } catch (error) {
        if (error instanceof PromptsegError) throw error;
        if (isUnavailable(error)) throw unavailable(error);
        log.info({ code: codeOf(error) }, 'a sign-in failed');
        throw new PromptsegError('sign-in-failed', 'The sign-in service did not confirm the sign-in.', {
          cause: error,
        });
      }
    },

    async refresh(signedIn) {
      if (signedIn.refreshToken === undefined) return undefined;
      const configuration = await reach(discovered);
      try {
        return await signedInOf(await client.refreshTokenGrant(configuration, signedIn.refreshToken), signedIn);
      } catch (error) {
        if (isUnavailable(error)) throw unavailable(error);
        return undefined;
      }
    },

    async signOut(signedIn, returnTo) {
      const configuration = await reach(discovered);
      const { end_session_endpoint, revocation_endpoint } = configuration.serverMetadata();
      if (revocation_endpoint !== undefined && signedIn.refreshToken !== undefined)
        await client.tokenRevocation(configuration, signedIn.refreshToken).catch((error) => {
          log.info({ code: codeOf(error) }, 'the sign-in service did not revoke a token');
        });
      if (end_session_endpoint === undefined) return undefined;
      return client.buildEndSessionUrl(configuration, {
        post_logout_redirect_uri: returnTo,
        ...(signedIn.idToken !== '' && { id_token_hint: signedIn.idToken }),
      });
    },

    async verify(token) {
      if (settings.audience === undefined)
        throw new PromptsegError('credential-invalid', 'This server accepts API keys of programs, but no tokens.');
      const keySet = await reach(keys);
      try {
        const { payload } = await jwtVerify(token, keySet, {
          issuer: (await discovered()).serverMetadata().issuer,
          audience: settings.audience,
          algorithms,
          clockTolerance: clockToleranceSeconds,
          requiredClaims: ['exp', 'sub'],
        });
        return payload;
      } catch (error) {
        if (keysAreUnavailable(error)) throw unavailable(error);
        throw new PromptsegError('credential-invalid', 'The token is invalid or has expired.', { cause: error });
      }
    },

    async faults() {
      const { jwks_uri, code_challenge_methods_supported: methods } = (await reach(discovered)).serverMetadata();
      return [
        ...(jwks_uri === undefined ? ['it publishes no keys (jwks_uri), so no token can be verified'] : []),
        ...(methods !== undefined && !methods.includes('S256') ? ['it does not offer PKCE with S256'] : []),
      ];
    },
  };
}

/** Used if a provider does not say how long its tokens are valid. */
const usualLifetimeSeconds = 300;

async function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<client.Configuration> {
  const execute = [
    // Verifies the signature of ID tokens too, instead of trusting TLS alone.
    client.enableNonRepudiationChecks,
    ...(issuer.protocol === 'http:' && isLoopback(issuer.hostname) ? [client.allowInsecureRequests] : []),
  ];
  const metadata = { [client.clockTolerance]: clockToleranceSeconds };
  const authentication = clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
  const configuration = await client.discovery(issuer, clientId, metadata, authentication, { execute, timeout: 5 });
  configuration.timeout = 10;
  return configuration;
}

/** Keeps the first value; after a failure the next call retries. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

async function reach<T>(get: () => Promise<T>): Promise<T> {
  try {
    return await get();
  } catch (error) {
    throw unavailable(error);
  }
}

const unavailable = (cause: unknown): PromptsegError => {
  log.warn({ code: codeOf(cause) }, 'the sign-in service does not respond');
  return new PromptsegError('sign-in-unavailable', 'The sign-in service does not respond.', { cause });
};

/**
 * Whether the provider was unreachable or had an internal error: then nothing is known about the token or the person.
 */
function isUnavailable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { name, code, cause, status } = error as { name?: string; code?: string; cause?: unknown; status?: number };
  // `fetch` reports a failed connection without any reason.
  if (name === 'TimeoutError' || code === 'OAUTH_TIMEOUT' || (name === 'TypeError' && code === undefined)) return true;
  return (typeof status === 'number' && status >= 500) || isUnavailable(cause);
}

/**
 * Whether the keys could not be fetched: then nothing is known about the token. A fault of the token has its own code,
 * whatever its cause.
 */
function keysAreUnavailable(error: unknown): boolean {
  if (!(error instanceof joseErrors.JOSEError)) return isUnavailable(error);
  return error instanceof joseErrors.JWKSTimeout || error.code === 'ERR_JOSE_GENERIC';
}

/** An error's own code, or that of its cause: `ECONNREFUSED`, `invalid_grant`. */
function codeOf(error: unknown): string {
  const { code, error: ofProtocol, name, cause } = (error ?? {}) as Record<string, unknown>;
  if (typeof ofProtocol === 'string') return ofProtocol;
  if (typeof cause === 'object' && cause !== null && 'name' in cause) return codeOf(cause);
  return String(code ?? name);
}

import type { EventEmitter } from 'node:events';
import type { Request } from 'express';
import { PromptsegError } from '../platform/errors.js';
import type { Principal } from '../values/principal.js';
import { type ApiKeys, isApiKey } from './apiKeys.js';
import type { Cookies } from './cookies.js';
import { displayNameOf } from './displayName.js';
import type { OpenIdProvider } from './openIdProvider.js';
import { namesInClaim, scopesOfRoles } from './roles.js';
import type { Sessions, SignedIn } from './sessions.js';
import type { LogIn } from './settings.js';

/** An identified sender, with the token that the archive accepts. */
export interface Known {
  readonly principal: Principal;
  /** The person's own access token. */
  readonly token?: string;
  /** When the token or key expires, in milliseconds since 1970. */
  readonly expiresAt?: number;
  /** For a session or a key: the id reported when it ends. */
  readonly session?: string;
}

/** The id reported when a key is revoked. */
export const sessionOfKey = (id: string): string => `key ${id}`;

/** One kind of credential: undefined if the request does not use it. */
export type Credential = (request: Request) => Promise<Known | undefined>;

/** An access token is not used in its last seconds, because its recipient would refuse it. */
const lastMs = 15_000;

/**
 * `Authorization: Bearer`: an API key, or a token of the provider.
 * @throws PromptsegError `credential-invalid`, `sign-in-unavailable`
 */
export function bearer(
  keys: ApiKeys,
  provider?: { readonly verify: OpenIdProvider['verify']; readonly rolesClaim: string },
): Credential {
  return async (request) => {
    const { authorization } = request.headers;
    if (authorization === undefined) return undefined;
    const [, token] = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization) ?? [];
    if (token !== undefined && isApiKey(token)) {
      const { principal, expiresAt } = await keys.identify(token);
      return { principal, expiresAt: expiresAt.getTime(), session: sessionOfKey(principal.subject) };
    }
    if (provider === undefined) return undefined;
    if (token === undefined)
      throw new PromptsegError('credential-invalid', 'API keys and tokens are accepted as Authorization: Bearer ….');
    const claims = await provider.verify(token);
    return {
      principal: {
        kind: 'user',
        subject: String(claims.sub),
        displayName: displayNameOf(claims),
        scopes: scopesOfRoles(namesInClaim(claims, provider.rolesClaim)),
      },
      token,
      expiresAt: 1000 * Number(claims.exp),
    };
  };
}

/**
 * The session of the cookie. Its access token is renewed when it expires, so an account that the provider no longer
 * knows is signed out by then.
 * @param ended receives the id of a session that ended
 * @throws PromptsegError `session-over`, `sign-in-unavailable`, `origin-missing` for a change without an origin from
 * the browser
 */
export function sessionCookie({
  cookies,
  sessions,
  provider,
  ended,
}: {
  readonly cookies: Cookies;
  readonly sessions: Sessions;
  readonly provider: OpenIdProvider;
  readonly ended: EventEmitter;
}): Credential {
  // A page sends several requests at once; a refresh token is good for one of them.
  const refreshing = new Map<string, Promise<SignedIn | undefined>>();

  async function refreshed(cookie: string, signedIn: SignedIn): Promise<SignedIn | undefined> {
    // Who read the session before the last refresh must not use its refresh token: a provider that rotates them takes
    // it for stolen, and signs the person out.
    const current = await sessions.find(cookie);
    if (current !== undefined && current.signedIn.accessToken !== signedIn.accessToken) return current.signedIn;
    const next = await provider.refresh(signedIn);
    if (next !== undefined) {
      await sessions.renew(cookie, next);
      return next;
    }
    // Another server may have just used the refresh token.
    const found = await sessions.find(cookie);
    return found !== undefined && found.signedIn.accessToken !== signedIn.accessToken ? found.signedIn : undefined;
  }

  return async (request) => {
    const cookie = cookies.readSession(request);
    if (cookie === undefined) return undefined;
    requireOwnOrigin(request);
    const session = await sessions.find(cookie);
    if (session === undefined) throw over();
    let { signedIn } = session;
    if (signedIn.accessExpiresAt - lastMs < Date.now()) {
      const { id } = session;
      const underWay = refreshing.get(id) ?? refreshed(cookie, signedIn).finally(() => refreshing.delete(id));
      refreshing.set(id, underWay);
      const next = await underWay;
      if (next === undefined) {
        await sessions.end(cookie);
        ended.emit(id);
        throw over();
      }
      signedIn = next;
    }
    const { subject, displayName, roles, accessToken } = signedIn;
    return {
      principal: { kind: 'user', subject, displayName, scopes: scopesOfRoles(roles) },
      token: accessToken,
      expiresAt: signedIn.accessExpiresAt - lastMs,
      session: session.id,
    };
  };
}

const over = (): PromptsegError => new PromptsegError('session-over', 'Your session has ended.');

/**
 * A browser sends cookies even with requests that other sites cause; a change states its origin. The request guard
 * refuses other origins; a change without an origin is refused here.
 */
export function requireOwnOrigin({ method, headers }: Request): void {
  if (
    method === 'GET' ||
    method === 'HEAD' ||
    headers.origin !== undefined ||
    headers['sec-fetch-site'] === 'same-origin'
  )
    return;
  throw new PromptsegError(
    'origin-missing',
    'A change with a session cookie must state its origin. Programs use an API key or a token instead.',
  );
}

/**
 * The headers of a trusted proxy.
 * @throws PromptsegError `proxy-untrusted` if others send them, or several of a kind
 */
export function proxyHeaders({
  trustedProxies,
  userHeader,
  rolesHeader,
}: Extract<LogIn, { mode: 'proxy' }>): Credential {
  return async ({ headersDistinct, socket }) => {
    const users = headersDistinct[userHeader] ?? [];
    const roles = headersDistinct[rolesHeader] ?? [];
    const tokens = headersDistinct[tokenHeader] ?? [];
    if (users.length + roles.length + tokens.length === 0) return undefined;
    if (!isAmong(trustedProxies, socket.remoteAddress))
      throw new PromptsegError('proxy-untrusted', 'A header that identifies the user comes from an untrusted address.');
    const [user] = users;
    if (users.length > 1 || roles.length > 1 || tokens.length > 1 || user === undefined || user.trim() === '')
      throw new PromptsegError('proxy-untrusted', 'The proxy does not identify exactly one user.');
    const [token] = tokens;
    return {
      principal: {
        kind: 'user',
        subject: user,
        displayName: user.slice(0, 200),
        scopes: scopesOfRoles((roles[0] ?? '').split(/[\s,]+/)),
      },
      ...(token !== undefined && { token }),
    };
  };
}

/** The header in which oauth2-proxy and others pass on the user's token. */
const tokenHeader = 'x-forwarded-access-token';

function isAmong(addresses: Extract<LogIn, { mode: 'proxy' }>['trustedProxies'], address = ''): boolean {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return addresses.check(v4 ?? address, (v4 ?? address).includes(':') ? 'ipv6' : 'ipv4');
}

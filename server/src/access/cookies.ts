import { parse } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';
import type { OwnOrigin } from '../http/requestGuard.js';
import type { Attempt } from './openIdProvider.js';

/**
 * Cookies of a session and of a sign-in in progress. `HttpOnly`: no script can read them. `SameSite=Lax`: a page of
 * another site sends them only with links. Over https `Secure`, with the prefixes that prevent a neighbouring host from
 * setting them (RFC 6265bis section 4.1.3).
 */
export interface Cookies {
  readSession(request: Request): string | undefined;
  writeSession(response: Response, value: string, endsAt: Date): void;
  clearSession(response: Response): void;
  readAttempt(request: Request, state: string): KeptAttempt | undefined;
  writeAttempt(response: Response, attempt: KeptAttempt): void;
  clearAttempt(response: Response, state: string): void;
}

/** Includes the path that the person wanted to open. */
export type KeptAttempt = Attempt & { readonly to: string };

const attemptSeconds = 600;
/** With name and attributes this stays below the 4096 bytes that browsers keep (RFC 6265, section 6.1). */
const mostBytes = 3500;
const callback = '/auth/callback';

/** @param originOf the origin under which a request arrived */
export function createCookies(originOf: (request: Request) => OwnOrigin): Cookies {
  const isSecure = (request: Request): boolean => originOf(request).scheme === 'https';
  // Cookies belong to a host, whatever the port: two servers on one machine separate theirs by name.
  const sessionName = (request: Request): string =>
    isSecure(request) ? '__Host-promptseg' : `promptseg-${request.socket.localPort}`;
  const attemptName = (request: Request, state: string): string =>
    `${isSecure(request) ? '__Secure-' : ''}promptseg-${state.slice(0, 12)}`;
  const optionsFor = (request: Request, path: string): CookieOptions => ({
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure(request),
    path,
  });
  const read = (request: Request): Record<string, string | undefined> => parse(request.headers.cookie ?? '');

  return {
    readSession: (request) => read(request)[sessionName(request)],
    writeSession(response, value, endsAt) {
      response.cookie(sessionName(response.req), value, {
        ...optionsFor(response.req, '/'),
        expires: endsAt,
      });
    },
    clearSession(response) {
      response.clearCookie(sessionName(response.req), optionsFor(response.req, '/'));
    },
    readAttempt(request, state) {
      const kept = read(request)[attemptName(request, state)];
      if (kept === undefined) return undefined;
      try {
        const { state: known, nonce, codeVerifier, to } = JSON.parse(Buffer.from(kept, 'base64url').toString());
        return known === state
          ? { state, nonce: String(nonce), codeVerifier: String(codeVerifier), to: String(to) }
          : undefined;
      } catch {
        return undefined;
      }
    },
    writeAttempt(response, attempt) {
      const inText = (kept: KeptAttempt): string => Buffer.from(JSON.stringify(kept)).toString('base64url');
      const whole = inText(attempt);
      // Browsers drop longer cookies: the sign-in for a longer link leads to the home page.
      const value = whole.length > mostBytes ? inText({ ...attempt, to: '/' }) : whole;
      response.cookie(attemptName(response.req, attempt.state), value, {
        ...optionsFor(response.req, callback),
        maxAge: 1000 * attemptSeconds,
      });
    },
    clearAttempt(response, state) {
      response.clearCookie(attemptName(response.req, state), optionsFor(response.req, callback));
    },
  };
}

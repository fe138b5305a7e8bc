import type { EventEmitter } from 'node:events';
import type { RequestHandler } from 'express';
import { type Identity, identify } from '../http/principalOf.js';
import { nobody, type Principal } from '../values/principal.js';
import type { Credential, Known } from './credentials.js';
import { isCodeFile } from './scopes.js';
import type { StudyAccess } from './studyAccess.js';

/** An unknown sender has no scopes, and is asked to sign in if a request needs one. */
const stranger: Principal = { ...nobody, scopes: new Set() };

/** An event stream is checked again after this time: a key may have been revoked, a role removed. */
const streamMs = 300_000;
/** At least this long between checks, however short-lived the token is. */
const leastStreamMs = 1000;

/**
 * Identifies the sender of each request. Credentials are tried in order; one that is present and wrong ends the
 * request, so nobody continues under another identity.
 */
export function authenticate({
  credentials,
  studies,
  ended,
}: {
  readonly credentials: readonly Credential[];
  /** Present if the archive decides who may see a study. */
  readonly studies?: StudyAccess | undefined;
  /** Receives the id of a session that ended. */
  readonly ended: EventEmitter;
}): RequestHandler {
  return async (request, _response, next) => {
    // An expired cookie must not block the page that signs in or shows that one is signed out, nor its parts.
    const isForAll = request.path.startsWith('/auth/') || request.path === '/healthz' || isCodeFile(request.path);
    const known = isForAll ? undefined : await firstKnown(request);
    identify(request, known === undefined ? { principal: stranger } : identityOf(known));
    next();
  };

  async function firstKnown(request: Parameters<Credential>[0]): Promise<Known | undefined> {
    for (const credential of credentials) {
      const known = await credential(request);
      if (known !== undefined) return known;
    }
    return undefined;
  }

  function identityOf({ principal, token, expiresAt = Number.POSITIVE_INFINITY, session }: Known): Identity {
    const whenOver: Identity['whenOver'] = (listener) => {
      // The archive is queried with the token for as long as the stream lasts.
      const lastsMs = Math.max(leastStreamMs, Math.min(streamMs, expiresAt - Date.now()));
      const timer = setTimeout(listener, lastsMs).unref();
      if (session !== undefined) ended.once(session, listener);
      return () => {
        clearTimeout(timer);
        if (session !== undefined) ended.off(session, listener);
      };
    };
    if (studies === undefined || principal.scopes.has('studies:all')) return { principal, whenOver };
    if (token === undefined) return { principal, whenOver, mayFindStudy: async () => false };
    const archiveAuthorization = `Bearer ${token}`;
    return {
      principal,
      whenOver,
      archiveAuthorization,
      mayFindStudy: (study) => studies.mayFind(study, archiveAuthorization),
    };
  }
}

import type { ErrorRequestHandler, Request } from 'express';
import { errorTable } from '#contract/errorTable.js';
import { recordAudit } from '../database/auditTrail.js';
import type { SqlExecutor } from '../database/database.js';
import { principalOf } from '../http/principalOf.js';
import { PromptsegError } from '../platform/errors.js';
import { log } from '../platform/log.js';
import { type Actor, actorOf, nobody } from '../values/principal.js';

const oneMinuteMs = 60_000;
/** Anonymous senders can be refused too, so the number of rows they can cause is limited. */
const mostRemembered = 1000;

/**
 * Records that a request was refused: once a minute for each user, address, reason and door, so nobody can fill the
 * trail with repeated requests. Runs before the error handler.
 */
export function auditRefusals(sql: SqlExecutor, now: () => number = Date.now): ErrorRequestHandler {
  const remembered = new Map<string, number>();

  return (error: unknown, request, _response, next) => {
    next(error);
    if (!(error instanceof PromptsegError) || !isRefusal(error)) return;
    const actor = actorIn(request);
    const door = doorOf(request);
    const key = [actor.kind, actor.subject, request.ip, error.code, door].join(' ');
    if ((remembered.get(key) ?? 0) > now()) return;
    if (remembered.size >= mostRemembered) {
      for (const [each, until] of remembered) if (until <= now()) remembered.delete(each);
      // So many at once are one attack, which the existing rows show.
      if (remembered.size >= mostRemembered) return;
    }
    remembered.set(key, now() + oneMinuteMs);
    recordAudit(sql, {
      kind: error.code === 'sign-in-failed' ? 'logged-in' : 'access-refused',
      actor,
      ...(request.ip !== undefined && { address: request.ip }),
      outcome: 'minor-failure',
      reason: error.code,
      things: [{ type: 'request', id: door }],
    }).catch((err) => log.error({ err }, 'a refusal could not be recorded'));
  };
}

/**
 * Forbidden, sent to a name that is not ours, or with wrong credentials. Being asked to sign in first is not a refusal.
 */
const isRefusal = ({ code }: PromptsegError): boolean =>
  [403, 421].includes(errorTable[code].status) || code === 'credential-invalid' || code === 'sign-in-failed';

function actorIn(request: Request): Actor {
  try {
    return actorOf(principalOf(request));
  } catch {
    // Refused before the sender was identified.
    return actorOf(nobody);
  }
}

/** The place of the refusal, in our own words: the rest of an address may be anything. */
function doorOf({ method, originalUrl }: Request): string {
  const [door = '/'] = /^\/(?:api\/v1(?:\/[a-z-]{1,20})?|dicom-web|ups-rs|mcp|auth)(?=[/?]|$)/.exec(originalUrl) ?? [];
  return `${method.slice(0, 10)} ${door}`;
}

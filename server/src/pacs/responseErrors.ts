import type { IncomingHttpHeaders } from 'node:http';
import { PromptsegError } from '../platform/errors.js';

/**
 * The error for an HTTP status of the archive. Callers handle those that depend on the request (404, 409, 413). The
 * response's text is left out, because it may contain patient data.
 * @param headers of the response; Retry-After (RFC 9110 section 10.2.3) becomes `retryAfterSeconds` in the details
 */
export function errorOfStatus(status: number, headers: IncomingHttpHeaders = {}): PromptsegError {
  const retryAfterSeconds = secondsOf(headers['retry-after']);
  const details = { status, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  if (status === 401 || status === 403) {
    return new PromptsegError('archive-refused', `The archive refused the credentials or the permission (${status}).`, {
      details,
    });
  }
  if (status === 408 || status === 425 || status === 429) {
    return new PromptsegError('archive-busy', `The archive is not accepting more requests (${status}).`, {
      details,
    });
  }
  if (status === 502 || status === 503 || status === 504) {
    return new PromptsegError('archive-unreachable', `The archive is temporarily unavailable (${status}).`, {
      details,
    });
  }
  if (status >= 500) {
    return new PromptsegError('archive-broken-answer', `The archive has an internal error (${status}).`, { details });
  }
  if (status === 404) {
    return new PromptsegError('archive-refused', 'The archive has no DICOMweb service at this address (404).', {
      details,
    });
  }
  if (status >= 300 && status < 400) {
    return new PromptsegError(
      'archive-refused',
      `The archive's address redirects elsewhere (${status}). Use the final address.`,
      { details },
    );
  }
  return new PromptsegError('archive-refused', `The archive refused the request (${status}).`, { details });
}

/** Retry-After is a number of seconds or a date; undefined if it is neither. */
function secondsOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

import { readFileSync } from 'node:fs';
import { PromptsegError } from './errors.js';

/**
 * Credentials for the archive: an `Authorization` header, or the path of a file with a bearer token that another
 * program renews (access tokens of cloud archives last an hour or less). Never logged.
 */
export type ArchiveAuthorization = string | { readonly tokenFile: string };

/**
 * The `Authorization` header of a request that is sent now; none without credentials. The file is read each time: it is
 * small, and a renewed token counts at once.
 * @throws PromptsegError `archive-refused` if the file cannot be read or is empty
 */
export function authorizationHeader(authorization: ArchiveAuthorization | undefined): { Authorization?: string } {
  if (authorization === undefined) return {};
  if (typeof authorization === 'string') return { Authorization: authorization };
  return { Authorization: `Bearer ${readToken(authorization.tokenFile)}` };
}

function readToken(tokenFile: string): string {
  let token: string;
  try {
    token = readFileSync(tokenFile, 'utf8').trim();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new PromptsegError('archive-refused', `The file with the archive's token cannot be read (${code}).`, {
      cause,
    });
  }
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new PromptsegError('archive-refused', "The file with the archive's token does not contain one token.");
}

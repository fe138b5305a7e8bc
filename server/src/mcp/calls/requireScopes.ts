import type { IncomingMessage } from 'node:http';
import { principalOf } from '../../http/principalOf.js';
import { PromptsegError } from '../../platform/errors.js';
import type { Scope } from '../../values/principal.js';

/** @throws PromptsegError `not-permitted` if the sender lacks one of the scopes */
export function requireScopes(request: IncomingMessage, scopes: readonly Scope[]): void {
  const missing = scopes.find((scope) => !principalOf(request).scopes.has(scope));
  if (missing !== undefined)
    throw new PromptsegError('not-permitted', `This needs the scope ${missing}.`, { details: { scope: missing } });
}

import type { Request } from 'express';
import { principalOf } from './principalOf.js';

/**
 * Who counts as one client for shares and limits: the signed-in person, from anywhere; without a log-in, the address of
 * the connection. A header that names another address is ignored, because anybody can send it.
 */
export function clientOf(request: Request): string {
  const { kind, subject } = principalOf(request);
  return kind === 'user' || kind === 'key' ? `${kind} ${subject}` : `address ${request.socket.remoteAddress ?? ''}`;
}

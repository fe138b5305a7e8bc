import type { Request, RequestHandler } from 'express';
import type { ErrorCode } from '#contract/errorTable.js';
import { PromptsegError } from '../platform/errors.js';
import { clientOf } from './clientOf.js';

/**
 * Limits the open requests of one kind, per client and in total.
 * @param limits.what in words, for the refusal: "event streams"
 * @param limits.until how long a request counts: until its response is sent or its connection closed (the default), or
 * only until its body has been read, so slow senders do not block others
 * @throws (of the middleware) PromptsegError `limits.code`
 */
export function openRequestLimit(limits: {
  readonly perClient: number;
  readonly inAll: number;
  readonly code: ErrorCode;
  readonly what: string;
  readonly until?: 'response' | 'body';
}): RequestHandler {
  const { perClient, inAll, code, what, until = 'response' } = limits;
  const openOf = new Map<string, number>();
  let open = 0;
  return (request, response, next) => {
    if (until === 'body' && !hasBody(request)) return next();
    const client = clientOf(request);
    const mine = openOf.get(client) ?? 0;
    if (mine >= perClient || open >= inAll) {
      const whose = mine >= perClient ? `You have ${mine}` : `This server has ${open}`;
      throw new PromptsegError(code, `${whose} ${what} open, which is the limit.`);
    }
    open++;
    openOf.set(client, mine + 1);
    let isOpen = true;
    const end = (): void => {
      if (!isOpen) return;
      isOpen = false;
      open--;
      const left = (openOf.get(client) ?? 1) - 1;
      if (left > 0) openOf.set(client, left);
      else openOf.delete(client);
    };
    response.once('close', end);
    if (until === 'body') request.once('end', end);
    next();
  };
}

const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { PromptsegError } from '../platform/errors.js';
import { nobody, type Principal } from '../values/principal.js';

/** Who sent a request, and with which credentials. */
export interface Identity {
  readonly principal: Principal;
  /** The `Authorization` header for archive requests on behalf of this principal; never recorded, never logged. */
  readonly archiveAuthorization?: string;
  /**
   * Whether the archive finds the study for this principal. Absent if every study may be found.
   * @throws PromptsegError `archive-unreachable` if the archive does not respond
   */
  readonly mayFindStudy?: (studyInstanceUID: string) => Promise<boolean>;
  /**
   * Calls the listener when the sign-in ends or must be checked again: event streams end then, and their clients
   * reconnect. Returns a function that stops it. Absent without a log-in.
   */
  readonly whenOver?: (listener: () => void) => () => void;
}

// Outside the request object: no client, body parser or proxy can set it.
const identities = new WeakMap<IncomingMessage, Identity>();

/** Sets who sent the request. `access/authenticate.ts` does this before any route. */
export function identify(request: IncomingMessage, identity: Identity): void {
  identities.set(request, identity);
}

/**
 * @throws PromptsegError `internal` if no authentication runs before the route: a programming error, never treated as
 * an anonymous request
 */
export function identityOf(request: IncomingMessage): Identity {
  const identity = identities.get(request);
  if (identity === undefined) throw new PromptsegError('internal', 'The request was not authenticated.');
  return identity;
}

/**
 * Who sent the request.
 * @throws PromptsegError `internal`, like `identityOf`
 */
export const principalOf = (request: IncomingMessage): Principal => identityOf(request).principal;

/**
 * @throws PromptsegError `study-not-found` if the sender may not find the study in the archive; `archive-unreachable`
 */
export async function requireStudy(request: IncomingMessage, studyInstanceUID: string): Promise<void> {
  const { mayFindStudy } = identityOf(request);
  if (mayFindStudy === undefined || (await mayFindStudy(studyInstanceUID))) return;
  throw new PromptsegError('study-not-found', 'The archive has no such study that you may see.');
}

/** Number of studies checked at once. */
const askedAtOnce = 8;

/**
 * The items of a list whose studies the sender may find in the archive, in order.
 * @param studiesOf the study of an item, or several; all must be found, and an item without a study is never found
 * @throws PromptsegError `archive-unreachable`
 */
export async function findableOf<T>(
  request: IncomingMessage,
  list: readonly T[],
  studiesOf: (each: T) => string | readonly string[],
): Promise<readonly T[]> {
  const { mayFindStudy } = identityOf(request);
  if (mayFindStudy === undefined) return list;
  const studies = [...new Set(list.flatMap(studiesOf))];
  const findable = new Set<string>();
  for (let first = 0; first < studies.length; first += askedAtOnce)
    await Promise.all(
      studies.slice(first, first + askedAtOnce).map(async (study) => {
        if (await mayFindStudy(study)) findable.add(study);
      }),
    );
  return list.filter((each) => {
    const own = [studiesOf(each)].flat();
    return own.length > 0 && own.every((study) => findable.has(study));
  });
}

/** Treats every request as anonymous: a server without a log-in. */
export const asNobody: RequestHandler = (request, _response, next) => {
  identify(request, { principal: nobody });
  next();
};

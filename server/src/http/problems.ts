import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { z } from 'zod';
import { PromptsegError, toProblem } from '../platform/errors.js';
import { log } from '../platform/log.js';

/** RFC 6585, section 4: the client has too many requests. */
const retryAfterSeconds = '10';

/**
 * Sends every thrown error as RFC 9457 problem+json. Unexpected errors are logged with their stack and sent without it.
 */
export const sendProblems: ErrorRequestHandler = (error, request, response, _next) => {
  // The rest of an unread body is dropped, or the connection would end before the client receives the refusal.
  request.resume();
  const known = fromExpress(error);
  if (!(known instanceof PromptsegError)) log.error({ err: error }, 'request failed unexpectedly');
  // Express would print the error.
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem = toProblem(known);
  if (problem.status === 429) response.set('Retry-After', retryAfterSeconds);
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
};

export const noSuchAddress: RequestHandler = () => {
  throw new PromptsegError('not-found', 'There is nothing at this address.');
};

/** Express and its parts report a broken body, a malformed address or a missing file as errors with a status. */
function fromExpress(error: unknown): unknown {
  const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown };
  if (error instanceof PromptsegError || typeof status !== 'number' || status < 400 || status >= 500) return error;
  if (status === 413)
    return new PromptsegError('body-too-large', 'The body of the request is too large.', { cause: error });
  if (status === 404) return new PromptsegError('not-found', 'There is nothing at this address.', { cause: error });
  const what =
    typeof type === 'string' ? 'The body of the request cannot be read as JSON.' : 'The request cannot be read.';
  return new PromptsegError('request-invalid', what, { cause: error });
}

/** @throws PromptsegError `request-invalid` with every wrong field in the details */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap((issue) => fieldsOf(issue as z.core.$ZodIssue));
  const [first] = fields;
  throw new PromptsegError(
    'request-invalid',
    `The request is not valid: ${first?.field || 'body'}: ${first?.message}.`,
    {
      details: { fields },
    },
  );
}

/** What is wrong, by field; of several forms that an input may have, according to the one that it comes closest to. */
function fieldsOf(
  issue: z.core.$ZodIssue,
  around: readonly PropertyKey[] = [],
): { readonly field: string; readonly message: string }[] {
  const path = [...around, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0)
    return [{ field: path.join('.'), message: issue.message }];
  const closest = issue.errors.reduce((a, b) => (faultsIn(b) < faultsIn(a) ? b : a));
  return closest.flatMap((each) => fieldsOf(each, path));
}

const faultsIn = (issues: readonly z.core.$ZodIssue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);

import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { z } from 'zod';
import { PromptsegError, toProblem } from '../errors.js';
import { log } from '../log.js';

/** Answers every thrown error as RFC 9457 problem+json. What nobody foresaw is logged with its stack and answered without it. */
export const answerProblems: ErrorRequestHandler = (error, _request, response, next) => {
  const known = fromExpress(error);
  if (!(known instanceof PromptsegError)) log.error({ err: error }, 'request failed unexpectedly');
  if (response.headersSent) {
    next(error);
    return;
  }
  const problem = toProblem(known);
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
};

export const noSuchAddress: RequestHandler = () => {
  throw new PromptsegError('not-found', 'There is nothing at this address.');
};

/** Express and its parts report a broken body, a malformed address or a missing file as errors with a status. */
function fromExpress(error: unknown): unknown {
  const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown };
  if (error instanceof PromptsegError || typeof status !== 'number' || status < 400 || status >= 500) return error;
  if (status === 404) return new PromptsegError('not-found', 'There is nothing at this address.', { cause: error });
  const what =
    typeof type === 'string' ? 'The body of the request cannot be read as JSON.' : 'The request cannot be read.';
  return new PromptsegError('request-invalid', what, { cause: error });
}

/** @throws PromptsegError `request-invalid` with every wrong field in the details */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  const [first] = fields;
  throw new PromptsegError(
    'request-invalid',
    `The request is not valid: ${first?.field || 'body'}: ${first?.message}.`,
    {
      details: { fields },
    },
  );
}

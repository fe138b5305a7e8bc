import { PromptsegError } from './errors.js';

/** The log entry of an error. */
export interface LoggedError {
  /** Name of its class. */
  readonly type: string;
  /** Code of `errorTable`, of Node.js (ECONNREFUSED) or of the database (SQLSTATE). */
  readonly code?: string;
  /** Only for our own errors about the server and its dependencies. */
  readonly reason?: string;
  /** Where it was thrown: the frames of its stack, without the message before them. */
  readonly at?: readonly string[];
  readonly cause?: LoggedError;
}

const deepestCause = 3;

/**
 * An error in a form that may be logged: its kind and origin, never its message. A database repeats its input in
 * `message`, `detail`, `where`, `query` and `params`, including prompts and names; other libraries do the same in their
 * messages. Our own sentences are kept if they are about the server (status 500 and above); those about a request may
 * quote it.
 */
export function errorForLog(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack, cause } = error;
  const code = (error as { readonly code?: unknown }).code;
  const isOurs = error instanceof PromptsegError;
  return {
    type: isPlainWord(name) ? name : 'Error',
    ...(isPlainWord(code) && { code }),
    ...(isOurs && error.entry.status >= 500 && { reason: error.message }),
    ...(!isOurs && stack !== undefined && { at: framesOf(stack.replace(message, '')) }),
    ...(cause !== undefined && depth < deepestCause && { cause: errorForLog(cause, depth + 1) }),
  };
}

/** The frames of a stack. V8 puts the message before them, which may have several lines. */
export const framesOf = (stack: string): readonly string[] =>
  stack.split('\n').flatMap((line) => /^ {4}at (?:async )?(.+:\d+:\d+\)?)$/.exec(line)?.slice(1) ?? []);

const isPlainWord = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{1,60}$/.test(value);

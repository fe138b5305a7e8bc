import { type ErrorCode, type ErrorEntry, errorTable } from '#contract/errorTable.js';
import type { Problem } from '#contract/problem.js';

/**
 * An error with a code of {@link errorTable} and one sentence for a radiologist or an administrator about what happened
 * in this case; never with a patient's name, ID or date.
 */
export class PromptsegError extends Error {
  override readonly name = 'PromptsegError';

  /**
   * @param code stable code
   * @param message what happened, one sentence, without patient data
   * @param options.details machine-readable facts (numbers, UIDs, names of targets), shown in problem+json
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.details = options.details ?? {};
  }

  readonly details: Readonly<Record<string, unknown>>;

  get entry(): ErrorEntry {
    return errorTable[this.code];
  }
}

/**
 * Turns any thrown value into a problem; anything but a {@link PromptsegError} becomes `internal` without its message.
 */
export function toProblem(error: unknown): Problem {
  const known =
    error instanceof PromptsegError
      ? error
      : new PromptsegError('internal', 'An unexpected error ended this request.', { cause: error });
  const { status, title, nextStep, transient } = known.entry;
  return {
    type: `urn:promptseg:error:${known.code}`,
    title,
    status,
    detail: known.message,
    code: known.code,
    nextStep,
    transient,
    details: known.details,
  };
}

/** @throws PromptsegError `cancelled` if the signal has aborted */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new PromptsegError('cancelled', 'The job was cancelled.');
}

import { PromptsegError } from '../platform/errors.js';

/**
 * Whether ONNX Runtime ran out of memory while it ran a graph: a smaller run may fit. What was refused by an estimate
 * has no cause.
 */
export const ranOutOfMemory = (error: unknown): boolean =>
  error instanceof PromptsegError && error.code === 'memory-insufficient' && error.cause !== undefined;

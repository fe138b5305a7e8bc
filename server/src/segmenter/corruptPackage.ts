import { PromptsegError } from '../platform/errors.js';

/** `model-package-corrupt` for one file of a package. */
export function corrupt(file: string, what: string, cause?: unknown): PromptsegError {
  return new PromptsegError('model-package-corrupt', `${file} ${what}.`, { details: { file }, cause });
}

import { z } from 'zod';
import { PromptsegError } from '../../platform/errors.js';

/**
 * The id of a job as typed.
 * @throws PromptsegError `options-invalid` if no job can have it
 */
export function jobId(typed: string): string {
  if (z.uuid().safeParse(typed).success) return typed;
  throw new PromptsegError(
    'options-invalid',
    `“${typed}” is not the id of a job, such as 0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11; \`promptseg jobs\` lists them.`,
  );
}

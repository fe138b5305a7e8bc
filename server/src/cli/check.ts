import { PromptsegError } from '../platform/errors.js';

/** One result of `promptseg doctor`. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly found: string;
  /** How to fix it. */
  readonly fix?: string;
}

/** @param found used if the error has no message for people */
export function failed(name: string, error: unknown, found: string): Check {
  return error instanceof PromptsegError
    ? { name, state: 'failed', found: error.message, fix: error.entry.nextStep }
    : { name, state: 'failed', found };
}

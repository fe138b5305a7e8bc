import type { ErrorCode } from '#contract/errorTable.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';

const mayBeAway: ReadonlySet<ErrorCode> = new Set(['archive-unreachable', 'archive-busy']);

/**
 * Whether the archive does not respond at all: then the error says nothing about this series, and all series wait. If
 * it fails for one series only, the others must not be held up.
 */
export async function isArchiveAway(
  error: unknown,
  archive: Pick<Archive, 'ping'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(error instanceof PromptsegError) || !mayBeAway.has(error.code)) return false;
  return archive.ping(signal).then(
    () => false,
    () => true,
  );
}

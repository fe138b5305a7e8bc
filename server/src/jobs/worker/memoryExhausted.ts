import { readFile } from 'node:fs/promises';
import { isNativeError } from 'node:util/types';
import { formatBytes } from '#contract/byteSize.js';
import type { Stage } from '#contract/jobState.js';
import { PromptsegError } from '../../platform/errors.js';

/** The error of a job that ran out of memory, with advice. */
export function memoryExhausted(stage: Stage | undefined, bytesAvailable: number, cause?: unknown): PromptsegError {
  const during = stage === undefined ? 'while the job started' : `while the job was ${stage}`;
  return new PromptsegError(
    'memory-exhausted',
    `Out of memory ${during}. ${formatBytes(bytesAvailable)} were free when it started. ` +
      'Try fewer targets at once, or a series with fewer or smaller images.',
    { cause, details: { bytesAvailable, ...(stage !== undefined && { stage }) } },
  );
}

/**
 * Node.js's message when a typed array or a buffer cannot be allocated; `onnxRuntime.ts` recognises ONNX Runtime's own
 * failures.
 */
export function isAllocationFailure(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return (
    code === 'ERR_MEMORY_ALLOCATION_FAILED' ||
    (error.name === 'RangeError' && /allocation failed|invalid (typed )?array( buffer)? length/i.test(error.message))
  );
}

/** The last output of a process that ran out of memory: V8 at its heap limit, or a native library. */
const lastWords = /out of memory|bad_alloc|memory allocation failed/i;

/** Whether a worker process ended because it ran out of memory. */
export function endedByMemory({
  signal,
  standardError,
  killsBefore,
  killsAfter,
}: {
  readonly signal: string | null;
  /** The end of its standard error. */
  readonly standardError: string;
  /** `outOfMemoryKills` when the job began, and after the process ended. */
  readonly killsBefore: number;
  readonly killsAfter: number;
}): boolean {
  return (signal === 'SIGKILL' && killsAfter > killsBefore) || lastWords.test(standardError);
}

/** How many processes the kernel has killed for lack of memory, in this container or on this machine; 0 if unknown. */
export async function outOfMemoryKills(): Promise<number> {
  for (const file of ['/sys/fs/cgroup/memory.events', '/proc/vmstat']) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const count = /^oom_kill (\d+)$/m.exec(text)?.[1];
    if (count !== undefined) return Number(count);
  }
  return 0;
}

import { readFile } from 'node:fs/promises';
import { freemem } from 'node:os';
import { formatBytes } from '#contract/byteSize.js';
import { PromptsegError } from './errors.js';

/**
 * Bytes that this process can still allocate: the machine's free memory, including file caches, limited by its control
 * group (container, systemd unit).
 */
export async function availableMemory(): Promise<number> {
  // On Linux freemem() is MemAvailable of /proc/meminfo (libuv ≥ 1.45, Node ≥ 20), which includes the caches.
  return Math.min(freemem(), await leftInControlGroup());
}

/**
 * To be called before the memory is taken.
 * @param what is read, for the message: "the images"
 * @throws PromptsegError `memory-insufficient` with the figures
 */
export async function requireMemoryFor(what: string, bytesNeeded: number): Promise<void> {
  const bytesAvailable = await availableMemory();
  if (bytesNeeded <= bytesAvailable) return;
  throw new PromptsegError(
    'memory-insufficient',
    `Reading ${what} needs about ${formatBytes(bytesNeeded)}; ${formatBytes(bytesAvailable)} are free.`,
    { details: { bytesNeeded, bytesAvailable } },
  );
}

/**
 * `process.availableMemory()` (Node ≥ 20.13) counts the group's file cache as used, and so would refuse jobs that fit.
 */
async function leftInControlGroup(): Promise<number> {
  const limit = process.constrainedMemory();
  if (!(limit > 0 && limit < 2 ** 53)) return Infinity;
  for (const { usage, statistics } of controlGroupFiles) {
    const used = Number(await readFile(usage, 'utf8').catch(() => Number.NaN));
    if (!Number.isFinite(used)) continue;
    const cache =
      /^(?:total_)?inactive_file (\d+)$/m.exec(await readFile(statistics, 'utf8').catch(() => ''))?.[1] ?? 0;
    return limit - used + Number(cache);
  }
  return limit - process.memoryUsage.rss();
}

/** Version 2, then version 1, as a container sees its own group. */
const controlGroupFiles = [
  { usage: '/sys/fs/cgroup/memory.current', statistics: '/sys/fs/cgroup/memory.stat' },
  { usage: '/sys/fs/cgroup/memory/memory.usage_in_bytes', statistics: '/sys/fs/cgroup/memory/memory.stat' },
];

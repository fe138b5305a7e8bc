import { readFile } from 'node:fs/promises';
import { freemem } from 'node:os';

/**
 * Bytes that this process can still take: what the machine has free, counting memory that only caches files, and no
 * more than what its control group (container, systemd unit) leaves.
 */
export async function availableMemory(): Promise<number> {
  // On Linux freemem() is MemAvailable of /proc/meminfo (libuv ≥ 1.45, Node ≥ 20), which counts the caches.
  return Math.min(freemem(), await leftInControlGroup());
}

/** `process.availableMemory()` (Node ≥ 20.13) counts the group's file cache as used, and so would refuse what fits. */
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

import { lockDataFolder } from '../database/dataFolderLock.js';
import { type Jobs, openJobs } from '../jobs/openJobs.js';
import type { Config } from '../platform/config.js';

/**
 * Opens the jobs in the PostgreSQL database of DATABASE_URL, or else in the data folder, which is locked until `close`.
 * @throws PromptsegError `data-folder-in-use`, `database-unreachable`, `database-newer`
 */
export async function openConfiguredJobs({ databaseUrl, dataFolder }: Config): Promise<Jobs> {
  if (databaseUrl !== undefined) return openJobs({ kind: 'server', url: databaseUrl });
  const lock = await lockDataFolder(dataFolder);
  try {
    const jobs = await openJobs({ kind: 'embedded', dataFolder });
    return {
      ...jobs,
      async close() {
        await jobs.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

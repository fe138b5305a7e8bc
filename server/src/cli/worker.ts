import { recordActivity } from '../audit/activity.js';
import { openJobs } from '../jobs/openJobs.js';
import { usualHeartbeat, watchForLostWorkers } from '../jobs/worker/lostWorkers.js';
import type { Config } from '../platform/config.js';
import { PromptsegError } from '../platform/errors.js';
import { log } from '../platform/log.js';
import { readModels } from '../segmenter/packages/readModels.js';
import { createClosing } from './closing.js';
import { startWorker } from './startWorker.js';

export interface RunningWorker {
  /** Returns a running job to the queue, unless it is storing its result; then waits until it has finished. */
  stop(): Promise<void>;
}

/**
 * `promptseg worker`: runs jobs of a shared database, on this host.
 * @throws PromptsegError `options-invalid` without DATABASE_URL, `database-unreachable`, `database-newer`
 */
export async function runWorker(config: Config): Promise<RunningWorker> {
  if (config.databaseUrl === undefined)
    throw new PromptsegError(
      'options-invalid',
      '`promptseg worker` needs DATABASE_URL. With an embedded database the worker runs inside `promptseg serve`.',
    );
  const closing = createClosing();
  try {
    const library = await readModels(config);
    const jobs = await openJobs({ kind: 'server', url: config.databaseUrl });
    closing.add(() => jobs.close());
    closing.add(await recordActivity(jobs.database, 'worker'));
    closing.add(watchForLostWorkers(jobs, usualHeartbeat));
    const runner = await startWorker(config, jobs, library);
    closing.add(() => runner.stop());
    log.info({ models: library.packages.map(({ manifest }) => manifest.id) }, 'waiting for jobs');
    return { stop: closing.close };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

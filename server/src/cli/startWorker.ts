import { availableParallelism, hostname } from 'node:os';
import type { Jobs } from '../jobs/openJobs.js';
import { type JobRunner, startJobRunner } from '../jobs/worker/jobRunner.js';
import { usualHeartbeat } from '../jobs/worker/lostWorkers.js';
import { createWorkerProcess } from '../jobs/worker/workerProcess.js';
import type { Config } from '../platform/config.js';
import type { ModelLibrary } from '../segmenter/packages/modelPackage.js';
import { modelKeysOf } from '../segmenter/packages/readModels.js';

/** Starts a worker with the settings of this process, for `serve` or `worker`. */
export async function startWorker(config: Config, jobs: Jobs, library: ModelLibrary): Promise<JobRunner> {
  const { executionProvider, gpu } = config;
  return startJobRunner({
    jobs,
    library,
    worker: createWorkerProcess({
      archiveUrl: config.archiveUrl,
      ...(config.archiveAuthorization !== undefined && { archiveAuthorization: config.archiveAuthorization }),
      modelKeys: await modelKeysOf(config),
      normsFolders: (library.norms ?? []).map(({ folder }) => folder),
      ...(library.fieldOfView !== undefined && { fieldOfViewFolder: library.fieldOfView.folder }),
      executionProvider,
      threads: availableParallelism(),
      ...(gpu !== undefined && { gpu }),
      modelMemoryBytes: config.modelMemoryBytes,
    }),
    description: {
      host: hostname(),
      pid: process.pid,
      executionProvider,
      ...(gpu !== undefined && { gpu }),
      models: [...library.packages, ...library.promptable].map(({ manifest: { id, version } }) => ({ id, version })),
    },
    heartbeat: usualHeartbeat,
    institution: config.institution,
  });
}

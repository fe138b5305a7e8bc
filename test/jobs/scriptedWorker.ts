import type { WorkerDescription, WorkerStatus } from '../../server/src/jobs/records/workerRegistry.js';
import type { WorkerJob, WorkerProcess } from '../../server/src/jobs/worker/workerProcess.js';
import { PromptsegError } from '../../server/src/platform/errors.js';
import type { SegmentByTextResult } from '../../server/src/story/segmentByText.js';

export const workerOn = (host: string): WorkerDescription => ({ host, pid: 1, executionProvider: 'cpu', models: [] });

export const idleStatus: WorkerStatus = { load: 0, availableMemoryBytes: 1e9 };

export const nothingFound: SegmentByTextResult = { findings: [], executionProvider: 'cpu', sessionRunMs: 1, notes: [] };
export const workerLost = () => new PromptsegError('worker-lost', 'The worker process ended (SIGKILL).');

export interface ScriptedWorker extends WorkerProcess {
  /** Jobs in the order in which they began. */
  readonly started: WorkerJob[];
  /** One per started job: ends it. */
  readonly settle: { resolve(result: SegmentByTextResult): void; reject(error: Error): void }[];
  readonly cancelled: string[];
}

/** A worker process whose jobs end when the test says so. */
export function scriptedWorker(): ScriptedWorker {
  const started: WorkerJob[] = [];
  const settle: ScriptedWorker['settle'] = [];
  const cancelled: string[] = [];
  const lose = (): void => settle.at(-1)?.reject(workerLost());
  return {
    started,
    settle,
    cancelled,
    run: (job) =>
      new Promise((resolve, reject) => {
        started.push(job);
        settle.push({ resolve, reject });
      }),
    cancel: (id) => {
      cancelled.push(id);
      settle.at(-1)?.reject(new PromptsegError('cancelled', 'The job was cancelled.'));
    },
    kill: lose,
    stop: async () => lose(),
  };
}

import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { PromptsegError } from '../errors.js';
import { log } from '../log.js';
import type { SegmentByTextRequest, SegmentByTextResult } from '../segmentByText.js';
import type { Stage } from '../stage.js';
import { JobFailure } from './jobFailure.js';
import type { FromWorker, ToWorker, WorkerSettings } from './workerMessages.js';

export interface WorkerJob {
  readonly jobId: string;
  readonly request: SegmentByTextRequest;
  readonly modelFolder: string;
  readonly onStage: (stage: Stage) => void;
  readonly onProgress: (progress: { readonly fraction?: number; readonly message: string }) => void;
}

export interface WorkerProcess {
  /**
   * Runs one job; one at a time.
   * @throws JobFailure with the problem that the worker told; PromptsegError `worker-lost` where the process ended, `cancelled` where it was
   * ended because a cancelled job did not stop
   */
  run(job: WorkerJob): Promise<SegmentByTextResult>;
  /** Asks the running job to stop; ends the process where it does not within the grace time and has not begun to store. */
  cancel(jobId: string): void;
  stop(): Promise<void>;
}

/** `session.run()` of one window can take seconds and cannot be interrupted; a cancel should not take longer than this. */
const cancelGraceMs = 3000;

/** Starts a worker process at its first job and again after it was lost. */
export function createWorkerProcess(settings: WorkerSettings): WorkerProcess {
  let child: ChildProcess | undefined;
  let stopping = false;
  let current: { jobId: string; storing: boolean; cancelled: boolean } | undefined;

  const start = (): ChildProcess => {
    const started = fork(path.join(import.meta.dirname, 'workerMain.js'), {
      serialization: 'advanced',
      env: { ...process.env, PROMPTSEG_WORKER: JSON.stringify(settings) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    started.once('exit', () => {
      if (child === started) child = undefined;
    });
    return started;
  };

  const tell = (message: ToWorker): void => {
    child?.send(message, (error) => {
      if (error) log.debug({ reason: error.message }, 'worker did not take a message');
    });
  };

  return {
    run({ jobId, request, modelFolder, onStage, onProgress }) {
      child ??= start();
      const runner = child;
      const state = { jobId, storing: false, cancelled: false };
      current = state;
      return new Promise<SegmentByTextResult>((resolve, reject) => {
        const finish = (settle: () => void): void => {
          runner.off('message', onMessage);
          runner.off('exit', onExit);
          current = undefined;
          settle();
        };
        const onExit = (code: number | null, signal: string | null): void =>
          finish(() => {
            if (state.cancelled) reject(new PromptsegError('cancelled', 'The job was cancelled.'));
            else
              reject(
                new PromptsegError('worker-lost', `The worker process ended (${signal ?? `exit code ${code}`}).`, {
                  details: { code, signal },
                }),
              );
          });
        const onMessage = (message: FromWorker): void => {
          if (message.jobId !== jobId) return;
          if (message.type === 'stage') {
            if (message.stage === 'storing') state.storing = true;
            onStage(message.stage);
          } else if (message.type === 'progress') onProgress(message.progress);
          else if (message.type === 'completed') finish(() => resolve(message.result));
          else finish(() => reject(new JobFailure(message.problem, message.stack)));
        };
        runner.on('message', onMessage);
        runner.once('exit', onExit);
        tell({ type: 'run', jobId, request, modelFolder });
      });
    },

    cancel(jobId) {
      if (current?.jobId !== jobId) return;
      const state = current;
      const runner = child;
      state.cancelled = true;
      tell({ type: 'cancel', jobId });
      setTimeout(() => {
        if (current === state && !state.storing) runner?.kill('SIGKILL');
      }, cancelGraceMs).unref();
    },

    async stop() {
      if (stopping || child === undefined) return;
      stopping = true;
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

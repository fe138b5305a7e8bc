import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '#contract/jobState.js';
import { availableMemory } from '../../platform/availableMemory.js';
import { PromptsegError, toProblem } from '../../platform/errors.js';
import { createKeptProcess } from '../../platform/keptProcess.js';
import { log } from '../../platform/log.js';
import type { SegmentByTextResult } from '../../story/segmentByText.js';
import { JobFailure } from './jobFailure.js';
import { endedByMemory, memoryExhausted, outOfMemoryKills } from './memoryExhausted.js';
import type { FromWorker, ToWorker, WorkerRequest, WorkerSettings } from './workerMessages.js';

export interface WorkerJob {
  readonly jobId: string;
  readonly request: WorkerRequest;
  readonly modelFolder: string;
  /** Whether an earlier attempt of the job ended its worker process. */
  readonly afterCrash: boolean;
  readonly onStage: (stage: Stage) => void;
  /** Called right before the result is sent to the archive; if it throws, the job ends with that error. */
  readonly beforeStoring: () => Promise<void>;
  readonly onProgress: (progress: { readonly fraction?: number; readonly message: string }) => void;
}

export interface WorkerProcess {
  /**
   * Runs one job; one at a time.
   * @throws JobFailure with the problem that the worker reported; PromptsegError `worker-lost` if the process ended;
   * `cancelled` if it was killed because a cancelled job did not stop
   */
  run(job: WorkerJob): Promise<SegmentByTextResult>;
  /**
   * Asks the running job to stop; kills the process if it has neither stopped within the grace period nor begun to
   * store.
   */
  cancel(jobId: string): void;
  /** Kills the process and thereby the running job, even while it stores. */
  kill(): void;
  /** Waits a while for a job that is being stored, then ends the process. */
  stop(): Promise<void>;
}

/** One `session.run()` can take seconds and cannot be interrupted; a cancel should not take longer than this. */
const cancelGraceMs = 3000;
/**
 * Storing and reading back take seconds; if they take longer, the next run of the job finds the object in the archive.
 */
const storingGraceMs = 20_000;

interface RunningJob {
  readonly jobId: string;
  readonly runner: ChildProcess;
  stage?: Stage;
  storing: boolean;
  cancelled: boolean;
}

/** Starts a worker process with its first job, and again after it was lost. */
export function createWorkerProcess(settings: WorkerSettings): WorkerProcess {
  const child = createKeptProcess('worker', path.join(import.meta.dirname, 'workerMain.js'), {
    PROMPTSEG_WORKER: JSON.stringify(settings),
  });
  let current: RunningJob | undefined;

  const send = (process: ChildProcess, message: ToWorker): void => {
    process.send(message, (error) => {
      if (error) log.debug({ err: error }, 'worker did not take a message');
    });
  };

  return {
    run({ jobId, request, modelFolder, afterCrash, onStage, beforeStoring, onProgress }) {
      const runner = child.running();
      const state: RunningJob = { jobId, runner, storing: false, cancelled: false };
      const memoryBefore = memoryNow();
      current = state;
      return new Promise<SegmentByTextResult>((resolve, reject) => {
        const finish = (settle: () => void): void => {
          runner.off('message', onMessage);
          runner.off('close', onClose);
          runner.off('error', onError);
          current = undefined;
          settle();
        };
        // Not `exit`, because the last output may arrive after it.
        const onClose = (code: number | null, signal: string | null): void =>
          finish(() => {
            const lastWords = child.lastWords();
            void whyEnded(state, memoryBefore, { code, signal, lastWords }).then(reject);
          });
        const onError = ({ message }: Error): void =>
          finish(() => reject(new PromptsegError('worker-lost', `The worker process could not be used: ${message}.`)));
        const onMessage = (message: FromWorker): void => {
          if (message.jobId !== jobId) return;
          if (message.type === 'stage') {
            state.stage = message.stage;
            onStage(message.stage);
          } else if (message.type === 'may-store')
            // The reply is only for this process, which may have ended while the database was down, and another may
            // have restarted the job.
            beforeStoring().then(
              () => {
                state.storing = true;
                send(runner, { type: 'store', jobId });
              },
              (error) => send(runner, { type: 'store', jobId, problem: toProblem(error) }),
            );
          else if (message.type === 'progress') onProgress(message.progress);
          else if (message.type === 'completed') finish(() => resolve(message.result));
          else finish(() => reject(new JobFailure(message.problem, message.unforeseen)));
        };
        runner.on('message', onMessage);
        runner.once('close', onClose);
        runner.once('error', onError);
        send(runner, { type: 'run', jobId, request, modelFolder, afterCrash });
      });
    },

    cancel(jobId) {
      if (current?.jobId !== jobId) return;
      const state = current;
      state.cancelled = true;
      send(state.runner, { type: 'cancel', jobId });
      setTimeout(() => {
        if (current === state && !state.storing) state.runner.kill('SIGKILL');
      }, cancelGraceMs).unref();
    },

    kill: child.kill,

    async stop() {
      const deadline = Date.now() + storingGraceMs;
      while (current?.storing && Date.now() < deadline) await sleep(50);
      await child.end();
    },
  };
}

interface MemoryBefore {
  readonly bytesAvailable: number;
  readonly kills: number;
}

async function memoryNow(): Promise<MemoryBefore> {
  const [bytesAvailable, kills] = await Promise.all([availableMemory(), outOfMemoryKills()]);
  return { bytesAvailable, kills };
}

/** Why the process of a running job ended. */
async function whyEnded(
  { stage, cancelled }: RunningJob,
  before: Promise<MemoryBefore>,
  {
    code,
    signal,
    lastWords,
  }: { readonly code: number | null; readonly signal: string | null; readonly lastWords: string },
): Promise<PromptsegError> {
  if (cancelled) return new PromptsegError('cancelled', 'The job was cancelled.');
  const { bytesAvailable, kills } = await before;
  if (endedByMemory({ signal, standardError: lastWords, killsBefore: kills, killsAfter: await outOfMemoryKills() }))
    return memoryExhausted(stage, bytesAvailable);
  return new PromptsegError('worker-lost', `The worker process ended (${signal ?? `exit code ${code}`}).`, {
    details: { code, signal },
  });
}

import { randomUUID } from 'node:crypto';
import PgBoss from 'pg-boss';
import { uidFromName, uidFromUuid } from '../dicom/uid.js';
import { PromptsegError, toProblem } from '../errors.js';
import { viewTarget } from '../finding.js';
import { log } from '../log.js';
import type { Archive } from '../pacs/archive.js';
import type { SegmentByTextResult } from '../segmentByText.js';
import type { ModelLibrary } from '../segmenter/modelPackage.js';
import { acceptRequest } from './acceptRequest.js';
import { createBell } from './bell.js';
import type { Database } from './database.js';
import { type EndState, hasEnded, type Job, type SegmentationRequest } from './job.js';
import { JobFailure } from './jobFailure.js';
import type { JobChanges, JobStore } from './jobStore.js';
import { createStageClock } from './stageClock.js';
import type { WorkerProcess } from './workerProcess.js';

export interface JobService {
  /** Accepts a request, durably, or gives the open job of the same request. @throws PromptsegError of `acceptRequest` */
  submit(request: SegmentationRequest): Promise<{ job: Job; created: boolean }>;
  /** @throws PromptsegError `job-not-found`, `job-ended`, `job-being-stored` */
  cancel(id: string): Promise<Job>;
  /** Ends the worker and the queue; running jobs start again with the next server. */
  stop(): Promise<void>;
}

const queue = 'segmentations';
/**
 * A job whose worker is lost is tried again twice: an out-of-memory kill may have been somebody else's fault once. The queue gives a job up after 15
 * minutes otherwise, too soon for a large model on a CPU; 24 hours is its limit.
 */
const message = { retryLimit: 2, retryDelay: 0, expireInHours: 23 };

/** How long a message can lie in the queue unnoticed: only one that another process sent, or that is tried again. */
const pollMs = 1000;

/** Starts the queue on the database and takes up the jobs that an earlier server left behind. */
export async function startJobService({
  database,
  store,
  archive,
  library,
  worker,
  onEnd,
}: {
  readonly database: Database;
  readonly store: JobStore;
  readonly archive: Archive;
  readonly library: ModelLibrary;
  readonly worker: WorkerProcess;
  /** Called with every job that has ended, for the metrics. */
  readonly onEnd: (job: Job) => void;
}): Promise<JobService> {
  let stopping = false;
  const boss = new PgBoss({ db: { executeSql: database.executeSql }, schedule: false });
  boss.on('error', (error) => log.error({ reason: error.message }, 'queue'));
  await boss.start();
  await boss.createQueue(queue);
  await takeUpUnfinished();
  const bell = createBell();
  const working = work();

  /** Takes one message after another until the service stops. */
  async function work(): Promise<void> {
    while (!stopping) {
      try {
        const [taken] = await boss.fetch<{ jobId: string }>(queue, { includeMetadata: true });
        if (taken === undefined) await bell.heard(pollMs);
        else
          await runOne(taken.data.jobId, taken.retryCount < taken.retryLimit).then(
            () => boss.complete(queue, taken.id),
            (error) => boss.fail(queue, taken.id, { reason: String(error) }),
          );
      } catch (error) {
        log.error({ reason: String(error) }, 'the queue cannot be read or written');
        await bell.heard(pollMs);
      }
    }
  }

  /** Every job that has not ended waits in the queue again, whatever became of its message: it was running, or the server died between two writes. */
  async function takeUpUnfinished(): Promise<void> {
    for (const job of await store.unfinished()) {
      const waiting = await boss.getJobById(queue, job.id);
      if (waiting?.state !== 'created' && waiting?.state !== 'retry') {
        await boss.deleteJob(queue, job.id);
        // It waited for its turn once already.
        await boss.send(queue, { jobId: job.id }, { ...message, id: job.id, priority: 1 });
      }
      if (job.state !== 'queued')
        await store.update(job.id, {
          state: 'queued',
          notes: [...job.notes, 'The server was restarted; the job was started again.'],
        });
    }
  }

  async function runOne(id: string, mayRetry: boolean): Promise<void> {
    const job = await store.update(id, { state: 'retrieving', startedAt: new Date().toISOString() });
    if (job === undefined) return; // cancelled while it was queued
    await store.announceQueue();
    const clock = createStageClock();
    // Changes are written one after another, in the order in which the worker told them.
    let written: Promise<unknown> = Promise.resolve();
    const write = (changes: JobChanges): void => {
      written = written
        .then(() => store.update(id, changes))
        .catch((error) => log.error({ reason: String(error) }, 'record'));
    };
    try {
      const model = library.packages.find(({ sha256 }) => sha256 === job.model?.sha256);
      if (model === undefined)
        throw new PromptsegError('model-not-found', 'The model that the job was accepted for is no longer installed.');
      const result = await worker.run({
        jobId: id,
        modelFolder: model.folder,
        request: {
          studyInstanceUID: job.request.studyInstanceUID,
          seriesInstanceUID: job.request.seriesInstanceUID,
          prompts: job.request.prompts,
          result: { seriesInstanceUID: uidFromName(id, 'series'), sopInstanceUID: uidFromUuid(id) },
          createdAt: new Date(job.createdAt),
        },
        onStage: (stage) => write({ state: stage, stageTimes: clock.enter(stage) }),
        onProgress: (progress) => write({ progress }),
      });
      await written;
      await end(id, { state: 'completed', ...recordOf(result, job), stageTimes: clock.stop() });
    } catch (error) {
      await written;
      // The message must not count as done: the next server takes the job up.
      if (stopping) throw error;
      const problem = error instanceof JobFailure ? error.problem : toProblem(error);
      if (error instanceof JobFailure && error.workerStack)
        log.error({ stack: error.workerStack }, 'job failed unexpectedly');
      if (problem.code === 'worker-lost' && mayRetry) {
        await store.update(id, {
          state: 'queued',
          notes: [...job.notes, `${problem.detail} The job was started again.`],
        });
        throw error; // the queue tries it again
      }
      await end(id, {
        state: problem.code === 'cancelled' ? 'cancelled' : 'failed',
        problem,
        stageTimes: clock.stop(),
      });
    }
  }

  async function end(id: string, changes: Omit<JobChanges, 'state'> & { state: EndState }): Promise<Job | undefined> {
    const job = await store.update(id, { ...changes, endedAt: new Date().toISOString() });
    if (job !== undefined) onEnd(job);
    return job;
  }

  return {
    async submit(request) {
      const { model, targets, requestKey } = await acceptRequest(request, archive, library);
      const { id, version } = model.manifest;
      const outcome = await store.insert(
        {
          id: randomUUID(),
          state: 'queued',
          request,
          targets: targets.map(viewTarget),
          createdAt: new Date().toISOString(),
          stageTimes: {},
          model: { id, version, sha256: model.sha256 },
          notes: [],
          findings: [],
        },
        requestKey,
        async (sql, job) => {
          await boss.send(queue, { jobId: job }, { ...message, id: job, db: sql });
        },
      );
      bell.ring();
      return outcome;
    },

    async cancel(id) {
      const job = await store.get(id);
      if (job.state === 'storing' || job.state === 'verifying')
        throw new PromptsegError('job-being-stored', 'The result is being stored; the job can no longer be cancelled.');
      if (hasEnded(job)) throw new PromptsegError('job-ended', `The job has ended already: ${job.state}.`);
      if (job.state !== 'queued') {
        worker.cancel(id);
        return (await store.update(id, { progress: { message: 'cancelling' } })) ?? store.get(id);
      }
      await boss.cancel(queue, id);
      const problem = toProblem(new PromptsegError('cancelled', 'The job was cancelled before it began.'));
      const cancelled = await end(id, { state: 'cancelled', problem });
      await store.announceQueue();
      return cancelled ?? store.get(id);
    },

    async stop() {
      stopping = true;
      bell.ring();
      await worker.stop();
      await working;
      await boss.stop({ graceful: false, close: false });
    },
  };
}

function recordOf(result: SegmentByTextResult, job: Job): Omit<JobChanges, 'state'> {
  return {
    findings: [...result.findings],
    notes: [...job.notes, ...result.notes],
    executionProvider: result.executionProvider,
    sessionRunMs: result.sessionRunMs,
    ...(result.stored && { result: result.stored }),
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '#contract/job.js';
import type { Problem } from '#contract/problem.js';
import { uidFromName, uidFromUuid } from '../../dicom/uid.js';
import { createBell } from '../../platform/bell.js';
import { PromptsegError, toProblem } from '../../platform/errors.js';
import { log } from '../../platform/log.js';
import type { OutputPolicy } from '../../results/outputPolicy.js';
import { readsFreeText } from '../../segmenter/packages/modelManifest.js';
import type { AnyPackage, ModelLibrary } from '../../segmenter/packages/modelPackage.js';
import type { SegmentByBoxesRequest } from '../../story/segmentByBoxes.js';
import type { SegmentByTextRequest, SegmentByTextResult } from '../../story/segmentByText.js';
import { type UnderstoodPrompts, understandPrompts } from '../../story/understandPrompts.js';
import { operatorFrom } from '../../values/operator.js';
import { startedAgain } from '../../values/technicalNotes.js';
import { afterFailure } from '../queue/afterFailure.js';
import type { Leases } from '../queue/leases.js';
import type { JobEvents } from '../records/jobEvents.js';
import type { JobChanges, Lease, StartedJob } from '../records/jobStore.js';
import type { WorkerDescription, WorkerRegistry } from '../records/workerRegistry.js';
import { JobFailure } from './jobFailure.js';
import type { HeartbeatTiming } from './lostWorkers.js';
import { createStageClock } from './stageClock.js';
import type { WorkerRequest } from './workerMessages.js';
import { keepRegistered } from './workerPresence.js';
import type { WorkerProcess } from './workerProcess.js';

/** The loop of a worker: takes one job after another and runs it in a worker process. */
export interface JobRunner {
  /** Returns a running job to the queue, unless it is being stored, in which case it may finish. */
  stop(): Promise<void>;
}

/**
 * The longest time that a job can wait unnoticed: only one that waits for a retry, or whose notification was missed.
 */
const pollMs = 1000;
/** Interval between attempts to write to a database that is down. */
const writeAgainMs = 500;

export async function startJobRunner({
  jobs: { events, leases, workers },
  library,
  worker,
  description,
  heartbeat,
  institution,
}: {
  readonly jobs: { readonly events: JobEvents; readonly leases: Leases; readonly workers: WorkerRegistry };
  readonly library: ModelLibrary;
  readonly worker: WorkerProcess;
  readonly description: WorkerDescription;
  readonly heartbeat: HeartbeatTiming;
  /** The institution whose people sign in. */
  readonly institution?: string | undefined;
}): Promise<JobRunner> {
  const stopping = new AbortController();
  let current: Lease | undefined;
  const bell = createBell();
  const onCancelRequested = (jobId: string): void => {
    if (current?.jobId === jobId) worker.cancel(jobId);
  };
  const presence = await keepRegistered(workers, description, heartbeat, {
    onCancelRequested,
    // Another worker may run the job by now.
    onLost: () => worker.kill(),
  });
  const unsubscribe = [events.onQueueMoved(() => bell.ring()), events.onCancelRequested(onCancelRequested)];
  const working = work();

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const taken = await leases.takeNext({ id: presence.workerId(), host: description.host });
        if (taken === undefined) await bell.heard(pollMs);
        else await runOne(taken);
      } catch (error) {
        log.error({ err: error }, 'the queue cannot be read');
        await sleep(pollMs);
      }
    }
  }

  async function runOne({ job, lease, understood }: StartedJob): Promise<void> {
    current = lease;
    const logged = (state: string, code?: string): void => log.debug({ job: job.id, state, code }, 'job');
    const clock = createStageClock();
    // Changes are written one at a time, in the order in which the worker reported them.
    let written: Promise<unknown> = Promise.resolve();
    const write = (changes: JobChanges): void => {
      written = written
        .then(() => leases.update(lease, changes))
        .catch((error) => log.warn({ err: error }, 'a change of a job could not be written'));
    };
    try {
      stopping.signal.throwIfAborted();
      const model = modelOf(job);
      const result = await worker.run({
        jobId: job.id,
        modelFolder: model.folder,
        request: requestOf(job, understood, model),
        afterCrash: job.failedAttempts?.some(({ code }) => code === 'worker-lost') ?? false,
        onStage(stage) {
          logged(stage);
          write({ state: stage, stageTimes: clock.enter(stage) });
        },
        async beforeStoring() {
          await written;
          await untilWritten(() => leases.beginStoring(lease, uidFromUuid(job.id)));
        },
        onProgress: (progress) => write({ progress }),
      });
      await written;
      await untilWritten(() =>
        leases.end(lease, { state: 'completed', ...recordOf(result, job), stageTimes: clock.stop() }),
      );
      logged('completed');
    } catch (error) {
      await written;
      const problem = problemOf(error);
      logged('ended early', problem.code);
      if (problem.code !== 'lease-lost') await leave(job, lease, problem, clock.stop());
    } finally {
      current = undefined;
    }
  }

  function requestOf(job: Job, understood: StartedJob['understood'], model: AnyPackage): WorkerRequest {
    const { studyInstanceUID, seriesInstanceUID, stack, region, output = {} } = job.request;
    const common = {
      studyInstanceUID,
      seriesInstanceUID,
      stack,
      region,
      result: { seriesInstanceUID: uidFromName(job.id, 'series'), sopInstanceUID: uidFromUuid(job.id) },
      createdAt: new Date(job.createdAt),
      operator: operatorFrom(job.createdBy, institution),
    };
    if (job.refinement !== undefined) {
      const { boxes, clicks, throughSlices = true, window } = job.refinement;
      const made = madeOf(understood, output);
      if (boxes !== undefined) return { ...common, boxes, throughSlices, window, made };
      if (clicks !== undefined) return { ...common, clicks, made };
      throw new Error('The record of a refinement has neither boxes nor clicks.');
    }
    return {
      ...common,
      // In a record of an earlier version, which did not keep them, the texts are resolved now.
      understood: understood ?? understoodNow(job, model),
      output,
      recognize: recognitionOf(job.request),
      anyway: job.request.anyway,
    };
  }

  function modelOf({ model }: Job): AnyPackage {
    const installed = [...library.packages, ...library.promptable].find(({ sha256 }) => sha256 === model?.sha256);
    if (installed !== undefined) return installed;
    throw new PromptsegError(
      'model-not-found',
      `The worker on ${description.host} does not have the model that the job was accepted for.`,
    );
  }

  /**
   * Ends a job that did not complete, or requeues it. If neither can be recorded, the job is later requeued as one of a
   * lost worker.
   */
  async function leave(job: Job, lease: Lease, problem: Problem, stageTimes: Job['stageTimes']): Promise<void> {
    try {
      await untilWritten(() => endOrPutBack(job, lease, problem, stageTimes));
    } catch (error) {
      log.error({ err: error }, 'the end of a job could not be written');
      if (!stopping.signal.aborted) await presence.registerAgain();
    }
  }

  function endOrPutBack(
    job: Job,
    lease: Lease,
    problem: Problem,
    stageTimes: Job['stageTimes'],
  ): Promise<Job | undefined> {
    if (problem.code === 'cancelled') return leases.end(lease, { state: 'cancelled', problem, stageTimes });
    if (stopping.signal.aborted) {
      const note = startedAgain(`The worker on ${description.host} was stopped.`);
      return leases.putBack(lease, { state: 'queued', notes: [...job.notes, note] });
    }
    const changes = afterFailure(job, problem, new Date());
    return changes.state === 'queued' ? leases.putBack(lease, changes) : leases.end(lease, { ...changes, stageTimes });
  }

  /** Retries while the database is down; a worker that stops leaves it to the next run of the job. */
  async function untilWritten(write: () => Promise<unknown>): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return void (await write());
      } catch (error) {
        const away = error instanceof PromptsegError && error.code === 'database-unreachable';
        if (!away || stopping.signal.aborted) throw error;
        if (attempt === 0) log.error({ err: error }, 'a job could not be written; trying again');
        await sleep(writeAgainMs);
      }
    }
  }

  return {
    async stop() {
      stopping.abort();
      for (const stop of unsubscribe) stop();
      bell.ring();
      await worker.stop();
      await working;
      await presence.stop();
    },
  };
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof JobFailure)) return toProblem(error);
  if (error.unforeseen) log.error({ failure: error.unforeseen }, 'job failed unexpectedly');
  return error.problem;
}

/**
 * What boxes or clicks make.
 * @throws Error if the record does not state it, which cannot happen for jobs of this version
 */
function madeOf(understood: StartedJob['understood'], output: OutputPolicy): SegmentByBoxesRequest['made'] {
  if (understood?.correction !== undefined) return { correction: understood.correction };
  const [target] = understood?.targets ?? [];
  if (target === undefined) throw new Error('The record of a refinement does not say what it makes.');
  return { target, output };
}

const understoodNow = ({ request }: Job, { manifest, vocabulary }: AnyPackage): UnderstoodPrompts =>
  vocabulary === undefined
    ? { targets: [], refused: [] }
    : understandPrompts(request.prompts, vocabulary, { freeText: readsFreeText(manifest) });

const recognitionOf = ({ recognize }: Job['request']): SegmentByTextRequest['recognize'] =>
  recognize && { withinSeconds: recognize.withinSeconds ?? 300, store: recognize.store ?? false };

function recordOf(result: SegmentByTextResult, job: Job): Omit<JobChanges, 'state'> {
  return {
    findings: [...result.findings],
    notes: [...job.notes, ...result.notes],
    executionProvider: result.executionProvider,
    sessionRunMs: result.sessionRunMs,
    ...(result.recognition && {
      recognition: { ...result.recognition, unanswered: [...result.recognition.unanswered] },
    }),
    ...(result.stacks && { stacks: [...result.stacks] }),
    ...(result.shows && { shows: result.shows }),
    ...(result.stored && { result: result.stored }),
  };
}

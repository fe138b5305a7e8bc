/**
 * A worker process: runs one job after another through the story and reports to the server over IPC.
 *
 * It is a separate process because `session.run()` blocks the event loop for its whole duration, because a crash or
 * exhausted memory must not take the server down, and because only the end of a process reliably frees the memory of a
 * native library.
 */

import type { Stage } from '#contract/jobState.js';
import type { Problem } from '#contract/problem.js';
import { createDicomWebArchive } from '../../pacs/dicomWebArchive.js';
import { availableMemory } from '../../platform/availableMemory.js';
import { errorForLog } from '../../platform/errorForLog.js';
import { PromptsegError, toProblem } from '../../platform/errors.js';
import { endAtUncaughtErrors } from '../../platform/log.js';
import { fieldOfViewIn } from '../../segmenter/fieldOfView/openFieldOfView.js';
import { createPromptableSegmenter, createSegmenter } from '../../segmenter/packages/createSegmenter.js';
import { type AnyPackage, loadAnyPackage } from '../../segmenter/packages/modelPackage.js';
import { normsReader } from '../../segmenter/packages/readNorms.js';
import type { LastSource } from '../../story/retrieveSource.js';
import { segmentByBoxes } from '../../story/segmentByBoxes.js';
import { segmentByClicks } from '../../story/segmentByClicks.js';
import { type SegmentByTextResult, segmentByText } from '../../story/segmentByText.js';
import { createLoadedModels } from './loadedModels.js';
import { isAllocationFailure, memoryExhausted } from './memoryExhausted.js';
import type { FromWorker, ToWorker, WorkerRequest, WorkerSettings } from './workerMessages.js';

endAtUncaughtErrors();
const settings: WorkerSettings = JSON.parse(process.env.PROMPTSEG_WORKER ?? '{}');
const archive = createDicomWebArchive({
  baseUrl: settings.archiveUrl,
  ...(settings.archiveAuthorization !== undefined && { authorization: settings.archiveAuthorization }),
});

const { executionProvider, threads, gpu, modelMemoryBytes } = settings;
/** Of the running job; a model that is loaded for it keeps its execution provider for later jobs of this process. */
let afterCrash = false;
const models = createLoadedModels({
  budgetBytes: modelMemoryBytes,
  load: (folder) => loadAnyPackage(folder, settings.modelKeys),
  create: (model) => createSegmenter(model, { executionProvider, threads, gpu, afterCrash }),
  createPromptable: (model) => createPromptableSegmenter(model, { executionProvider, threads, gpu, afterCrash }),
});
const norms = normsReader(settings.normsFolders ?? [], settings.modelKeys);
const fieldOfView = fieldOfViewIn(settings.fieldOfViewFolder, settings.modelKeys);
const lastSource: LastSource = {};
let running: RunningJob | undefined;

interface RunningJob {
  readonly jobId: string;
  readonly cancel: AbortController;
  /** Continues with storing, or ends the job with the problem; defined while the server is being asked. */
  goOn?: (problem: Problem | undefined) => void;
}

process.on('message', (message: ToWorker) => {
  if (message.type === 'run') return void run(message);
  if (running?.jobId !== message.jobId) return;
  if (message.type === 'cancel') running.cancel.abort();
  else running.goOn?.(message.problem);
});
// Ctrl-C in a terminal and a service manager's stop reach every process of the group; the server decides when its
// worker ends.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
// A worker without its server has nobody to report to.
process.on('disconnect', () => process.exit(0));

async function run(message: Extract<ToWorker, { type: 'run' }>): Promise<void> {
  const { jobId, request, modelFolder } = message;
  afterCrash = message.afterCrash;
  const bytesAvailable = await availableMemory();
  let stage: Stage | undefined;
  const cancel = new AbortController();
  const job: RunningJob = { jobId, cancel };
  running = job;
  try {
    const result = await segment(request, await models.open(modelFolder), {
      archive,
      norms,
      fieldOfView,
      lastSource,
      signal: cancel.signal,
      onStage(next) {
        stage = next;
        send({ type: 'stage', jobId, stage });
      },
      mayStore: () => askWhetherToStore(job),
      onProgress: atMostEvery(200, (progress) => send({ type: 'progress', jobId, progress })),
    });
    send({ type: 'completed', jobId, result });
  } catch (thrown) {
    const error = isAllocationFailure(thrown) ? memoryExhausted(stage, bytesAvailable, thrown) : thrown;
    // Free the images kept for the next job, which may need the memory.
    if (error instanceof PromptsegError && error.code.startsWith('memory-')) delete lastSource.kept;
    const known = error instanceof PromptsegError;
    send({
      type: 'failed',
      jobId,
      problem: toProblem(error),
      ...(!known && { unforeseen: errorForLog(error) }),
    });
  } finally {
    running = undefined;
  }
}

/** The story that a request and its model belong to. */
function segment(
  request: WorkerRequest,
  model: AnyPackage,
  surroundings: Omit<Parameters<typeof segmentByText>[1], 'model' | 'openSegmenter'>,
): Promise<SegmentByTextResult> {
  if ('boxes' in request && model.vocabulary === undefined)
    return segmentByBoxes(request, { ...surroundings, model, openSegmenter: models.promptableOf });
  if ('clicks' in request && model.vocabulary === undefined)
    return segmentByClicks(request, { ...surroundings, model, openSegmenter: models.promptableOf });
  if ('understood' in request && model.vocabulary !== undefined)
    return segmentByText(request, { ...surroundings, model, openSegmenter: models.segmenterOf });
  throw new PromptsegError('model-not-found', `The model ${model.manifest.id} does not take such prompts.`);
}

function askWhetherToStore(job: RunningJob): Promise<void> {
  return new Promise((resolve, reject) => {
    job.goOn = (problem) => (problem ? reject(new PromptsegError(problem.code, problem.detail)) : resolve());
    send({ type: 'may-store', jobId: job.jobId });
  });
}

function send(message: FromWorker): void {
  process.send?.(message);
}

/** Passes the first call, then at most one per `milliseconds`; a skipped progress is superseded by the next. */
function atMostEvery<T>(milliseconds: number, pass: (value: T) => void): (value: T) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (value) => {
    const now = performance.now();
    if (now - last < milliseconds) return;
    last = now;
    pass(value);
  };
}

/**
 * A worker process: runs one job after another through the story and reports to the server over IPC.
 *
 * It is a process of its own because `session.run()` blocks the event loop for its whole duration, because a crash or an exhausted memory must not
 * take the server along, and because only the end of a process surely frees what a native library holds.
 */
import { PromptsegError, toProblem } from '../errors.js';
import { createDicomWebArchive } from '../pacs/dicomWebArchive.js';
import { segmentByText } from '../segmentByText.js';
import { createSegmenter } from '../segmenter/createSegmenter.js';
import { loadModelPackage, type ModelPackage } from '../segmenter/modelPackage.js';
import type { Segmenter } from '../segmenter/segmenter.js';
import type { FromWorker, ToWorker, WorkerSettings } from './workerMessages.js';

const settings: WorkerSettings = JSON.parse(process.env.PROMPTSEG_WORKER ?? '{}');
const archive = createDicomWebArchive({
  baseUrl: settings.archiveUrl,
  ...(settings.archiveAuthorization !== undefined && { authorization: settings.archiveAuthorization }),
});

/** The model of the last job stays loaded, its checksums verified: most jobs in a row ask the same one. */
let model: ModelPackage | undefined;
let segmenter: Segmenter | undefined;
let running: { readonly jobId: string; readonly cancel: AbortController } | undefined;

process.on('message', (message: ToWorker) => {
  if (message.type === 'cancel') {
    if (running?.jobId === message.jobId) running.cancel.abort();
    return;
  }
  void run(message);
});
// Without its server a worker has nobody to report to.
process.on('disconnect', () => process.exit(0));

async function run({ jobId, request, modelFolder }: Extract<ToWorker, { type: 'run' }>): Promise<void> {
  const cancel = new AbortController();
  running = { jobId, cancel };
  try {
    const result = await segmentByText(request, {
      archive,
      model: await openModel(modelFolder),
      openSegmenter,
      signal: cancel.signal,
      onStage: (stage) => send({ type: 'stage', jobId, stage }),
      onProgress: atMostEvery(200, (progress) => send({ type: 'progress', jobId, progress })),
    });
    send({ type: 'completed', jobId, result });
  } catch (error) {
    const known = error instanceof PromptsegError;
    send({
      type: 'failed',
      jobId,
      problem: toProblem(error),
      ...(!known && error instanceof Error && error.stack && { stack: error.stack }),
    });
  } finally {
    running = undefined;
  }
}

async function openModel(folder: string): Promise<ModelPackage> {
  if (model?.folder === folder) return model;
  await segmenter?.dispose();
  segmenter = undefined;
  model = await loadModelPackage(folder);
  return model;
}

async function openSegmenter(model: ModelPackage): Promise<Segmenter> {
  const { executionProvider, threads } = settings;
  const opened = segmenter ?? (await createSegmenter(model, { executionProvider, threads }));
  segmenter = opened;
  return opened;
}

function send(message: FromWorker): void {
  process.send?.(message);
}

/** Passes on the first call and then at most one per `milliseconds`; a progress that is skipped is superseded by the next. */
function atMostEvery<T>(milliseconds: number, pass: (value: T) => void): (value: T) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (value) => {
    const now = performance.now();
    if (now - last < milliseconds) return;
    last = now;
    pass(value);
  };
}

/**
 * The process that segments files, or looks at them. It is separate for the same reasons as a worker (workerMain.ts),
 * and so that Ctrl-C ends it at once: one window of `session.run()` can take seconds and cannot be interrupted.
 */

import path from 'node:path';
import type { Stage } from '#contract/jobState.js';
import { isAllocationFailure, memoryExhausted } from '../../jobs/worker/memoryExhausted.js';
import { availableMemory } from '../../platform/availableMemory.js';
import { errorForLog } from '../../platform/errorForLog.js';
import { PromptsegError, toProblem } from '../../platform/errors.js';
import { endAtUncaughtErrors } from '../../platform/log.js';
import { writeNewFile } from '../../platform/writeNewFile.js';
import { fieldOfViewIn, fieldOfViewOf } from '../../segmenter/fieldOfView/openFieldOfView.js';
import { createSegmenter } from '../../segmenter/packages/createSegmenter.js';
import { loadModelPackage } from '../../segmenter/packages/modelPackage.js';
import { normsReader } from '../../segmenter/packages/readNorms.js';
import { lookAtFiles } from '../../story/lookAtFiles.js';
import { resultFiles } from '../../story/resultFiles.js';
import { segmentFiles } from '../../story/segmentFiles.js';
import type { FilesResult, FilesTask, FilesTasks, FromFiles, SegmentTask } from './filesMessages.js';

endAtUncaughtErrors();
process.once('message', (task: FilesTask) => void run(task));
// Ctrl-C in a terminal reaches every process of the group; the parent ends this one.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
// Without the parent, nothing would move the files to their place.
process.on('disconnect', () => process.exit(0));

async function run(task: FilesTask): Promise<void> {
  const bytesAvailable = await availableMemory();
  let stage: Stage | undefined;
  try {
    const result = await work(task, (next) => {
      stage = next;
      send({ type: 'stage', stage });
    });
    end({ type: 'completed', result });
  } catch (thrown) {
    const error = isAllocationFailure(thrown) ? memoryExhausted(stage, bytesAvailable, thrown) : thrown;
    const isForeseen = error instanceof PromptsegError;
    end({ type: 'failed', problem: toProblem(error), ...(!isForeseen && { unforeseen: errorForLog(error) }) });
  }
}

function work(
  { kind, request }: FilesTask,
  onStage: (stage: Stage) => void,
): Promise<FilesTasks[keyof FilesTasks]['result']> {
  if (kind === 'segment') return segment(request, onStage);
  const fieldOfView = fieldOfViewOf(request.fieldOfViewFolder, request.modelKeys);
  return lookAtFiles(request, fieldOfView, new AbortController().signal);
}

async function segment(task: SegmentTask, onStage: (stage: Stage) => void): Promise<FilesResult> {
  const model = await loadModelPackage(task.modelFolder, task.modelKeys);
  const segmented = await segmentFiles(task, {
    model,
    openSegmenter: () => createSegmenter(model, task.execution),
    norms: normsReader(task.normsFolders, task.modelKeys),
    fieldOfView: fieldOfViewIn(task.fieldOfViewFolder, task.modelKeys),
    signal: new AbortController().signal,
    onStage,
    onProgress: (progress) => send({ type: 'progress', progress }),
  });
  const { id, version } = model.manifest;
  const { nifti, picture, notes } = await resultFiles(segmented, `${id} ${version}`);
  for (const { name, bytes } of picture === undefined ? nifti : [...nifti, picture])
    await writeNewFile(path.join(task.folder, name), bytes, name);
  return {
    ...segmented.outcome,
    notes: [...segmented.outcome.notes, ...notes],
    files: {
      dicom: segmented.dicom,
      nifti: nifti.map(({ name }) => name),
      ...(picture !== undefined && { picture: picture.name }),
    },
  };
}

function send(message: FromFiles): void {
  process.send?.(message);
}

/** Sends the last message, and ends the process once it has been delivered. */
function end(message: FromFiles): void {
  process.send?.(message, () => process.exit(0));
}

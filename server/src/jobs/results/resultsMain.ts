/**
 * The results process: draws pictures, computes contours and stores edits, one at a time, from the objects in the
 * archive.
 *
 * It is a separate process because each takes seconds of computing and may need as much memory as the images of a
 * series, which must neither block the server's event loop nor take the server down.
 */

import { createDicomWebArchive } from '../../pacs/dicomWebArchive.js';
import { PromptsegError } from '../../platform/errors.js';
import { endAtUncaughtErrors } from '../../platform/log.js';
import { performTasks } from '../../platform/taskProcess.js';
import type { ClickSegmenter } from '../../segmenter/clickable.js';
import { fieldOfViewIn } from '../../segmenter/fieldOfView/openFieldOfView.js';
import { createPromptableSegmenter } from '../../segmenter/packages/createSegmenter.js';
import { loadAnyPackage } from '../../segmenter/packages/modelPackage.js';
import { takingClicks } from '../../segmenter/promptable.js';
import { captureResult } from '../../story/captureResult.js';
import { drawResult } from '../../story/drawResult.js';
import type { SurelyShown } from '../../story/imageShows/surelyShown.js';
import { lookAtSeries, type SeriesToLookAt } from '../../story/lookAtSeries.js';
import { outlineResult } from '../../story/outlineResult.js';
import { presentResult } from '../../story/presentResult.js';
import { checkClicks, type LastPreviews, previewClicks } from '../../story/previewClicks.js';
import { reportResult } from '../../story/reportResult.js';
import type { LastSource } from '../../story/retrieveSource.js';
import { storeEditedResult } from '../../story/storeEditedResult.js';
import { longestLookMs, lookTookTooLong } from './looks.js';
import type { ResultsSettings, ResultTask, ResultTasks } from './resultsMessages.js';

endAtUncaughtErrors();
const settings: ResultsSettings = JSON.parse(process.env.PROMPTSEG_RESULTS ?? '{}');
const archive = createDicomWebArchive({
  baseUrl: settings.archiveUrl,
  ...(settings.archiveAuthorization !== undefined && { authorization: settings.archiveAuthorization }),
});
/** A picture, contours and an edit of one result often follow within minutes: the images are retrieved once. */
const lastSource: LastSource = {};
const lastPreviews: LastPreviews = { kept: [] };
/** By folder. The server compares the checksum of a package with that of its drafts. */
const clickModels = new Map<string, Promise<ClickSegmenter>>();
const fieldOfView = fieldOfViewIn(settings.fieldOfViewFolder, settings.modelKeys);

performTasks(async (task: ResultTask) => {
  try {
    return await work(task);
  } catch (error) {
    if (error instanceof PromptsegError && error.code === 'memory-insufficient') {
      delete lastSource.kept;
      lastPreviews.kept = [];
    }
    throw error;
  }
});

function work(task: ResultTask): Promise<ResultTasks[keyof ResultTasks]['result']> {
  const surroundings = { archive, lastSource, signal: new AbortController().signal };
  switch (task.kind) {
    case 'draw':
      return drawResult(task.request, surroundings);
    case 'outline':
      return outlineResult(task.request, surroundings);
    case 'capture':
      return captureResult(task.request, surroundings);
    case 'report':
      return reportResult(task.request, surroundings);
    case 'present':
      return presentResult(task.request, surroundings);
    case 'previewClicks': {
      const { of, clicks, modelFolder } = task.request;
      const openSegmenter = () => clickModel(modelFolder);
      return previewClicks(of, clicks, { ...surroundings, lastPreviews, openSegmenter });
    }
    case 'checkClicks':
      return checkClicks(task.request.of, task.request.clicks, surroundings).then(() => undefined);
    case 'look':
      return look(task.request);
    case 'storeEdited':
      return storeEditedResult(task.request, surroundings);
  }
}

/** The request has given up by then, and others wait. */
async function look(request: SeriesToLookAt): Promise<SurelyShown> {
  if (fieldOfView === undefined) throw new PromptsegError('model-not-found', 'Nothing says what images show.');
  const signal = AbortSignal.timeout(longestLookMs);
  try {
    return await lookAtSeries(request, { archive, lastSource, fieldOfView, signal });
  } catch (error) {
    throw signal.aborted ? lookTookTooLong() : error;
  }
}

/** An opened model that takes clicks. A failure is not kept. */
function clickModel(folder: string): Promise<ClickSegmenter> {
  const known = clickModels.get(folder);
  if (known !== undefined) return known;
  const opening = openClickModel(folder);
  clickModels.set(folder, opening);
  opening.catch(() => clickModels.delete(folder));
  return opening;
}

async function openClickModel(folder: string): Promise<ClickSegmenter> {
  const model = await loadAnyPackage(folder, settings.modelKeys);
  if (model.vocabulary !== undefined) throw new PromptsegError('model-not-found', 'The model takes no clicks.');
  const { executionProvider, gpu } = settings;
  return takingClicks(await createPromptableSegmenter(model, { executionProvider, gpu, threads: 0 }));
}

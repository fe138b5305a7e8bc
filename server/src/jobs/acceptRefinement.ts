import { createHash } from 'node:crypto';
import type { TargetView } from '#contract/finding.js';
import type { Refinement, RegionPrompt } from '#contract/imagePrompts.js';
import type { Job, SegmentationRequest } from '#contract/job.js';
import type {
  ClickRequest,
  CorrectionRequest,
  NewSegmentByClicksRequest,
  NewSegmentRequest,
  RefinementRequest,
} from '#contract/refinements.js';
import type { Archive, SeriesSummary } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import { strokesNotTaken } from '../segmenter/onlyClicks.js';
import { imagePromptsOf, takesStrokes } from '../segmenter/packages/modelManifest.js';
import type { ModelLibrary, PromptablePackage } from '../segmenter/packages/modelPackage.js';
import type { ImagePrompts } from '../segmenter/promptable.js';
import { findSeries } from '../story/findSeries.js';
import { targetOfName } from '../story/nameOfSegment.js';
import { viewTarget } from '../values/viewTarget.js';
import { hasNoVolume } from '../volume/sopClasses.js';
import { requireImages } from './acceptRequest.js';
import type { UnderstoodRequest } from './records/jobStore.js';
import { findResult, predecessorOf, requireKept } from './results/findResult.js';

/** A refinement as a job. */
export interface AcceptedRefinement {
  readonly request: SegmentationRequest;
  readonly refinement: Refinement;
  readonly targets: readonly TargetView[];
  readonly model: PromptablePackage;
  /** Why this model was chosen, as a sentence. */
  readonly reasonForModel: string;
  readonly understood: UnderstoodRequest;
  readonly numberOfInstances?: number;
  readonly requestKey: string;
}

/** Of a structure that is new. */
type NamedRequest = NewSegmentRequest | NewSegmentByClicksRequest;

/**
 * Checks a refinement before its job is queued. Whether the boxes or clicks are on the images depends on the images, so
 * the worker checks that first.
 *
 * @param getJob the job whose result is corrected; throws PromptsegError `job-not-found`
 * @throws PromptsegError `study-not-found`, `series-not-found`, `series-without-images`, `volume-needed`,
 * `archive-unreachable`, `model-not-found`, `modality-not-served`, `click-unsuitable` of a scribble or lasso that the
 * model does not take, `name-ambiguous`, `prompt-not-understood`, `probabilities-unavailable`; of a correction
 * `result-missing`, `result-deleted`, `segment-not-found`
 */
export async function acceptRefinement(
  asked: RefinementRequest,
  archive: Archive,
  library: ModelLibrary,
  getJob: (id: string) => Promise<Job>,
): Promise<AcceptedRefinement> {
  const corrected = 'corrects' in asked ? await findCorrected(asked, getJob) : undefined;
  const place = corrected?.predecessor ?? (asked as NamedRequest);
  const series = await findSeries(archive, place.studyInstanceUID, place.seriesInstanceUID);
  requireVolume(series);
  const takes = 'clicks' in asked ? 'clicks' : 'boxes';
  const { model, reason } = choosePromptable(library, asked.model, series.modality, takes);
  if ('clicks' in asked) requireTaken(asked.clicks, model);
  const output = 'output' in asked ? asked.output : undefined;
  if (output?.segmentation === 'fractional')
    throw new PromptsegError('probabilities-unavailable', 'What boxes or clicks mark has no probabilities.');

  const refinement: Refinement = {
    ...('clicks' in asked ? { clicks: asked.clicks } : drawnOf(asked)),
    ...('corrects' in asked && correctionOf(asked)),
  };
  const name = corrected?.target.name ?? (asked as NamedRequest).name;
  const request: SegmentationRequest = {
    studyInstanceUID: place.studyInstanceUID,
    seriesInstanceUID: place.seriesInstanceUID,
    ...(place.stack !== undefined && { stack: place.stack }),
    prompts: [name],
    ...(asked.model !== undefined && { model: asked.model }),
    ...(asked.destinations !== undefined && { destinations: asked.destinations }),
    ...(output !== undefined && { output }),
  };
  const named = corrected === undefined ? [targetOfName(name, library, series)] : [];
  const { numberOfInstances } = series;
  return {
    request,
    refinement,
    targets: corrected === undefined ? named.map(viewTarget) : [corrected.target],
    model,
    reasonForModel: reason,
    understood: {
      targets: named,
      refused: [],
      ...(corrected !== undefined && {
        correction: {
          predecessor: corrected.predecessor,
          segmentNumber: corrected.segmentNumber,
          ...(corrected.neighbours !== undefined && { neighbours: corrected.neighbours }),
        },
      }),
    },
    ...(numberOfInstances !== undefined && { numberOfInstances }),
    requestKey: createHash('sha256')
      .update(JSON.stringify([request, refinement, model.sha256]))
      .digest('hex'),
  };
}

const drawnOf = ({ boxes, throughSlices, window }: NewSegmentRequest | CorrectionRequest): Refinement => ({
  boxes,
  ...(throughSlices !== undefined && { throughSlices }),
  ...(window !== undefined && { window }),
});

/** @throws PromptsegError `click-unsuitable`: there are scribbles or lassos, and the model takes none */
export function requireTaken(clicks: readonly RegionPrompt[], { manifest }: PromptablePackage): void {
  if (!takesStrokes(manifest) && clicks.some(({ kind }) => kind !== 'click')) throw strokesNotTaken();
}

/** The original request of a refinement's job, to repeat it. */
export function refinementRequestOf({ request, refinement }: Job): RefinementRequest | undefined {
  if (refinement === undefined) return undefined;
  const { studyInstanceUID, seriesInstanceUID, stack, prompts, model, output, destinations } = request;
  const { corrects, neighbours, boxes, clicks, ...options } = refinement;
  const common = {
    ...(clicks === undefined ? { ...options, boxes: boxes! } : { clicks }),
    ...(model !== undefined && { model }),
    ...(destinations !== undefined && { destinations }),
  };
  if (corrects !== undefined) return { ...common, corrects, ...(neighbours !== undefined && { neighbours }) };
  return {
    ...common,
    studyInstanceUID,
    seriesInstanceUID,
    ...(stack !== undefined && { stack }),
    name: prompts[0]!,
    ...(output !== undefined && { output }),
  };
}

const correctionOf = ({ corrects, neighbours }: CorrectionRequest | ClickRequest) => ({
  corrects,
  ...(neighbours !== undefined && { neighbours }),
});

async function findCorrected(
  { corrects: { job, result, segmentNumber }, neighbours }: CorrectionRequest | ClickRequest,
  getJob: (id: string) => Promise<Job>,
) {
  const found = requireKept(findResult(await getJob(job), result));
  const segment = found.segments.find((each) => each.segmentNumber === segmentNumber);
  if (segment === undefined)
    throw new PromptsegError('segment-not-found', `The result has no segment ${segmentNumber}.`);
  for (const locked of neighbours?.locked ?? [])
    if (locked === segmentNumber || !found.segments.some((each) => each.segmentNumber === locked))
      throw new PromptsegError('segment-not-found', `The result has no other segment ${locked} to be locked.`);
  return { predecessor: predecessorOf(found), target: segment.target, segmentNumber, neighbours };
}

function requireVolume(series: SeriesSummary): void {
  requireImages(series);
  const { modality } = series;
  if (hasNoVolume(modality))
    throw new PromptsegError(
      'volume-needed',
      `Modality ${modality} has single images; boxes and clicks need a volume of slices.`,
    );
}

/** The model that a request names, or else the first one for the modality. */
function choosePromptable(
  { promptable }: ModelLibrary,
  named: string | undefined,
  modality: string,
  takes: ImagePrompts,
): { readonly model: PromptablePackage; readonly reason: string } {
  const all = promptable.filter(({ manifest }) => imagePromptsOf(manifest) === takes);
  const known = all.filter(({ manifest }) => named === undefined || manifest.id === named);
  if (known.length === 0)
    throw new PromptsegError(
      'model-not-found',
      named === undefined
        ? `No model that takes ${takes} is installed.`
        : `There is no model "${named}" that takes ${takes}.`,
      { details: { installed: all.map(({ manifest }) => manifest.id) } },
    );
  const model = known.find(({ manifest }) => manifest.modalities.some((served) => served === modality));
  if (model !== undefined)
    return { model, reason: named === undefined ? `It takes ${takes}.` : 'The request names it.' };
  const served = [...new Set(known.flatMap(({ manifest }) => manifest.modalities))];
  throw new PromptsegError(
    'modality-not-served',
    `The series is of modality ${modality}; models that take ${takes} serve ${served.join(', ')}.`,
    { details: { modality, served } },
  );
}

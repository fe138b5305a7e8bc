import { createHash } from 'node:crypto';
import { holdsNoImages } from '#contract/holdsNoImages.js';
import { type SegmentationRequest, sourceDestination } from '#contract/job.js';
import type { Archive, SeriesSummary } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import { asksForComparison } from '../prompts/takeComparison.js';
import { wantsVolume } from '../results/outputPolicy.js';
import { givesProbabilities, readsFreeText } from '../segmenter/packages/modelManifest.js';
import type { ModelLibrary, ModelPackage } from '../segmenter/packages/modelPackage.js';
import { chooseByImage, type LookAtImages } from '../story/chooseByImage.js';
import { findSeries } from '../story/findSeries.js';
import { lookElsewhere } from '../story/knownElsewhere.js';
import { type UnderstoodPrompts, understandPrompts } from '../story/understandPrompts.js';
import type { Target } from '../values/target.js';
import { viewTarget } from '../values/viewTarget.js';
import { levelNeeded } from '../volume/chooseSlideRegion.js';
import { hasNoVolume, slideModality } from '../volume/sopClasses.js';
import type { LookAtSeries } from './results/looks.js';

/** An accepted request for one series. */
export interface AcceptedForSeries {
  readonly model: ModelPackage;
  /** Why this model was chosen, as a sentence. */
  readonly reasonForModel: string;
  /** What the job will run. */
  readonly understood: UnderstoodPrompts;
}

export interface AcceptedRequest extends AcceptedForSeries {
  /** Images of the series; absent if the archive does not count them. */
  readonly numberOfInstances?: number;
  /** The text asks for a comparison with the earlier study. */
  readonly comparesWithPrior?: true;
  /** Equal for equal requests: simultaneous ones become one job. */
  readonly requestKey: string;
}

/**
 * Checks everything that can be known before a job is queued, so that a wrong request is refused at once.
 *
 * A partly understood text is accepted if the request allows it; the rest becomes refused findings.
 *
 * @param look absent: the model is chosen by what is stated of the series
 * @throws PromptsegError `study-not-found`, `series-not-found`, `series-without-images`, `archive-unreachable`,
 * `model-not-found`, `modality-not-served`, `body-part-not-served`, `prompt-not-understood` and
 * `prompt-partly-understood` (with the nearest known targets), `probabilities-unavailable`, `volume-needed`,
 * `slide-needed`, `slide-level-needed`
 */
export async function acceptRequest(
  request: SegmentationRequest,
  archive: Archive,
  library: ModelLibrary,
  look?: LookAtSeries,
): Promise<AcceptedRequest> {
  const series = await findSeries(archive, request.studyInstanceUID, request.seriesInstanceUID);
  const accepted = await acceptForSeries(
    request,
    series,
    library,
    look && (() => look({ series, stack: request.stack })),
  );
  const { numberOfInstances } = series;
  return {
    ...accepted,
    ...(numberOfInstances !== undefined && { numberOfInstances }),
    ...(asksForComparison(request.prompts) && { comparesWithPrior: true }),
    requestKey: keyOf(request, accepted.model),
  };
}

/** The same for a series that was already found, or images without a series. */
export async function acceptForSeries(
  request: Omit<SegmentationRequest, 'studyInstanceUID' | 'seriesInstanceUID'>,
  series: Omit<SeriesSummary, 'studyInstanceUID' | 'seriesInstanceUID'>,
  library: ModelLibrary,
  look?: LookAtImages,
): Promise<AcceptedForSeries> {
  requireImages(series);
  requireRegionFits(request, series);
  const { prompts, model: named, anyway = false } = request;
  const stated = { ...series, prompts, anyway, ...(named !== undefined && { model: named }) };
  const { model, reason, contradiction, question } = await chooseByImage(
    library,
    stated,
    hasNoVolume(series.modality) ? undefined : look,
  );
  const freeText = readsFreeText(model.manifest);
  const asked = understandPrompts(prompts, model.vocabulary, { freeText, series: question });
  const looked = await lookElsewhere(asked.refused, model, library, question);
  const understood = {
    ...asked,
    targets: asked.targets.map((target) => withInstanceSettings(target, request.instances)),
    refused: looked.map(({ refusal, reason }) => ({ ...refusal, reason })),
    contradictions: [...(contradiction === undefined ? [] : [contradiction]), ...(asked.contradictions ?? [])],
  };
  requireUnderstood(understood, model, request.allowPartial ?? false);
  if (request.output?.segmentation === 'fractional' && !givesProbabilities(model.manifest))
    throw new PromptsegError(
      'probabilities-unavailable',
      `The model ${model.manifest.name} only decides what belongs to a target; ` +
        'it gives no probabilities for a fractional segmentation.',
    );
  if (hasNoVolume(series.modality) && wantsVolume(request.output ?? {}))
    throw new PromptsegError(
      'volume-needed',
      `Images of modality ${series.modality} have no position in the patient: ` +
        'no measurement report, no RT structure set, no picture of three planes, no report on one page and no ' +
        'presentation state can be made of them.',
    );
  return { model, reasonForModel: reason, understood };
}

/** @throws PromptsegError `slide-needed`, `slide-level-needed` */
function requireRegionFits(
  { region, stack }: Pick<SegmentationRequest, 'region' | 'stack'>,
  { modality }: Pick<SeriesSummary, 'modality'>,
): void {
  if (region === undefined) return;
  if (modality !== slideModality)
    throw new PromptsegError('slide-needed', `A region was given, but the series is of modality ${modality}.`);
  if (region.unit === 'pixels' && stack === undefined) throw levelNeeded();
}

/** The settings of the request replace those of the model, for targets of which there may be many. */
function withInstanceSettings(target: Target, wanted: SegmentationRequest['instances'] = {}): Target {
  if (target.instances === undefined) return target;
  const { minimumMl = target.instances.minimumMl, mergeMm = target.instances.mergeMm } = wanted;
  return { ...target, instances: { minimumMl, mergeMm } };
}

/** @throws PromptsegError `series-without-images` */
export function requireImages({ modality }: Pick<SeriesSummary, 'modality'>): void {
  if (holdsNoImages(modality))
    throw new PromptsegError('series-without-images', `A series of modality ${modality} holds no images to segment.`);
}

/** @throws PromptsegError `prompt-not-understood`, `prompt-partly-understood` */
function requireUnderstood(
  { targets, refused }: UnderstoodPrompts,
  { manifest: { id: model } }: ModelPackage,
  allowPartial: boolean,
): void {
  const reasons = refused.map(({ reason }) => reason).join(' ');
  if (targets.length === 0) throw new PromptsegError('prompt-not-understood', reasons, { details: { model, refused } });
  if (refused.length > 0 && !allowPartial)
    throw new PromptsegError('prompt-partly-understood', `Nothing was started. ${reasons}`, {
      details: { model, refused, understood: targets.map(viewTarget) },
    });
}

function keyOf(request: SegmentationRequest, model: ModelPackage): string {
  const { studyInstanceUID, seriesInstanceUID, prompts, stack = null, output, recognize = null } = request;
  const { instances = null, region } = request;
  const parts = [
    studyInstanceUID,
    seriesInstanceUID,
    model.sha256,
    stack,
    // An output that is omitted equals its default.
    output?.segmentation ?? null,
    output?.measurementReport ?? false,
    output?.rtStructureSet ?? false,
    recognize,
    instances,
    [...new Set([sourceDestination, ...(request.destinations ?? [])])].sort(),
    request.holdUntilAccepted ?? false,
    ...prompts.map((prompt) => prompt.toLowerCase()),
    // Last and only if given, so that the keys of other requests stay as they were.
    ...(region === undefined ? [] : [region]),
    ...(output?.secondaryCapture ? [{ secondaryCapture: true }] : []),
    ...(output?.report ? [{ report: true }] : []),
    ...(output?.presentationState ? [{ presentationState: true }] : []),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

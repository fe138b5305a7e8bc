import type { ExecutionProvider } from '#contract/executionProvider.js';
import type { Finding, FoundFinding } from '#contract/finding.js';
import type { Stage } from '#contract/jobState.js';
import { throwIfCancelled } from '../platform/errors.js';
import { freeTextCaveat } from '../results/describeSegment.js';
import type { OutputPolicy } from '../results/outputPolicy.js';
import { measureInstances } from '../segmenter/instances.js';
import type { ModelPackage } from '../segmenter/packages/modelPackage.js';
import type { ReadNorms } from '../segmenter/packages/readNorms.js';
import type { Segmenter } from '../segmenter/segmenter.js';
import type { SourceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { isSingleImage, type SingleImage } from '../values/singleImage.js';
import type { Target } from '../values/target.js';
import type { StackSummary, Volume } from '../values/volume.js';
import { askSegmenter } from './askSegmenter.js';
import { cautionsOfFindings } from './cautions/cautionsOfFindings.js';
import { findingOf, type MeasuredOutcome } from './measureOutcomes.js';
import { type NormedFindings, withNorms } from './norms/withNorms.js';
import { recognizeTargets } from './recognizeTargets.js';
import type { UnderstoodPrompts } from './understandPrompts.js';

export interface SegmentSourceRequest {
  /** The typed prompts, resolved in the vocabulary of the model. */
  readonly understood: UnderstoodPrompts;
  readonly output: OutputPolicy;
  /** Recognizes which targets the images show (recognizeTargets.ts). */
  readonly recognize?: { readonly withinSeconds: number } | undefined;
}

export interface SegmentSourceSurroundings {
  readonly model: ModelPackage;
  /** Loads a model; the caller owns it and may keep it for the next request. */
  readonly openSegmenter: (model: ModelPackage) => Promise<Segmenter>;
  /** Packages of norms; absent: none. */
  readonly norms?: () => Promise<ReadNorms>;
  readonly signal: AbortSignal;
  readonly onStage: (stage: Stage) => void;
  /** `fraction` is 0–1 within the stage. */
  readonly onProgress: (progress: { fraction?: number; message: string }) => void;
}

/** The outcome of a request without its masks. */
export interface SegmentationOutcome {
  readonly findings: readonly Finding[];
  readonly executionProvider: ExecutionProvider;
  readonly sessionRunMs: number;
  /** Choices made on the way, one sentence each. */
  readonly notes: readonly string[];
  /** For a recognition: the number of checked targets, and the names of those that were not checked in time. */
  readonly recognition?: { readonly answered: number; readonly unanswered: readonly string[] };
  /** All stacks of slices of the series, or all its single images, if there are several. */
  readonly stacks?: readonly StackSummary[];
}

/** A found target with its mask and measurements. */
export type FoundSegment = Extract<MeasuredOutcome, { status: 'found' }> & Pick<FoundFinding, 'cautions'>;

export interface SegmentedSource {
  readonly outcome: SegmentationOutcome;
  /** In the order of their numbers. */
  readonly segments: readonly FoundSegment[];
}

/**
 * From images in memory, of any origin, to masks and findings.
 *
 * @param readingNotes how the images had to be retrieved, one sentence each
 * @throws PromptsegError of the model, and `cancelled`
 */
export async function segmentSource(
  request: SegmentSourceRequest,
  source: Volume | SingleImage,
  readingNotes: readonly string[],
  { model, openSegmenter, norms, signal, onStage, onProgress }: SegmentSourceSurroundings,
): Promise<SegmentedSource> {
  const { targets, refused, contradictions = [] } = request.understood;

  onStage('preparing');
  const segmenter = await openSegmenter(model);
  throwIfCancelled(signal);

  onStage('segmenting');
  const { measured, unanswered, ...segmented } =
    request.recognize === undefined
      ? await segmentTargets(request, model, source, targets, segmenter, signal, onProgress)
      : await recognizeTargets(segmenter, model.manifest, source, inModality(targets, model, source.modality), {
          deadline: AbortSignal.timeout(request.recognize.withinSeconds * 1000),
          signal,
          onProgress,
        });
  throwIfCancelled(signal);

  const { findings, notes: notesOnNorms } = await normed(findingsOf(measured, source), measured, source, norms);
  return {
    segments: segmentsOf(measured, findings),
    outcome: {
      findings: [...findings, ...refused],
      executionProvider: segmented.executionProvider,
      sessionRunMs: segmented.sessionRunMs,
      notes: [
        ...contradictions,
        ...readingNotes,
        ...source.notes,
        ...segmented.notes,
        ...notesOnNorms,
        ...targets.flatMap(({ freeText }) => (freeText === undefined ? [] : [freeTextCaveat(freeText)])),
      ],
      ...(unanswered !== undefined && {
        recognition: { answered: measured.length, unanswered: unanswered.map(({ name }) => name) },
      }),
      ...(source.stacks !== undefined && { stacks: source.stacks }),
    },
  };
}

/** Adds what norms say. They are read only if something was found in a volume. */
async function normed(
  findings: readonly Finding[],
  measured: readonly MeasuredOutcome[],
  source: Volume | SingleImage,
  norms: SegmentSourceSurroundings['norms'],
): Promise<NormedFindings> {
  if (isSingleImage(source) || !findings.some(({ status }) => status === 'found')) return { findings, notes: [] };
  const { packages, notes } = (await norms?.()) ?? { packages: [], notes: [] };
  const concepts = measured.map(({ target }) => target.concept);
  const said = withNorms(findings, concepts, source, packages);
  return { ...said, notes: [...notes, ...said.notes] };
}

/** The findings of all targets, with their cautions. */
export function findingsOf(measured: readonly MeasuredOutcome[], source: Volume | SingleImage): readonly Finding[] {
  const findings = measured.map((each) => findingOf(each, source));
  if (isSingleImage(source)) return findings;
  return cautionsOfFindings(
    findings.map((finding, index) => withInstances(finding, measured[index]!)),
    measured.map((outcome) => (outcome.status === 'found' && isInVolume(outcome.mask) ? outcome.mask : undefined)),
    source,
  );
}

/** Adds the instances of a target of which there may be many. */
function withInstances(finding: Finding, outcome: MeasuredOutcome): Finding {
  if (finding.status !== 'found' || outcome.status !== 'found' || !isInVolume(outcome.mask)) return finding;
  const settings = outcome.target.instances;
  if (settings === undefined) return finding;
  const { found, smaller } = measureInstances(outcome.mask, outcome.boundingBox, settings);
  return { ...finding, instances: { found, smaller, ...settings } };
}

/** What was found, with the cautions of its finding, which a measurement report repeats. */
export const segmentsOf = (
  measured: readonly MeasuredOutcome[],
  findings: readonly Finding[],
): readonly FoundSegment[] =>
  measured.flatMap((outcome, index) => {
    const finding = findings[index];
    if (outcome.status === 'not-found' || finding?.status !== 'found') return [];
    const { cautions, instances } = finding;
    return [{ ...outcome, ...(cautions && { cautions }), ...(instances && { instances }) }];
  });

const isInVolume = (mask: Mask<SourceGrid>): mask is Mask => mask.grid.voxelToLps !== undefined;

/** Segments all targets in one pass over the image. */
async function segmentTargets(
  { output }: SegmentSourceRequest,
  { manifest }: ModelPackage,
  source: Volume | SingleImage,
  targets: readonly Target[],
  segmenter: Segmenter,
  signal: AbortSignal,
  onProgress: SegmentSourceSurroundings['onProgress'],
) {
  const segmented = await askSegmenter(segmenter, manifest, source).ask(targets, {
    signal,
    probabilities: output.segmentation === 'fractional',
    onProgress: (done, total) => onProgress({ fraction: done / total, message: `window ${done} of ${total}` }),
  });
  return { ...segmented, unanswered: undefined };
}

/**
 * A model may know some targets in other modalities only; these are left out for an MR, for example, unless no others
 * remain: then the model reports that it does not serve them.
 */
function inModality(targets: readonly Target[], { vocabulary }: ModelPackage, modality: string): readonly Target[] {
  const known = new Set(
    vocabulary.targets.filter(({ modalities }) => modalities.includes(modality)).map(({ id }) => id),
  );
  const here = targets.filter(({ id, freeText }) => known.has(id) || freeText !== undefined);
  return here.length > 0 ? here : targets;
}

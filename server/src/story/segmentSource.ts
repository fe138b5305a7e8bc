import type { Caution } from '#contract/caution.js';
import type { ExecutionProvider } from '#contract/executionProvider.js';
import type { Finding, FoundFinding } from '#contract/finding.js';
import type { ImageShows } from '#contract/imageShows.js';
import type { Stage } from '#contract/jobState.js';
import { throwIfCancelled } from '../platform/errors.js';
import { freeTextCaveat } from '../results/describeSegment.js';
import type { OutputPolicy } from '../results/outputPolicy.js';
import type { FieldOfView } from '../segmenter/fieldOfView/openFieldOfView.js';
import { measureInstances } from '../segmenter/instances.js';
import type { ModelPackage } from '../segmenter/packages/modelPackage.js';
import type { ReadNorms } from '../segmenter/packages/readNorms.js';
import type { Segmenter, SegmentOptions } from '../segmenter/segmenter.js';
import type { SourceGrid } from '../values/grid.js';
import type { WithinHeights } from '../values/heights.js';
import type { Mask } from '../values/mask.js';
import { isSingleImage, type SingleImage } from '../values/singleImage.js';
import type { Target } from '../values/target.js';
import type { StackSummary, Volume } from '../values/volume.js';
import { askSegmenter } from './askSegmenter.js';
import { cautionsOfFindings } from './cautions/cautionsOfFindings.js';
import { lookAtSource, type SourceView } from './imageShows/lookAtSource.js';
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
  /** Runs the model even for targets that the source surely does not show. */
  readonly anyway?: boolean | undefined;
}

export interface SegmentSourceSurroundings {
  readonly model: ModelPackage;
  /** Loads a model; the caller owns it and may keep it for the next request. */
  readonly openSegmenter: (model: ModelPackage) => Promise<Segmenter>;
  /** Packages of norms; absent: none. */
  readonly norms?: () => Promise<ReadNorms>;
  /** Says what volumes show; absent: nothing does. */
  readonly fieldOfView?: FieldOfView | undefined;
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
  /** What the voxels of a volume show; absent if nothing says it. */
  readonly shows?: ImageShows;
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
  surroundings: SegmentSourceSurroundings,
): Promise<SegmentedSource> {
  const { model, norms, fieldOfView, signal, onStage } = surroundings;
  const { targets, refused, contradictions = [] } = request.understood;

  onStage('preparing');
  const view = await lookAtSource(source, fieldOfView, signal);
  const asked = request.recognize === undefined ? targets : inModality(targets, model, source.modality);
  const { absent, present } = request.anyway ? { absent: [], present: asked } : sorted(asked, model, view);
  const { measured, unanswered, ...segmented } =
    absent.length > 0 && present.length === 0
      ? { measured: absent, ...nothingRun }
      : withAbsent(
          asked,
          absent,
          await segment(
            request,
            source,
            present,
            request.anyway ? undefined : view.within(present, model),
            surroundings,
          ),
        );
  throwIfCancelled(signal);

  const { findings, notes: notesOnNorms } = await normed(
    findingsOf(measured, source, view.cautions),
    measured,
    source,
    norms,
  );
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
        ...view.notes,
        ...segmented.notes,
        ...notesOnNorms,
        ...targets.flatMap(({ freeText }) => (freeText === undefined ? [] : [freeTextCaveat(freeText)])),
      ],
      ...(unanswered !== undefined && {
        recognition: { answered: measured.length, unanswered: unanswered.map(({ name }) => name) },
      }),
      ...(source.stacks !== undefined && { stacks: source.stacks }),
      ...(view.shows !== undefined && { shows: view.shows }),
    },
  };
}

type Absent = Extract<MeasuredOutcome, { status: 'not-found' }>;

/** The targets that the source surely does not show, with the reason, and all others. */
function sorted(
  asked: readonly Target[],
  model: ModelPackage,
  view: SourceView,
): { readonly absent: readonly Absent[]; readonly present: readonly Target[] } {
  const absent = asked.flatMap((target): Absent[] => {
    const reason = view.whyNotShown(target, model);
    return reason === undefined ? [] : [{ target, status: 'not-found', reason }];
  });
  const isAbsent = new Set(absent.map(({ target }) => target));
  return { absent, present: asked.filter((target) => !isAbsent.has(target)) };
}

/** No model was opened: looking at the image, on the CPU, decided everything. */
const nothingRun = { unanswered: undefined, executionProvider: 'cpu', sessionRunMs: 0, notes: [] } as const;

/** What a model found, with the targets that it was not asked for, in the order of the request. */
function withAbsent<Segmented extends { readonly measured: readonly MeasuredOutcome[] }>(
  asked: readonly Target[],
  absent: readonly Absent[],
  segmented: Segmented,
): Segmented {
  const outcomes = new Map([...segmented.measured, ...absent].map((outcome) => [outcome.target.id, outcome]));
  return { ...segmented, measured: asked.flatMap(({ id }) => outcomes.get(id) ?? []) };
}

/** Runs the model, for all targets in one pass or as a recognition. */
async function segment(
  request: SegmentSourceRequest,
  source: Volume | SingleImage,
  targets: readonly Target[],
  within: WithinHeights | undefined,
  { model, openSegmenter, signal, onStage, onProgress }: SegmentSourceSurroundings,
) {
  const segmenter = await openSegmenter(model);
  throwIfCancelled(signal);
  onStage('segmenting');
  return request.recognize === undefined
    ? segmentTargets(request, model, source, targets, segmenter, { signal, within }, onProgress)
    : recognizeTargets(segmenter, model.manifest, source, targets, {
        deadline: AbortSignal.timeout(request.recognize.withinSeconds * 1000),
        signal,
        within,
        onProgress,
      });
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

/**
 * The findings of all targets, with their cautions.
 * @param ofSource cautions about the images, for everything found on them
 */
export function findingsOf(
  measured: readonly MeasuredOutcome[],
  source: Volume | SingleImage,
  ofSource: readonly Caution[] = [],
): readonly Finding[] {
  const findings = measured.map((each) => findingOf(each, source));
  if (isSingleImage(source)) return findings;
  return cautionsOfFindings(
    findings.map((finding, index) => withInstances(finding, measured[index]!)),
    measured.map((outcome) => (outcome.status === 'found' && isInVolume(outcome.mask) ? outcome.mask : undefined)),
    source,
    ofSource,
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
  options: Pick<SegmentOptions, 'signal' | 'within'>,
  onProgress: SegmentSourceSurroundings['onProgress'],
) {
  const segmented = await askSegmenter(segmenter, manifest, source).ask(targets, {
    ...options,
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

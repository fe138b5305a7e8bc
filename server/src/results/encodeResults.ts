import type { CompanionKind } from '#contract/job.js';
import { PromptsegError } from '../platform/errors.js';
import type { SourceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import type { SingleImage } from '../values/singleImage.js';
import { isSlideRegion } from '../values/slide.js';
import type { Volume } from '../values/volume.js';
import { chooseContainer } from './chooseContainer.js';
import { longString } from './code.js';
import type { SegmentationAlgorithm } from './describeSegment.js';
import { encodeEncapsulatedPdf } from './encapsulatedPdf.js';
import { encodeSegmentation, type SegmentationInput } from './encodeSegmentation.js';
import { encodeMeasurementReport, type MeasuredSegment } from './measurementReport.js';
import { type OutputPolicy, wantsVolume } from './outputPolicy.js';
import { encodePresentationState } from './presentationState.js';
import { derivedUID, type ResultDescription } from './resultModules.js';
import { encodeStructureSet } from './rtStructureSet.js';
import { encodeSecondaryCapture, type SecondaryCaptureInput } from './secondaryCapture.js';
import type { SegmentOfInput } from './storedFrames.js';
import { onTiles } from './tiledMasks.js';
import { verifyContent } from './verifyContent.js';
import { verifyPicture } from './verifyPicture.js';
import { verifyStored } from './verifyStored.js';

export type ResultKind = 'segmentation' | CompanionKind;

/** One object, ready to be stored. */
export interface EncodedResult<Kind extends ResultKind = ResultKind> {
  readonly kind: Kind;
  readonly part10: Uint8Array;
  readonly sopClassUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly seriesDescription: string;
  /** Notes for the job's record, one sentence each. */
  readonly notes?: readonly string[];
  /** Compares what was sent with what the archive returns. @throws PromptsegError `store-not-verified` */
  readonly verify: (sent: Uint8Array, readBack: Uint8Array) => void | Promise<void>;
}

/** In the order in which they are stored: none refers to a later one. */
export type EncodedResults = readonly [EncodedResult<'segmentation'>, ...EncodedResult<CompanionKind>[]];

/** The UIDs of the segmentation, from which all others are derived. */
export interface ResultsInput<Source extends Volume | SingleImage = Volume> extends ResultDescription<Source> {
  readonly output: OutputPolicy;
  /** At least one, numbered from 1 in their order; with measurements if they are in a volume. */
  readonly segments: readonly (SegmentOfInput<Source['grid']> &
    (Source extends Volume ? MeasuredSegment : Pick<MeasuredSegment, 'segmentNumber'>))[];
  readonly algorithm: SegmentationAlgorithm;
  readonly promptedBy?: SegmentationInput['promptedBy'];
  /** What `output` wants drawn, in a volume: this folder draws nothing. */
  readonly drawn?: DrawnResult | undefined;
}

/** A result for viewers that show no segmentation. */
export interface DrawnResult {
  /** For the Secondary Capture. */
  readonly picture?: SecondaryCaptureInput['picture'] | undefined;
  /** The report on one page, for the Encapsulated PDF. */
  readonly pdf?: Uint8Array | undefined;
}

/**
 * Encodes everything that a request wants stored: the segmentation first, because the measurement report refers to it.
 * The contours are those of the masks, regardless of the kind of segmentation.
 * @throws PromptsegError `volume-needed` if anything but the segmentation is wanted for a single image; those of {@link
 * encodeSegmentation}, {@link encodeStructureSet} and {@link encodePresentationState}
 */
export function encodeResults(input: ResultsInput<Volume | SingleImage>): EncodedResults {
  const { output, identifiers, seriesDescription, drawn } = input;
  const inVolume = wantsVolume(output) ? requireVolume(input) : undefined;
  const { kind, notes } = chooseContainer(output.segmentation, masksToStore(input));
  const segmentation = encodeSegmentation({ ...input, kind });
  const companion = (kind: CompanionKind, titled: string) => ({
    seriesDescription: longString(`${titled} of ${seriesDescription}`),
    identifiers: {
      seriesInstanceUID: derivedUID(identifiers.sopInstanceUID, `series of ${kind}`),
      sopInstanceUID: derivedUID(identifiers.sopInstanceUID, kind),
    },
  });
  const companions: EncodedResult<CompanionKind>[] = [];
  if (inVolume && output.measurementReport) {
    const report = companion('measurement-report', 'Measurements');
    const encoded = encodeMeasurementReport({ ...inVolume, ...report, segmentation });
    companions.push({ kind: 'measurement-report', ...encoded, ...named(report), verify: verifyContent });
  }
  if (inVolume && output.rtStructureSet) {
    const structures = companion('rt-structure-set', 'Contours');
    const encoded = encodeStructureSet({ ...inVolume, ...structures });
    companions.push({ kind: 'rt-structure-set', ...encoded, ...named(structures), verify: verifyContent });
  }
  const ofSegmentation = inVolume && { ...inVolume, segmentation };
  if (ofSegmentation && drawn?.picture) {
    const titled = { seriesDescription: longString(`Picture of ${seriesDescription}`) };
    const encoded = encodeSecondaryCapture({ ...ofSegmentation, ...titled, picture: drawn.picture });
    companions.push({ kind: 'secondary-capture', ...encoded, ...titled, verify: verifyPicture });
  }
  if (ofSegmentation && drawn?.pdf) {
    const titled = { seriesDescription: longString(`Report of ${seriesDescription}`) };
    const encoded = encodeEncapsulatedPdf({ ...ofSegmentation, ...titled, pdf: drawn.pdf });
    companions.push({ kind: 'report', ...encoded, ...titled, verify: verifyContent });
  }
  if (ofSegmentation && output.presentationState) {
    const titled = { seriesDescription: longString(`Outlines of ${seriesDescription}`) };
    const outlined = ofSegmentation.segments.map(({ segmentNumber, target, mask }) => ({
      segmentNumber,
      name: target.name,
      colour: target.concept.displayColour,
      mask,
    }));
    const encoded = encodePresentationState({ ...ofSegmentation, ...titled, segments: outlined });
    companions.push({ kind: 'presentation-state', ...encoded, ...titled, verify: verifyContent });
  }
  return [{ kind: 'segmentation', ...segmentation, seriesDescription, notes, verify: verifyStored }, ...companions];
}

/** As the frames of the segmentation hold them. */
const masksToStore = ({ source, segments }: ResultsInput<Volume | SingleImage>): readonly Mask<SourceGrid>[] =>
  (isSlideRegion(source) ? onTiles(source, segments) : segments).map(({ mask }) => mask);

const named = ({ identifiers, seriesDescription }: Pick<ResultDescription, 'identifiers' | 'seriesDescription'>) => ({
  ...identifiers,
  seriesDescription,
});

type AnySegment = ResultsInput<Volume | SingleImage>['segments'][number];

const isInVolume = (segment: AnySegment): segment is AnySegment & MeasuredSegment & { readonly mask: Mask } =>
  segment.mask.grid.voxelToLps !== undefined && 'volumeMl' in segment;

/** Contours are in patient coordinates, the reports are about volumes (TID 1411), and a picture shows three planes,
 * and outlines are of the slices of one. */
function requireVolume({ source, segments, ...input }: ResultsInput<Volume | SingleImage>): ResultsInput {
  const inVolume = segments.filter(isInVolume);
  if ('pixels' in source || inVolume.length < segments.length)
    throw new PromptsegError(
      'volume-needed',
      'A single image or a slide has no place in the patient: no measurement report, no RT structure set, no picture ' +
        'of three planes, no report on one page and no presentation state can be made of it.',
    );
  return { ...input, source, segments: inVolume };
}

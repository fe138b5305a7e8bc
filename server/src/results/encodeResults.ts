import { PromptsegError } from '../platform/errors.js';
import type { SourceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import type { SingleImage } from '../values/singleImage.js';
import { isSlideRegion } from '../values/slide.js';
import type { Volume } from '../values/volume.js';
import { chooseContainer, type WantedKind } from './chooseContainer.js';
import { longString } from './code.js';
import type { SegmentationAlgorithm } from './describeSegment.js';
import { encodeSegmentation, type SegmentationInput } from './encodeSegmentation.js';
import { encodeMeasurementReport, type MeasuredSegment } from './measurementReport.js';
import { derivedUID, type ResultDescription } from './resultModules.js';
import { encodeStructureSet } from './rtStructureSet.js';
import type { SegmentOfInput } from './storedFrames.js';
import { onTiles } from './tiledMasks.js';
import { verifyContent } from './verifyContent.js';
import { verifyStored } from './verifyStored.js';

/** The objects that a request wants stored. A segmentation always is, since the others refer to it or repeat it. */
export interface OutputPolicy {
  /** Absent: binary, or a label map if viewers would not show it (chooseContainer.ts). */
  readonly segmentation?: WantedKind;
  readonly measurementReport?: boolean | undefined;
  readonly rtStructureSet?: boolean | undefined;
}

/** Objects that can be stored beside a segmentation. */
export type CompanionKind = 'measurement-report' | 'rt-structure-set';
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
}

/**
 * Encodes everything that a request wants stored: the segmentation first, because the measurement report refers to it.
 * The contours are those of the masks, regardless of the kind of segmentation.
 * @throws PromptsegError `volume-needed` if anything but the segmentation is wanted for a single image; those of {@link
 * encodeSegmentation} and {@link encodeStructureSet}
 */
export function encodeResults(input: ResultsInput<Volume | SingleImage>): EncodedResults {
  const { output, identifiers, seriesDescription } = input;
  const inVolume = output.measurementReport || output.rtStructureSet ? requireVolume(input) : undefined;
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

/** Contours are in patient coordinates, and the report is about volumes (TID 1411). */
function requireVolume({ source, segments, ...input }: ResultsInput<Volume | SingleImage>): ResultsInput {
  const inVolume = segments.filter(isInVolume);
  if ('pixels' in source || inVolume.length < segments.length)
    throw new PromptsegError(
      'volume-needed',
      'A single image or a slide has no place in the patient: no measurement report of volumes and no RT structure ' +
        'set can be made of it.',
    );
  return { ...input, source, segments: inVolume };
}

import { isDeepStrictEqual } from 'node:util';
import { PromptsegError } from '../platform/errors.js';
import { type SourceGrid, voxelCount } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { SingleImage } from '../values/singleImage.js';
import { isSlideRegion } from '../values/slide.js';
import type { Volume } from '../values/volume.js';
import { codeItem, codes, personName } from './code.js';
import {
  describeBackground,
  describeSegment,
  type SegmentationAlgorithm,
  type SegmentProvenance,
} from './describeSegment.js';
import { byteLength, encodePart10 } from './encodeElements.js';
import { encodePerFrameFunctionalGroups, multiFrameDimensions, sharedFunctionalGroups } from './functionalGroups.js';
import { isEmpty } from './packFrames.js';
import {
  derivedUID,
  fileMetaInformation,
  operatorOf,
  privateCodingSchemes,
  type ResultDescription,
  referencedInstances,
  resultModules,
  trackingUID,
} from './resultModules.js';
import { type SegmentationKind, segmentationFrames } from './segmentationFrames.js';
import { describeMatrix, encodeTileFunctionalGroups, sharedTileGroups, tileDimensions } from './slideModules.js';
import { lossyCompressionOf, patientOrientation, positionReferenceIndicator } from './sourceContext.js';
import type { SegmentationFrames, SegmentOfInput } from './storedFrames.js';
import { onTiles } from './tiledMasks.js';

/** SOP classes of BINARY and FRACTIONAL, and of LABELMAP (PS3.4 section B.5). */
export const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';
const labelMapSegmentationStorage = '1.2.840.10008.5.1.4.1.1.66.7';

export interface SegmentationInput<Source extends Volume | SingleImage = Volume> extends ResultDescription<Source> {
  /** BINARY if absent. */
  readonly kind?: SegmentationKind;
  /** At least one. Segment Number is the position in this list, from 1. */
  readonly segments: readonly SegmentOfInput<Source['grid']>[];
  readonly algorithm: SegmentationAlgorithm;
  /** The segmentation that this one was made of; absent if it is the first. */
  readonly predecessor?: SegmentationReference | undefined;
  /**
   * What a person gave: a text, or boxes, clicks or strokes on the images, from nothing or to correct the predecessor.
   * Strokes are scribbles and lassos, with clicks or without. Absent: a text.
   */
  readonly promptedBy?: 'text' | 'boxes' | 'clicks' | 'strokes' | undefined;
}

/** A stored segmentation, in the study of the source. */
export interface SegmentationReference {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly seriesInstanceUID: string;
}

export interface EncodedSegmentation {
  /** The Part 10 file: BINARY in Explicit VR Little Endian, the others in RLE Lossless. */
  readonly part10: Uint8Array;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly numberOfFrames: number;
}

/**
 * Encodes masks as one DICOM Segmentation object (PS3.3 section A.51) on the slices of the source, each frame with a
 * reference to its source image. Frames on a single image have no place: they are pixel for pixel on the
 * image that they refer to (section A.51.5.1). Frames on a slide are tiles of the total pixel matrix of the level that
 * was read (slideModules.ts). Equal input gives equal bytes.
 *
 *   BINARY      a frame per segment and slice that it touches, one bit per pixel
 *   LABELMAP    a frame per slice, a pixel is the number of its segment; an object of its own SOP class
 *   FRACTIONAL  a frame per segment and slice, a pixel is a probability
 *   OCCUPANCY   as BINARY, but a byte per pixel; FRACTIONAL to its readers
 *
 * Tracking UIDs and the Dimension Organization UID follow from the SOP Instance UID.
 * @throws PromptsegError `result-not-encodable` for no segments, an empty mask, a mask on another grid, pixels that are
 * no rectangles, or more than 3.75 GiB of pixels; `segments-overlap` for a label map; `probabilities-unavailable` for
 * FRACTIONAL
 */
export function encodeSegmentation(input: SegmentationInput<Volume | SingleImage>): EncodedSegmentation {
  const { kind = 'BINARY', source, segments, identifiers } = input;
  requireEncodable(segments, source.grid);
  const content = segmentationFrames(kind, isSlideRegion(source) ? onTiles(source, segments) : segments);

  const sopClassUID = kind === 'LABELMAP' ? labelMapSegmentationStorage : segmentationStorage;
  const meta = fileMetaInformation(sopClassUID, identifiers.sopInstanceUID, content.transferSyntaxUID);
  // The per-frame functional groups and the pixels are the last attributes of the object, in this order.
  const parts = [
    encodePart10(meta, describeObject(input, content, sopClassUID)),
    ...(isSlideRegion(source)
      ? encodeTileFunctionalGroups(content.frames, source)
      : encodePerFrameFunctionalGroups(content.frames, source)),
    ...content.pixelDataElement,
  ];
  return { part10: concatenate(parts), sopClassUID, ...identifiers, numberOfFrames: content.frames.length };
}

/** Every attribute except the per-frame functional groups and the pixels, by module of the IOD (PS3.3 table A.51-1). */
function describeObject(
  input: SegmentationInput<Volume | SingleImage>,
  { frames, pixelDescription }: SegmentationFrames,
  sopClassUID: string,
): NaturalizedDataset {
  const { kind, source, segments, algorithm, predecessor } = input;
  const { sopInstanceUID } = input.identifiers;
  const onSlide = isSlideRegion(source) ? source : undefined;
  const [columns, rows] = onSlide ? [onSlide.slide.tileColumns, onSlide.slide.tileRows] : source.grid.size;
  const hasPlace = 'frameOfReferenceUID' in source;
  const dimensionOrganizationUID = derivedUID(sopInstanceUID, 'dimension organization');
  const framesHaveOneSegment = kind !== 'LABELMAP';
  return {
    ...resultModules(input, { sopClassUID, modality: 'SEG' }),
    ...operatorOf(input),
    ...lossyCompressionOf(source.header),
    ...(onSlide && describeMatrix(onSlide)),
    ...(hasPlace
      ? {
          FrameOfReferenceUID: source.frameOfReferenceUID,
          PositionReferenceIndicator: positionReferenceIndicator(source.header),
        }
      : { PatientOrientation: patientOrientation(source.header) }),

    ImageType: ['DERIVED', 'PRIMARY'],
    ContentLabel: 'SEGMENTATION',
    ContentDescription: contentDescription(input),
    ContentCreatorName: input.operator === undefined ? 'Promptseg^' : personName(input.operator.name),
    BurnedInAnnotation: 'NO',

    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    PixelRepresentation: 0,
    Rows: rows,
    Columns: columns,
    NumberOfFrames: frames.length,
    ...pixelDescription,
    SegmentSequence: [
      ...segments.map(({ target, provenance, algorithm: ownAlgorithm }, index) =>
        describeSegment(
          target,
          index + 1,
          provenance ?? automatic(target.name, sopInstanceUID, index + 1),
          ownAlgorithm ?? algorithm,
        ),
      ),
      // Last, though it is segment 0: OHIF 3.13 gives segment n the colour of item n.
      ...(kind === 'LABELMAP' ? [describeBackground(algorithm)] : []),
    ],

    ...(onSlide
      ? tileDimensions(dimensionOrganizationUID, framesHaveOneSegment)
      : multiFrameDimensions(dimensionOrganizationUID, { framesHaveOneSegment, framesHavePlace: hasPlace })),
    SharedFunctionalGroupsSequence: [
      onSlide ? sharedTileGroups(onSlide) : hasPlace ? sharedFunctionalGroups(source) : {},
    ],
    ReferencedSeriesSequence: [
      { SeriesInstanceUID: source.seriesInstanceUID, ReferencedInstanceSequence: referencedInstances(source) },
      // After the source: OHIF takes the first one for the series that was segmented.
      ...(predecessor ? [referencedSeries(predecessor)] : []),
    ],
    ...(predecessor && derivedFrom(predecessor, input.promptedBy)),
    ...privateCodingSchemes(
      segments.map(({ target }) => target.concept),
      input,
    ),
  };
}

/** Content Description (0070,0081): at most 64 characters (LO). */
function contentDescription({ predecessor, promptedBy }: SegmentationInput<Volume | SingleImage>): string {
  if (promptedBy === 'boxes')
    return predecessor
      ? 'Research use only. Segmented, then corrected with boxes.'
      : 'Research use only. Segmented in boxes drawn by a person.';
  if (promptedBy === 'clicks')
    return predecessor
      ? 'Research use only. Segmented, then corrected by clicks.'
      : 'Research use only. Segmented by clicks of a person.';
  if (promptedBy === 'strokes')
    return predecessor
      ? 'Research use only. Corrected by clicks and strokes.'
      : 'Research use only. Segmented by clicks and strokes of a person.';
  return `Research use only. Segmented by text prompt${predecessor ? ', then edited' : ''}.`;
}

/** A segment made by the algorithm, with its own Tracking UID. */
const automatic = (name: string, sopInstanceUID: string, segmentNumber: number): SegmentProvenance => ({
  algorithmType: 'AUTOMATIC',
  trackingID: name,
  trackingUID: trackingUID(sopInstanceUID, segmentNumber),
});

/**
 * The reference of a later segmentation to its predecessor. The Segmentation IOD has no Predecessor Documents Sequence,
 * which belongs to structured reports; it has the General Reference module (PS3.3 tables A.51-1 and C.12-10), whose
 * Source Image Sequence names the images that an image was derived from, and a segmentation is an image. Common
 * Instance Reference must list everything in the study that is referred to.
 */
function derivedFrom(
  { sopClassUID, sopInstanceUID }: SegmentationReference,
  promptedBy: SegmentationInput['promptedBy'],
): NaturalizedDataset {
  return {
    DerivationDescription: `${howDerived[promptedBy ?? 'text']}, from the segmentation in Source Image Sequence`,
    SourceImageSequence: [
      {
        ReferencedSOPClassUID: sopClassUID,
        ReferencedSOPInstanceUID: sopInstanceUID,
        SpatialLocationsPreserved: 'YES',
        PurposeOfReferenceCodeSequence: [codeItem(codes.sourceImage)],
      },
    ],
  };
}

const howDerived = {
  boxes: 'Corrected with boxes that a person drew',
  clicks: 'Corrected by clicks of a person',
  strokes: 'Corrected by clicks and strokes of a person',
  text: 'Edited by a person in a viewer',
} as const;

const referencedSeries = ({ seriesInstanceUID, ...instance }: SegmentationReference): NaturalizedDataset => ({
  SeriesInstanceUID: seriesInstanceUID,
  ReferencedInstanceSequence: [
    { ReferencedSOPClassUID: instance.sopClassUID, ReferencedSOPInstanceUID: instance.sopInstanceUID },
  ],
});

function requireEncodable(segments: readonly SegmentOfInput<SourceGrid>[], source: SourceGrid): void {
  const onGrid = ({ grid, bits }: Mask<SourceGrid>) =>
    isDeepStrictEqual(
      [grid.size, grid.voxelToLps, grid.slicePositions],
      [source.size, source.voxelToLps, source.slicePositions],
    ) && bits.length === Math.ceil(voxelCount(source) / 8);
  if (!segments.every(({ mask }) => onGrid(mask)))
    throw new PromptsegError('result-not-encodable', 'A mask is not on the grid of its source.');
  const empty = segments.filter(({ mask }) => isEmpty(mask));
  if (segments.length === 0 || empty.length > 0)
    throw new PromptsegError('result-not-encodable', 'A segmentation needs segments, and each at least one voxel.', {
      details: { targetsWithoutVoxels: empty.map(({ target }) => target.name) },
    });
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(byteLength(parts));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

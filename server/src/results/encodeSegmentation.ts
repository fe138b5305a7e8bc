import { createRequire } from 'node:module';
import type { NaturalizedDataset } from '../dicom/naturalizedDataset.js';
import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { uidFromName } from '../dicom/uid.js';
import { PromptsegError } from '../errors.js';
import type { Grid } from '../geometry/grid.js';
import type { Mask } from '../segmenter/mask.js';
import type { Target } from '../segmenter/target.js';
import type { Volume } from '../volume/volume.js';
import { longString } from './code.js';
import { contentDateAndTime } from './contentDateAndTime.js';
import { describeSegment, type SegmentationAlgorithm } from './describeSegment.js';
import { byteLength, elementHeader, encodePart10 } from './encodeElements.js';
import { encodePerFrameFunctionalGroups, multiFrameDimensions, sharedFunctionalGroups } from './functionalGroups.js';
import { type FrameOfMask, framesWithContent, masksOverlap, packPixels } from './packFrames.js';
import { sourceContext } from './sourceContext.js';

export const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';

/** UUID namespace of the UIDs that follow from the SOP Instance UID of the result. */
const uidNamespace = 'd17b6503-f3eb-41d0-8be0-802a1cd2d5c3';

/** Pixel Data has a 32-bit length, and Node.js 20 holds at most 4 GiB in one array; the rest of the object needs room too. */
const maximumPixelDataBytes = 0xf0000000;

const implementationClassUID = '2.25.173006888909613009253414344428721652400';
const { version: softwareVersion } = createRequire(import.meta.url)('../../package.json') as { version: string };

export interface SegmentationInput {
  readonly volume: Volume;
  /** At least one; every mask lies on the volume's grid and holds at least one voxel. Segment Number is the place here, from 1. */
  readonly segments: readonly { readonly target: Target; readonly mask: Mask }[];
  readonly algorithm: SegmentationAlgorithm;
  readonly identifiers: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
  /** Series Description (0008,103E); OHIF shows it as the name of the segmentation. */
  readonly seriesDescription: string;
  readonly createdAt: Date;
}

export interface EncodedSegmentation {
  /** The Part 10 file, Explicit VR Little Endian. */
  readonly part10: Uint8Array;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly numberOfFrames: number;
}

/**
 * Encodes masks as one DICOM Segmentation object, BINARY (PS3.3 section A.51): a segment per target, a frame per slice that the target
 * touches, on the slices of the source, each with a reference to its source image. Equal input gives equal bytes.
 *
 * Tracking UIDs and the Dimension Organization UID follow from the SOP Instance UID.
 * @throws PromptsegError `result-not-encodable` for no segments, an empty mask, a mask on another grid, pixels that are no rectangles,
 * or more than 3.75 GiB of pixels
 */
export function encodeSegmentation(input: SegmentationInput): EncodedSegmentation {
  const { volume, segments, identifiers } = input;
  const masks = segments.map(({ mask }) => mask);
  requireMasksOnGrid(masks, volume.grid);
  const frames = framesWithContent(masks);
  requireEncodable(frames, input);

  const meta = {
    FileMetaInformationVersion: Uint8Array.of(0, 1).buffer,
    MediaStorageSOPClassUID: segmentationStorage,
    MediaStorageSOPInstanceUID: identifiers.sopInstanceUID,
    TransferSyntaxUID: explicitVRLittleEndian,
    ImplementationClassUID: implementationClassUID,
    ImplementationVersionName: 'PROMPTSEG',
  };
  const pixelData = packPixels(masks, frames);
  // The per-frame functional groups and the pixels are the last attributes of the object, in this order.
  const parts = [
    encodePart10(meta, describeObject(input, masks, frames.length)),
    ...encodePerFrameFunctionalGroups(frames, volume),
    elementHeader(0x7fe00010, 'OB', pixelData.length),
    pixelData,
  ];
  return {
    part10: concatenate(parts),
    sopClassUID: segmentationStorage,
    ...identifiers,
    numberOfFrames: frames.length,
  };
}

/** Every attribute but the per-frame functional groups and the pixels, by module of the IOD (PS3.3 table A.51-1). */
function describeObject(
  { volume, segments, algorithm, identifiers, seriesDescription, createdAt }: SegmentationInput,
  masks: readonly Mask[],
  numberOfFrames: number,
): NaturalizedDataset {
  const { sopInstanceUID, seriesInstanceUID } = identifiers;
  const [columns, rows] = volume.grid.size;
  const [date, time] = contentDateAndTime(createdAt, volume.header.TimezoneOffsetFromUTC);
  const derivedUID = (purpose: string) => uidFromName(uidNamespace, `${sopInstanceUID} ${purpose}`);
  return {
    ...sourceContext(volume.header),

    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: segmentationStorage,
    SOPInstanceUID: sopInstanceUID,
    InstanceCreationDate: date,
    InstanceCreationTime: time,

    StudyInstanceUID: volume.studyInstanceUID,
    FrameOfReferenceUID: volume.frameOfReferenceUID,

    Modality: 'SEG',
    SeriesInstanceUID: seriesInstanceUID,
    SeriesNumber: seriesNumberAfter(volume.header.SeriesNumber),
    SeriesDescription: longString(seriesDescription),
    SeriesDate: date,
    SeriesTime: time,

    Manufacturer: 'Promptseg',
    ManufacturerModelName: 'Promptseg',
    DeviceSerialNumber: 'none', // type 1 (PS3.3 section C.7.5.2), though software has no serial number
    SoftwareVersions: softwareVersion,

    ImageType: ['DERIVED', 'PRIMARY'],
    InstanceNumber: 1,
    ContentDate: date,
    ContentTime: time,
    ContentLabel: 'SEGMENTATION',
    ContentDescription: 'Research use only. Segmented by text prompt.',
    ContentCreatorName: 'Promptseg^',
    BurnedInAnnotation: 'NO',

    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    PixelRepresentation: 0,
    Rows: rows,
    Columns: columns,
    BitsAllocated: 1,
    BitsStored: 1,
    HighBit: 0,
    NumberOfFrames: numberOfFrames,

    SegmentationType: 'BINARY',
    SegmentsOverlap: masksOverlap(masks) ? 'YES' : 'NO',
    SegmentSequence: segments.map(({ target }, index) =>
      describeSegment(target, index + 1, derivedUID(`segment ${index + 1}`), algorithm),
    ),

    ...multiFrameDimensions(derivedUID('dimension organization')),
    SharedFunctionalGroupsSequence: [sharedFunctionalGroups(volume)],
    ReferencedSeriesSequence: [
      { SeriesInstanceUID: volume.seriesInstanceUID, ReferencedInstanceSequence: referencedInstances(volume) },
    ],
    ...privateCodingScheme(segments),
  };
}

/** Common Instance Reference (PS3.3 section C.12.2): all images that the segmentation was made from, each instance once. */
function referencedInstances({ sourceImages }: Volume): NaturalizedDataset[] {
  const classes = new Map(sourceImages.map(({ sopInstanceUID, sopClassUID }) => [sopInstanceUID, sopClassUID]));
  return [...classes].map(([sopInstanceUID, sopClassUID]) => ({
    ReferencedSOPClassUID: sopClassUID,
    ReferencedSOPInstanceUID: sopInstanceUID,
  }));
}

/** Says whose codes 99PROMPTSEG are (PS3.3 section C.12.1), where they are used. */
function privateCodingScheme(segments: SegmentationInput['segments']): NaturalizedDataset {
  const designator = '99PROMPTSEG';
  const isUsed = segments.some(({ target: { concept } }) =>
    [concept.type, concept.category].some(({ scheme }) => scheme === designator),
  );
  if (!isUsed) return {};
  return {
    CodingSchemeIdentificationSequence: [
      {
        CodingSchemeDesignator: designator,
        CodingSchemeName: 'Promptseg',
        CodingSchemeResponsibleOrganization: 'Promptseg',
      },
    ],
  };
}

/** Sorts the result behind the series of the scanner, next to others of the same source. */
function seriesNumberAfter(sourceSeriesNumber: unknown): number {
  const number = Number(sourceSeriesNumber);
  return Number.isInteger(number) && number >= 0 && number < 1e6 ? 1000 + number : 1000;
}

function requireMasksOnGrid(masks: readonly Mask[], { size, voxelToLps }: Grid): void {
  const onGrid = ({ grid, bits }: Mask) =>
    grid.size.every((count, axis) => count === size[axis]) &&
    grid.voxelToLps.every((element, index) => element === voxelToLps[index]) &&
    bits.length === Math.ceil((size[0] * size[1] * size[2]) / 8);
  if (!masks.every(onGrid))
    throw new PromptsegError('result-not-encodable', 'A mask does not lie on the grid of its source.');
}

function requireEncodable(frames: readonly FrameOfMask[], { volume, segments }: SegmentationInput): void {
  const withFrames = new Set(frames.map(({ mask }) => mask));
  const empty = segments.flatMap(({ target }, index) => (withFrames.has(index) ? [] : [target.name]));
  if (segments.length === 0 || empty.length > 0)
    throw new PromptsegError('result-not-encodable', 'A segmentation needs segments, and each at least one voxel.', {
      details: { targetsWithoutVoxels: empty },
    });
  const pixelDataBytes = (frames.length * volume.grid.size[0] * volume.grid.size[1]) / 8;
  if (pixelDataBytes >= maximumPixelDataBytes)
    throw new PromptsegError('result-not-encodable', 'The result has more pixels than one object can hold.', {
      details: { pixelDataBytes, maximumPixelDataBytes },
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

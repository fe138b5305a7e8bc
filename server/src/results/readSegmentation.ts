import { characterSetDecoder } from '../dicom/characterSets.js';
import type { Dataset, Tag, TextDecoding } from '../dicom/dataset.js';
import { parseInstance } from '../dicom/dicomInstance.js';
import {
  deflatedExplicitVRLittleEndian,
  explicitVRLittleEndian,
  implicitVRLittleEndian,
  rleLossless,
} from '../dicom/transferSyntaxes.js';
import type { Vector3 } from '../values/affine.js';
import type { SourceImage } from '../values/volume.js';
import { readSegmentationPixels, type SegmentationPixels, unreadable } from './segmentationPixels.js';

/** A code of any coding scheme, as an object states it. */
export interface ReadCode {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

export interface ReadSegment {
  /** Segment Number (0062,0004) */
  readonly number: number;
  readonly label: string;
  readonly category: ReadCode | undefined;
  readonly type: ReadCode | undefined;
  readonly typeModifiers: readonly ReadCode[];
  /** Anatomic Region Sequence (0008,2218) */
  readonly anatomicRegion: ReadCode | undefined;
  readonly anatomicRegionModifiers: readonly ReadCode[];
  readonly algorithmType: string | undefined;
  readonly algorithmName: string | undefined;
  /** The item of Segmentation Algorithm Identification Sequence (0062,0007) */
  readonly algorithmIdentification: ReadAlgorithm | undefined;
  readonly trackingID: string | undefined;
  readonly trackingUID: string | undefined;
  /** Recommended Display CIELab Value (0062,000D), empty if it is not stated */
  readonly recommendedDisplayCIELabValue: readonly number[];
}

/** Algorithm Identification Macro (PS3.3 section 10.16), as an object states it. */
export interface ReadAlgorithm {
  readonly name: string;
  readonly version: string;
  readonly source: string | undefined;
  readonly familyCode: ReadCode | undefined;
}

export interface ReadFrame {
  /** Referenced Segment Number (0062,000B); undefined in a label map, whose frames hold all segments. */
  readonly segmentNumber: number | undefined;
  /** In mm; undefined if the object does not state it. */
  readonly imagePositionPatient: Vector3 | undefined;
  /** Of a tile of a slide: column and row of its first pixel in the total pixel matrix, from 1. */
  readonly placeInMatrix?: readonly [column: number, row: number];
  /** Direction cosines of the rows, then of the columns */
  readonly imageOrientationPatient: readonly number[];
  /** [between rows, between columns] in mm */
  readonly pixelSpacing: readonly number[];
  /** The images from which this frame was segmented. */
  readonly sourceImages: readonly SourceImage[];
}

/** A segmentation object of any type. */
export interface ReadSegmentation {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly studyInstanceUID: string | undefined;
  readonly seriesInstanceUID: string | undefined;
  readonly seriesNumber: number | undefined;
  readonly frameOfReferenceUID: string | undefined;
  readonly rows: number;
  readonly columns: number;
  /** Of a slide: columns and rows of its total pixel matrix. */
  readonly totalPixelMatrix?: readonly [columns: number, rows: number];
  /** A label map may describe its background among them. */
  readonly segments: readonly ReadSegment[];
  readonly frames: readonly ReadFrame[];
  /** Referenced Series Sequence (0008,1115) */
  readonly referencedSeries: readonly {
    readonly seriesInstanceUID: string | undefined;
    readonly instances: readonly SourceImage[];
  }[];
  readonly pixels: SegmentationPixels;
}

/** For {@link readSegmentation}: transfer syntaxes whose pixels need no decoder. */
export const readableTransferSyntaxes: readonly string[] = [
  explicitVRLittleEndian,
  implicitVRLittleEndian,
  deflatedExplicitVRLittleEndian,
  rleLossless,
];

/**
 * Reads a DICOM Segmentation object of any manufacturer: BINARY, FRACTIONAL or LABELMAP, uncompressed or in RLE
 * Lossless. Each frame must be described: objects of TILED_FULL organization, which omit that, are for slides.
 * @param decoded the bytes of all frames, little endian, if they were decoded before: see decodeSegmentation.ts
 * @throws PromptsegError `instance-unreadable` if it is not a DICOM instance, `segmentation-unreadable` for another
 * kind of object
 */
export function readSegmentation(part10: Uint8Array, decoded?: Uint8Array): ReadSegmentation {
  const instance = parseInstance(part10);
  if (decoded === undefined && !readableTransferSyntaxes.includes(instance.transferSyntaxUID))
    throw unreadable('The segmentation is compressed in a way that is not supported, or big endian.', {
      transferSyntaxUID: instance.transferSyntaxUID,
    });
  const { sopClassUID, sopInstanceUID, rows, columns, numberOfFrames } = instance;
  const shared = instance.items('x52009229')[0];
  const frames = instance.items('x52009230').map((groups) => readFrame(groups, shared));
  if (frames.length !== numberOfFrames)
    throw unreadable('The segmentation does not describe each of its frames.', {
      numberOfFrames,
      described: frames.length,
    });
  const decoder = characterSetDecoder(instance.strings('x00080005'));
  const totalPixelMatrix = pairOf(instance, 'x00480006', 'x00480007');
  return {
    sopClassUID,
    sopInstanceUID,
    studyInstanceUID: instance.string('x0020000d'),
    seriesInstanceUID: instance.string('x0020000e'),
    seriesNumber: instance.numberIfSound('x00200011'),
    frameOfReferenceUID: instance.string('x00200052'),
    rows,
    columns,
    ...(totalPixelMatrix && { totalPixelMatrix }),
    segments: instance.items('x00620002').map((segment) => readSegment(segment, decoder)),
    frames,
    referencedSeries: instance.items('x00081115').map((series) => ({
      seriesInstanceUID: series.string('x0020000e'),
      instances: series.items('x0008114a').map(readReference),
    })),
    pixels: readSegmentationPixels(instance, numberOfFrames, decoded),
  };
}

const readText = (item: Dataset, tag: Tag, decoder: TextDecoding): string => item.text(tag, decoder).trim();

function readSegment(segment: Dataset, decoder: TextDecoding): ReadSegment {
  const type = segment.items('x0062000f')[0];
  const region = segment.items('x00082218')[0];
  return {
    number: segment.number('x00620004') ?? 0,
    label: readText(segment, 'x00620005', decoder),
    category: segment.items('x00620003').map((code) => readCode(code, decoder))[0],
    type: type && readCode(type, decoder),
    typeModifiers: (type?.items('x00620011') ?? []).map((code) => readCode(code, decoder)),
    anatomicRegion: region && readCode(region, decoder),
    anatomicRegionModifiers: (region?.items('x00082220') ?? []).map((code) => readCode(code, decoder)),
    algorithmType: segment.string('x00620008'),
    algorithmName: readText(segment, 'x00620009', decoder) || undefined,
    algorithmIdentification: segment.items('x00620007').map((item) => readAlgorithm(item, decoder))[0],
    trackingID: readText(segment, 'x00620020', decoder) || undefined,
    trackingUID: segment.string('x00620021'),
    recommendedDisplayCIELabValue: segment.numbers('x0062000d'),
  };
}

function readAlgorithm(item: Dataset, decoder: TextDecoding): ReadAlgorithm {
  return {
    name: readText(item, 'x00660036', decoder),
    version: readText(item, 'x00660031', decoder),
    source: readText(item, 'x00240202', decoder) || undefined,
    familyCode: item.items('x0066002f').map((code) => readCode(code, decoder))[0],
  };
}

function readCode(code: Dataset, decoder: TextDecoding): ReadCode {
  return {
    value: code.string('x00080100') ?? code.string('x00080119') ?? code.string('x00080120') ?? '',
    scheme: code.string('x00080102') ?? '',
    meaning: readText(code, 'x00080104', decoder),
  };
}

/** A frame's functional groups; each may be among the shared ones instead. */
function readFrame(groups: Dataset, shared: Dataset | undefined): ReadFrame {
  const group = (tag: Tag): Dataset | undefined => groups.items(tag)[0] ?? shared?.items(tag)[0];
  const position = group('x00209113')?.numbers('x00200032') ?? [];
  const placeInMatrix = pairOf(group('x0048021a'), 'x0048021e', 'x0048021f');
  return {
    segmentNumber: group('x0062000a')?.number('x0062000b'),
    imagePositionPatient: position.length === 3 ? [position[0]!, position[1]!, position[2]!] : undefined,
    ...(placeInMatrix && { placeInMatrix }),
    imageOrientationPatient: group('x00209116')?.numbers('x00200037') ?? [],
    pixelSpacing: group('x00289110')?.numbers('x00280030') ?? [],
    sourceImages: (group('x00089124')?.items('x00082112') ?? []).map(readReference),
  };
}

/** Two numbers, if both are stated. */
function pairOf(dataset: Dataset | undefined, first: Tag, second: Tag): readonly [number, number] | undefined {
  const [one, other] = [dataset?.number(first), dataset?.number(second)];
  return one !== undefined && other !== undefined ? [one, other] : undefined;
}

function readReference(reference: Dataset): SourceImage {
  const frameNumber = reference.number('x00081160');
  return {
    sopClassUID: reference.string('x00081150') ?? '',
    sopInstanceUID: reference.string('x00081155') ?? '',
    ...(frameNumber !== undefined && { frameNumber }),
  };
}

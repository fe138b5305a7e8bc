import type { Vector3 } from '../../server/src/values/affine.js';
import type { Grid } from '../../server/src/values/grid.js';
import { type Compression, encodePixelData } from './encodePixelData.js';
import { invented } from './invented.js';
import { uidFromName } from './uidFromName.js';
import { type Attributes, writePart10 } from './writePart10.js';

// Looked up once: Jest's VM contexts make each look-up of the global Math slow (14 s instead of 3 s for the demo
// phantom).
const { hypot, round } = Math;

/** The options of a synthetic series. The same options give the same bytes. */
export interface SeriesOptions {
  /** Names the series; its UIDs are derived from the names. */
  readonly name: string;
  /** Names the study and patient; series with the same study name share both. */
  readonly study?: string;
  readonly modality: 'CT' | 'MR' | 'PT';
  /** Any affine: rows, columns and slices may be oblique, flipped or sheared. One instance per slice. */
  readonly grid: Grid;
  /** Value of a voxel in the modality's unit; stored as the nearest value that slope and intercept can express. */
  readonly valueAt: (i: number, j: number, k: number) => number;
  /** Rescale Slope of slice k; default 1. */
  readonly slope?: (k: number) => number;
  /** Rescale Intercept of slice k; default 0. */
  readonly intercept?: (k: number) => number;
  /** Bits Stored, at most 16 (the default). */
  readonly bitsStored?: number;
  /** Whether the stored values are signed; default true. */
  readonly signed?: boolean;
  readonly compression?: Compression;
  /** Attributes by keyword, added to slice k or replaced; `undefined` removes one. */
  readonly attributes?: (k: number) => Attributes;
}

const sopClassUIDs = {
  CT: '1.2.840.10008.5.1.4.1.1.2',
  MR: '1.2.840.10008.5.1.4.1.1.4',
  PT: '1.2.840.10008.5.1.4.1.1.128',
} as const;

/**
 * A series of single-frame images, one Part 10 file per slice, in the order k = 0, 1, ….
 * @throws RangeError if a stored value does not fit its bits
 */
export async function createSeries(options: SeriesOptions): Promise<Uint8Array[]> {
  const slices = Array.from({ length: options.grid.size[2] }, (_, k) => k);
  return Promise.all(slices.map((k) => createSlice(options, k)));
}

async function createSlice(options: SeriesOptions, k: number): Promise<Uint8Array> {
  const { grid, bitsStored = 16, compression = 'none' } = options;
  const [columns, rows] = grid.size;
  const samples = storedValues(options, k);
  const pixelData = await encodePixelData({ columns, rows, samples, bitsStored }, compression);
  const attributes: Attributes = {
    ...identity(options, k),
    ...geometry(grid, k),
    ...modalityAttributes(options, k),
    ...pixelDescription(options),
    ...(options.slope || options.intercept || options.modality !== 'MR'
      ? { RescaleIntercept: options.intercept?.(k) ?? 0, RescaleSlope: options.slope?.(k) ?? 1 }
      : {}),
    ...options.attributes?.(k),
  };
  return writePart10(attributes, [pixelData], compression);
}

/**
 * The stored values of slice k, row by row.
 * @throws RangeError if a value does not fit its bits
 */
export function storedValues(options: SeriesOptions, k: number): Int16Array | Uint16Array {
  const { grid, bitsStored = 16, signed = true } = options;
  const [columns, rows] = grid.size;
  const slope = options.slope?.(k) ?? 1;
  const intercept = options.intercept?.(k) ?? 0;

  const samples = new (signed ? Int16Array : Uint16Array)(columns * rows);
  const lowest = signed ? -(2 ** (bitsStored - 1)) : 0;
  const highest = lowest + 2 ** bitsStored - 1;
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const stored = round((options.valueAt(i, j, k) - intercept) / slope);
      if (!(stored >= lowest && stored <= highest)) {
        throw new RangeError(`Voxel (${i}, ${j}, ${k}) needs the stored value ${stored}, beyond ${bitsStored} bits.`);
      }
      samples[i + columns * j] = stored;
    }
  }
  return samples;
}

/** Image Pixel module without the pixels (PS3.3 section C.7.6.3). */
export function pixelDescription({ grid, bitsStored = 16, signed = true }: SeriesOptions): Attributes {
  const [columns, rows] = grid.size;
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: 16,
    BitsStored: bitsStored,
    HighBit: bitsStored - 1,
    PixelRepresentation: signed ? 1 : 0,
  };
}

/** Attributes that identify an image and place it in its study. */
export function identity({ name, study = name, modality }: SeriesOptions, k: number): Attributes {
  return {
    SOPClassUID: sopClassUIDs[modality],
    ...invented(name, study, k),
    Modality: modality,
    BodyPartExamined: 'CHESTABDPELVIS',
    // Nuclear medicine and PET use codes instead (PS3.3 C.7.3.1.1.2).
    ...(modality === 'PT' ? {} : { PatientPosition: 'HFS' }),
    AcquisitionNumber: 1,
    InstanceNumber: k + 1,
    FrameOfReferenceUID: uidFromName(`${study}/${name}/frame of reference`),
    PositionReferenceIndicator: '',
  };
}

/** Image Plane attributes of slice k (PS3.3 C.7.6.2); Pixel Spacing names the distance between rows first. */
export function geometry({ voxelToLps: m }: Grid, k: number): Attributes {
  const axis = (column: 0 | 1 | 2): Vector3 => [m[column], m[(4 + column) as 4], m[(8 + column) as 8]];
  const [alongRow, alongColumn, step] = [axis(0), axis(1), axis(2)];
  const [columnSpacing, rowSpacing] = [hypot(...alongRow), hypot(...alongColumn)];
  return {
    ImageOrientationPatient: [
      ...alongRow.map((component) => component / columnSpacing),
      ...alongColumn.map((component) => component / rowSpacing),
    ],
    ImagePositionPatient: [m[3] + k * m[2], m[7] + k * m[6], m[11] + k * m[10]],
    PixelSpacing: [rowSpacing, columnSpacing],
    SliceThickness: hypot(...step),
  };
}

/** Attributes that the modality's IOD requires beyond the common modules (PS3.3 C.8.2.1, C.8.3.1, C.8.9). */
function modalityAttributes({ modality, grid }: SeriesOptions, k: number): Attributes {
  switch (modality) {
    case 'CT':
      return { ImageType: ['DERIVED', 'SECONDARY', 'AXIAL'], KVP: 120 };
    case 'MR':
      return {
        ImageType: ['DERIVED', 'SECONDARY', 'OTHER'],
        ScanningSequence: 'GR',
        SequenceVariant: 'SP',
        ScanOptions: '',
        MRAcquisitionType: '3D',
        EchoTime: 3,
        RepetitionTime: 8,
        EchoTrainLength: 1,
      };
    case 'PT':
      return {
        ImageType: ['DERIVED', 'PRIMARY'],
        SeriesType: ['WHOLE BODY', 'IMAGE'],
        SeriesTime: '120000',
        SeriesDate: '20260101',
        AcquisitionDate: '20260101',
        AcquisitionTime: '120000',
        Units: 'BQML',
        CountsSource: 'EMISSION',
        CorrectedImage: ['DECY', 'ATTN'],
        DecayCorrection: 'START',
        DecayFactor: 1,
        CollimatorType: 'NONE',
        FrameReferenceTime: 0,
        ActualFrameDuration: 60000,
        NumberOfSlices: grid.size[2],
        ImageIndex: k + 1,
        RadiopharmaceuticalInformationSequence: [],
        PatientOrientationCodeSequence: [],
        PatientGantryRelationshipCodeSequence: [],
      };
  }
}

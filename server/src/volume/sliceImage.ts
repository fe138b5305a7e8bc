import type { Dataset } from '../dicom/dataset.js';
import type { DicomInstance } from '../dicom/dicomInstance.js';
import { type ErrorCode, PromptsegError } from '../errors.js';
import { dot, norm, scale, type Vector3 } from '../geometry/affine.js';
import { paddingRule, type Rescale } from './rescale.js';
import type { SlicePlane } from './stackSlices.js';
import type { SourceImage, VoxelUnit } from './volume.js';

/** What one single-frame image tells about its slice, checked and ready to be stacked. */
export interface SliceImage extends SlicePlane, SourceImage {
  /** "Image 12", after its Instance Number: how messages name it. */
  readonly name: string;
  readonly modality: string;
  readonly unit: VoxelUnit;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly frameOfReferenceUID: string;
  readonly columns: number;
  readonly rows: number;
  readonly rescale: Rescale;
  /** Choices made while reading, a sentence each. */
  readonly notes: readonly string[];
}

const servedSopClasses: Readonly<Record<string, 'CT' | 'MR' | 'PT'>> = {
  '1.2.840.10008.5.1.4.1.1.2': 'CT',
  '1.2.840.10008.5.1.4.1.1.4': 'MR',
  '1.2.840.10008.5.1.4.1.1.128': 'PT',
};

/** Image storage SOP classes that are met most often beside the served ones (PS3.4 table B.5-1), for messages. */
const otherSopClasses: Readonly<Record<string, string>> = {
  '1.2.840.10008.5.1.4.1.1.1': 'Computed Radiography Image',
  '1.2.840.10008.5.1.4.1.1.1.1': 'Digital X-Ray Image',
  '1.2.840.10008.5.1.4.1.1.1.2': 'Digital Mammography X-Ray Image',
  '1.2.840.10008.5.1.4.1.1.2.1': 'Enhanced CT Image (multi-frame)',
  '1.2.840.10008.5.1.4.1.1.2.2': 'Legacy Converted Enhanced CT Image (multi-frame)',
  '1.2.840.10008.5.1.4.1.1.3.1': 'Ultrasound Multi-frame Image',
  '1.2.840.10008.5.1.4.1.1.4.1': 'Enhanced MR Image (multi-frame)',
  '1.2.840.10008.5.1.4.1.1.4.3': 'Enhanced MR Color Image (multi-frame)',
  '1.2.840.10008.5.1.4.1.1.4.4': 'Legacy Converted Enhanced MR Image (multi-frame)',
  '1.2.840.10008.5.1.4.1.1.6.1': 'Ultrasound Image',
  '1.2.840.10008.5.1.4.1.1.7': 'Secondary Capture Image',
  '1.2.840.10008.5.1.4.1.1.7.2': 'Multi-frame Grayscale Byte Secondary Capture Image',
  '1.2.840.10008.5.1.4.1.1.7.3': 'Multi-frame Grayscale Word Secondary Capture Image',
  '1.2.840.10008.5.1.4.1.1.7.4': 'Multi-frame True Color Secondary Capture Image',
  '1.2.840.10008.5.1.4.1.1.12.1': 'X-Ray Angiographic Image',
  '1.2.840.10008.5.1.4.1.1.12.1.1': 'Enhanced XA Image',
  '1.2.840.10008.5.1.4.1.1.20': 'Nuclear Medicine Image (multi-frame)',
  '1.2.840.10008.5.1.4.1.1.66.4': 'Segmentation',
  '1.2.840.10008.5.1.4.1.1.66.7': 'Label Map Segmentation',
  '1.2.840.10008.5.1.4.1.1.77.1.6': 'VL Whole Slide Microscopy Image',
  '1.2.840.10008.5.1.4.1.1.128.1': 'Legacy Converted Enhanced PET Image (multi-frame)',
  '1.2.840.10008.5.1.4.1.1.130': 'Enhanced PET Image (multi-frame)',
  '1.2.840.10008.5.1.4.1.1.481.2': 'RT Dose',
};

/** Whether an instance of this SOP class has to be a slice. */
export const isServedSopClass = (sopClassUID: string): boolean => sopClassUID in servedSopClasses;

/** How far a direction cosine vector may be from unit length, and row and column from perpendicular: cosines written with 3 decimals. */
const cosineTolerance = 1e-3;

/**
 * Reads what the image says of its slice.
 *
 * @throws PromptsegError `sop-class-unsupported`, `image-kind-unsupported`, `photometric-unsupported`, `geometry-missing`,
 * `instance-unreadable`
 */
export function readSliceImage(instance: DicomInstance): SliceImage {
  const name = nameOf(instance);
  const modality = servedModality(instance, name);
  refuseOtherKinds(instance, modality, name);
  const notes: string[] = [];
  if (instance.string('x00282110') === '01')
    notes.push('The images were compressed with loss before they were stored.');
  return {
    name,
    modality,
    unit: unitOf(instance, modality, notes),
    sopClassUID: instance.sopClassUID,
    sopInstanceUID: instance.sopInstanceUID,
    studyInstanceUID: required(instance.string('x0020000d'), 'Study Instance UID', 'instance-unreadable', name),
    seriesInstanceUID: required(instance.string('x0020000e'), 'Series Instance UID', 'instance-unreadable', name),
    frameOfReferenceUID: required(instance.string('x00200052'), 'Frame of Reference UID', 'geometry-missing', name),
    columns: instance.columns,
    rows: instance.rows,
    ...planeOf(instance, name),
    rescale: rescaleOf(instance, modality, name, notes),
    notes,
  };
}

function nameOf(instance: Dataset): string {
  const instanceNumber = instance.string('x00200013');
  return instanceNumber !== undefined && /^\d+$/.test(instanceNumber) ? `Image ${instanceNumber}` : 'An image';
}

function servedModality({ sopClassUID }: DicomInstance, name: string): 'CT' | 'MR' | 'PT' {
  const modality = servedSopClasses[sopClassUID];
  if (modality !== undefined) return modality;
  const kind = otherSopClasses[sopClassUID] ?? `SOP class ${sopClassUID.replace(/[^0-9.]/g, '').slice(0, 64)}`;
  throw new PromptsegError(
    'sop-class-unsupported',
    `${name} is of the kind ${kind}; only single-frame CT, MR and PET images can be read so far.`,
    { details: { sopClassUID } },
  );
}

/** Images of the right SOP class that are no single slice through the body, and colour images. */
function refuseOtherKinds(instance: DicomInstance, modality: string, name: string): void {
  const refuse = (what: string): never => {
    throw new PromptsegError('image-kind-unsupported', `${name} ${what}, not a single slice through the body.`);
  };
  const imageType = instance.strings('x00080008');
  // In CT a localizer is a projection (C.8.2.1.1.1); in MR it is a slice like any other.
  if (modality === 'CT' && imageType[2] === 'LOCALIZER')
    refuse('is a localizer (a projection, also called scout or topogram)');
  if (modality === 'MR' && imageType.includes('MOSAIC')) refuse('is a mosaic of many slices');
  if (instance.numberOfFrames !== 1) refuse(`holds ${instance.numberOfFrames} frames`);

  const { photometricInterpretation, samplesPerPixel } = instance;
  if (samplesPerPixel === 1 && /^MONOCHROME[12]$/.test(photometricInterpretation)) return;
  throw new PromptsegError(
    'photometric-unsupported',
    `${name} is not a grey-scale image: its Photometric Interpretation is ${printable(photometricInterpretation) || 'missing'}, with ${samplesPerPixel} samples per pixel.`,
  );
}

function planeOf(instance: Dataset, name: string): SlicePlane {
  const position = exactly(3, instance.numbers('x00200032'), 'Image Position (Patient)', name);
  const cosines = exactly(6, instance.numbers('x00200037'), 'Image Orientation (Patient)', name);
  const [rowSpacing, columnSpacing] = exactly(2, instance.numbers('x00280030'), 'Pixel Spacing', name);
  if (!(rowSpacing! > 0 && columnSpacing! > 0)) {
    throw unusable(`${name} has a Pixel Spacing of ${rowSpacing} × ${columnSpacing} mm`);
  }
  const row = cosines.slice(0, 3) as unknown as Vector3;
  const column = cosines.slice(3) as unknown as Vector3;
  const unit = [row, column].every((vector) => Math.abs(norm(vector) - 1) <= cosineTolerance);
  if (!unit || Math.abs(dot(row, column)) > cosineTolerance) {
    throw unusable(
      `${name} has an Image Orientation (Patient) that is not two perpendicular unit vectors: ${cosines.join(', ')}`,
    );
  }
  // SpacingBetweenSlices may be negative in old NM and MR files; only its length is meant here.
  const steps = ['x00180088', 'x00180050'] as const;
  const nominalStep = steps.map((tag) => Math.abs(instance.number(tag) ?? 0)).find((step) => step > 0);
  return {
    position: position as unknown as Vector3,
    alongRow: scale(row, 1 / norm(row)),
    alongColumn: scale(column, 1 / norm(column)),
    columnSpacing: columnSpacing!,
    rowSpacing: rowSpacing!,
    nominalStep,
  };
}

function rescaleOf(instance: DicomInstance, modality: string, name: string, notes: string[]): Rescale {
  const givenSlope = instance.number('x00281053');
  const givenIntercept = instance.number('x00281052');
  if (modality !== 'MR' && (givenSlope === undefined || givenIntercept === undefined)) {
    notes.push('Rescale Slope or Intercept is missing; 1 and 0 were taken.');
  }
  const [slope, intercept] = [givenSlope ?? 1, givenIntercept ?? 0];
  if (slope === 0)
    throw new PromptsegError('instance-unreadable', `${name} has a Rescale Slope of 0, so its values are lost.`);

  const signed = instance.pixelRepresentation === 1;
  const { bitsStored } = instance;
  const lowest = signed ? -(2 ** (bitsStored - 1)) : 0;
  const value = instance.number('x00280120');
  const limit = instance.number('x00280121') ?? value;
  return {
    slope,
    intercept,
    storedRange: [lowest, lowest + 2 ** bitsStored - 1],
    padding:
      value === undefined || limit === undefined
        ? undefined
        : paddingRule(
            modality,
            { slope, intercept },
            { value: asStored(value, signed), limit: asStored(limit, signed) },
          ),
  };
}

/** Some writers give a padding value of signed pixels the VR US: 63536 for -2000. */
const asStored = (value: number, signed: boolean): number => (signed && value > 32767 ? value - 65536 : value);

function unitOf(instance: Dataset, modality: string, notes: string[]): VoxelUnit {
  if (modality === 'CT') {
    const type = instance.string('x00281054') ?? 'HU';
    if (type !== 'HU')
      notes.push(`Rescale Type is ${printable(type)}, not HU; the values were taken as Hounsfield units all the same.`);
    return 'HU';
  }
  if (modality === 'MR') return 'arbitrary';
  const units = instance.string('x00541001') ?? '';
  if (units === 'BQML') return 'Bq/mL';
  notes.push(`The PET values are not activity concentrations: Units is ${printable(units) || 'missing'}.`);
  return 'arbitrary';
}

function exactly(count: number, values: readonly number[], attribute: string, name: string): readonly number[] {
  if (values.length === count) return values;
  if (values.length === 0) throw unusable(`${name} lacks ${attribute}`);
  throw unusable(`${name} has ${values.length} values of ${attribute} in place of ${count}`);
}

function required(value: string | undefined, attribute: string, code: ErrorCode, name: string): string {
  if (value === undefined) throw new PromptsegError(code, `${name} lacks ${attribute}.`);
  return value;
}

const unusable = (what: string): PromptsegError =>
  new PromptsegError('geometry-missing', `${what}, so its place in the patient is unknown.`);

/** A code string from a file, cut down to what a code string may hold: it goes into messages. */
const printable = (code: string): string => code.replace(/[^A-Z0-9_ ]/gi, '').slice(0, 16);

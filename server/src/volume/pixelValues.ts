import type { Dataset } from '../dicom/dataset.js';
import type { InstanceHeader } from '../dicom/instanceHeader.js';
import { PromptsegError } from '../platform/errors.js';
import type { VoxelUnit } from '../values/volume.js';
import { readModalityLut } from './modalityLut.js';
import { readPetUnit, type ScaledUnit } from './petUnit.js';
import { printable } from './printable.js';
import { paddingRule, type Rescale } from './rescale.js';
import { type LackingScale, statedScale } from './statedScale.js';

/** The meaning of a frame's stored values. */
export interface PixelValues {
  readonly unit: VoxelUnit;
  readonly rescale: Rescale;
  /** Which of Rescale Slope and Intercept the image does not state; absent if it needs neither or states both. */
  readonly lacksScale?: LackingScale;
  /** Of PET: what Bq/mL were multiplied by to become SUVbw. */
  readonly uptakeFactor?: number;
  /** Choices made, one sentence each. */
  readonly notes: readonly string[];
}

/** Beyond this, 32-bit voxels would become infinite. */
const largestFloat32 = 3.4e38;

/**
 * Converts stored values to the modality's unit: by Modality LUT or Rescale Slope and Intercept; for PET also by Units,
 * to SUVbw if the attributes allow.
 *
 * @param frame the instance, or the view of one of its frames
 * @param name of the image, for messages
 * @throws PromptsegError `instance-unreadable`
 */
export function readPixelValues(
  instance: InstanceHeader,
  frame: Dataset,
  modality: 'CT' | 'MR' | 'PT',
  name: string,
): PixelValues {
  const isSigned = instance.pixelRepresentation === 1;
  const lut = readModalityLut(frame, isSigned, name);
  const { unit, scale, uptakeFactor, notes } = readUnit(frame, modality);
  const { slope, intercept } = scale;
  const { lacks } = statedScale(frame, true);
  if (slope === 0)
    throw new PromptsegError('instance-unreadable', `${name} has a Rescale Slope of 0, so its values are lost.`);

  const { bitsStored } = instance;
  const lowest = isSigned ? -(2 ** (bitsStored - 1)) : 0;
  const storedRange: Rescale['storedRange'] = [lowest, lowest + 2 ** bitsStored - 1];
  if (!(Math.abs(slope) * 2 ** Math.max(16, bitsStored) + Math.abs(intercept) < largestFloat32)) {
    throw new PromptsegError('instance-unreadable', `${name} has an absurd Rescale Slope or Intercept.`);
  }
  const value = frame.number('x00280120');
  const limit = frame.number('x00280121') ?? value;
  const padding =
    value === undefined || limit === undefined
      ? undefined
      : paddingRule(
          modality,
          { slope, intercept, lut },
          { value: asStored(value, instance), limit: asStored(limit, instance) },
        );
  return {
    unit,
    rescale: { slope, intercept, lut, storedRange, padding },
    ...(uptakeFactor !== undefined && { uptakeFactor }),
    ...((lacks.slope || lacks.intercept) && { lacksScale: lacks }),
    notes: [...notesOnPresentation(instance), ...notes],
  };
}

function readUnit(frame: Dataset, modality: 'CT' | 'MR' | 'PT'): ScaledUnit {
  if (modality === 'PT') return readPetUnit(frame);
  const { scale, notes } = statedScale(frame, modality === 'MR');
  if (modality === 'MR') return { unit: 'arbitrary', scale, notes };
  // Modality LUT Type stands instead of Rescale Type as its table does in that of slope and intercept.
  const [lut] = frame.items('x00283000');
  const type = (lut === undefined ? frame.string('x00281054') : lut.string('x00283004')) ?? 'HU';
  if (type === 'HU') return { unit: 'HU', scale, notes };
  const note =
    `${lut === undefined ? 'Rescale' : 'Modality LUT'} Type is ${printable(type)}, not HU; the ` +
    'values were taken as Hounsfield units all the same.';
  return { unit: 'HU', scale, notes: [...notes, note] };
}

/**
 * MONOCHROME1 says how stored values are to be displayed, the lowest white, after all transformations of values (PS3.3
 * section C.7.6.3.1.2); what they mean does not change.
 */
function notesOnPresentation(instance: InstanceHeader): string[] {
  const notes = [];
  if (instance.trailingBytes > 0)
    notes.push('The files of the images have bytes behind their last element, which were not read.');
  if (instance.string('x00282110') === '01')
    notes.push('The images were compressed with loss before they were stored.');
  if (instance.photometricInterpretation === 'MONOCHROME1')
    notes.push(
      'The images are meant to be shown with low values white (MONOCHROME1); their values were used as they are.',
    );
  return notes;
}

/** Some writers give a padding value the VR of the other sign: US 63536 for -2000, SS -2000 for 63536. */
function asStored(value: number, { pixelRepresentation, bitsAllocated }: InstanceHeader): number {
  const range = 2 ** bitsAllocated;
  if (pixelRepresentation === 1) return value >= range / 2 ? value - range : value;
  return value < 0 ? value + range : value;
}

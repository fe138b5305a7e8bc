import type { Dataset } from '../dicom/dataset.js';
import type { InstanceHeader } from '../dicom/instanceHeader.js';
import { PromptsegError } from '../platform/errors.js';
import type { SourceImage } from '../values/volume.js';
import { type DistinguishingAttributes, readDistinguishingAttributes } from './distinguishingAttributes.js';
import { frameDatasets } from './frameDataset.js';
import { isMosaic } from './mosaic.js';
import { longestUid, nameOfImage, patientIDOf, requiredUid, withinSentence } from './nameOfImage.js';
import { type PixelValues, readPixelValues } from './pixelValues.js';
import { printable } from './printable.js';
import { readDisplay } from './readDisplay.js';
import { readSlicePlane } from './slicePlane.js';
import { nameOfSopClass, type ServedSopClass, servedSopClass } from './sopClasses.js';
import type { SlicePlane } from './stackSlices.js';

/** The slice of one image, or of one frame of a multi-frame image, checked and ready to be stacked. */
export interface SliceImage extends SlicePlane, SourceImage, PixelValues {
  readonly modality: 'CT' | 'MR' | 'PT';
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** Only compared with that of other images. */
  readonly patientID?: string | undefined;
  readonly frameOfReferenceUID: string | undefined;
  /** Number of Slices (0054,0081) of PET: in each volume of the series. */
  readonly statedSlices?: number | undefined;
  readonly columns: number;
  readonly rows: number;
  /** Attributes that can separate it from another image at the same position. */
  readonly distinguishing: DistinguishingAttributes;
}

/** Whether an instance of this SOP class must be a slice, or several. */
export const isServedSopClass = (sopClassUID: string): boolean => servedSopClass(sopClassUID) !== undefined;

/**
 * Reads the slices of an instance: one of a single-frame image, one per frame of an enhanced or legacy converted one,
 * in the order of the frames. No pixels are decoded.
 * @throws PromptsegError `sop-class-unsupported`, `image-kind-unsupported`, `photometric-unsupported`,
 * `geometry-missing`, `image-too-large`, `instance-unreadable`
 */
export function readSliceImages(instance: InstanceHeader): readonly SliceImage[] {
  const name = nameOfImage(instance);
  const sopClass = requireServed(instance, name);
  requireGreyScale(instance, name);
  if (sopClass.isMultiFrame) {
    const inName = withinSentence(name);
    return frameDatasets(instance).map((frame, index) => ({
      ...readSliceImage(instance, frame, sopClass.modality, `Frame ${index + 1} of ${inName}`),
      frameNumber: index + 1,
    }));
  }
  if (instance.numberOfFrames !== 1) throw notASlice(name, `holds ${instance.numberOfFrames} frames`);
  return [readSliceImage(instance, instance, sopClass.modality, name)];
}

function readSliceImage(
  instance: InstanceHeader,
  frame: Dataset,
  modality: 'CT' | 'MR' | 'PT',
  name: string,
): SliceImage {
  const distinguishing = readDistinguishingAttributes(frame);
  requireSlice(frame, distinguishing.imageType, modality, name);
  const plane = readSlicePlane(frame, name);
  const values = readPixelValues(instance, frame, modality, name);
  const display = readDisplay(frame, values.rescale);
  return {
    modality,
    sopClassUID: instance.sopClassUID,
    sopInstanceUID: requiredUid(instance.sopInstanceUID, 'SOP Instance UID', name),
    studyInstanceUID: requiredUid(instance.string('x0020000d'), 'Study Instance UID', name),
    seriesInstanceUID: requiredUid(instance.string('x0020000e'), 'Series Instance UID', name),
    patientID: patientIDOf(instance),
    frameOfReferenceUID: frameOfReferenceUIDOf(instance),
    statedSlices: frame.numberIfSound('x00540081'),
    columns: instance.columns,
    rows: instance.rows,
    ...plane,
    ...values,
    ...(display !== undefined && { display }),
    notes: [...plane.notes, ...values.notes],
    distinguishing,
  };
}

/** One that is too long to be written counts as missing. */
function frameOfReferenceUIDOf(instance: InstanceHeader): string | undefined {
  const uid = instance.string('x00200052');
  return uid !== undefined && uid.length <= longestUid ? uid : undefined;
}

function requireServed({ sopClassUID }: InstanceHeader, name: string): ServedSopClass {
  const sopClass = servedSopClass(sopClassUID);
  if (sopClass !== undefined) return sopClass;
  throw new PromptsegError(
    'sop-class-unsupported',
    `${name} is of the kind ${nameOfSopClass(sopClassUID)}; only CT, MR and PET images can be slices.`,
    { details: { sopClassUID } },
  );
}

function requireGreyScale({ photometricInterpretation, samplesPerPixel }: InstanceHeader, name: string): void {
  if (samplesPerPixel === 1 && /^MONOCHROME[12]$/.test(photometricInterpretation)) return;
  throw new PromptsegError(
    'photometric-unsupported',
    `${name} is not a grey-scale image: its Photometric Interpretation is ` +
      `${printable(photometricInterpretation) || 'missing'}, with ${samplesPerPixel} samples per pixel.`,
  );
}

/**
 * Images of the right SOP class that are no slice through the body, or hold something else than the modality's values.
 */
function requireSlice(frame: Dataset, imageType: readonly string[], modality: string, name: string): void {
  // In CT a localizer is a projection (C.8.2.1.1.1); in MR it is a slice like any other.
  if (modality === 'CT' && imageType[2] === 'LOCALIZER')
    throw notASlice(name, 'is a localizer (a projection, also called scout or topogram)');
  if (modality === 'MR' && isMosaic(frame, imageType)) throw notASlice(name, 'is a mosaic of many slices');
  // Pixel Presentation (0008,9205): values that are shown through a palette, such as perfusion maps, are no HU and no
  // signal.
  if (frame.string('x00089205') === 'COLOR') throw notASlice(name, 'is a colour map of a derived quantity');
}

const notASlice = (name: string, what: string): PromptsegError =>
  new PromptsegError('image-kind-unsupported', `${name} ${what}, not a single slice through the body.`);

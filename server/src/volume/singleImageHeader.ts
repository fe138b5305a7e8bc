import { colourInterpretations } from '../dicom/decodeColours.js';
import type { InstanceHeader } from '../dicom/instanceHeader.js';
import { PromptsegError } from '../platform/errors.js';
import type { SourceImage } from '../values/volume.js';
import { instanceNumberOf, nameOfImage, patientIDOf, requiredUid } from './nameOfImage.js';
import { printable } from './printable.js';
import {
  isSingleImageModality,
  nameOfSopClass,
  type SingleImageModality,
  type SingleImageSopClass,
  singleImageSopClass,
} from './sopClasses.js';

/** The description of a single image without its pixels. */
export interface SingleImageHeader extends SourceImage {
  readonly modality: SingleImageModality;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** Only compared with that of other images. */
  readonly patientID?: string | undefined;
  readonly columns: number;
  readonly rows: number;
  readonly instanceNumber?: number;
  /** Side and view, for people, if stated: "left MLO". */
  readonly view: string;
  readonly isColour: boolean;
}

/**
 * Reads the description of a single image. No pixels are decoded.
 * @throws PromptsegError `sop-class-unsupported`; `image-kind-unsupported` for several frames and for raw values for
 * processing; `photometric-unsupported`; `instance-unreadable`
 */
export function readSingleImageHeader(instance: InstanceHeader): SingleImageHeader {
  const name = nameOfImage(instance);
  const sopClass = requireServed(instance, name);
  requireStill(instance, name);
  const stated = instance.string('x00080060');
  const instanceNumber = instanceNumberOf(instance);
  return {
    modality: isSingleImageModality(stated) ? stated : sopClass.modality,
    sopClassUID: instance.sopClassUID,
    sopInstanceUID: requiredUid(instance.sopInstanceUID, 'SOP Instance UID', name),
    studyInstanceUID: requiredUid(instance.string('x0020000d'), 'Study Instance UID', name),
    seriesInstanceUID: requiredUid(instance.string('x0020000e'), 'Series Instance UID', name),
    patientID: patientIDOf(instance),
    columns: instance.columns,
    rows: instance.rows,
    ...(instanceNumber !== undefined && { instanceNumber }),
    view: viewOf(instance),
    isColour: requireColours(instance, name),
  };
}

/** Whether an instance of this SOP class must be a single image. */
export const isSingleImageSopClass = (sopClassUID: string): boolean => singleImageSopClass(sopClassUID) !== undefined;

function requireServed({ sopClassUID }: InstanceHeader, name: string): SingleImageSopClass {
  const sopClass = singleImageSopClass(sopClassUID);
  if (sopClass !== undefined) return sopClass;
  throw new PromptsegError(
    'sop-class-unsupported',
    `${name} is of the kind ${nameOfSopClass(sopClassUID)}; of its modality only radiographs for presentation, ` +
      'mammograms, and still images of ultrasound, eye, endoscopy and skin can be read.',
    { details: { sopClassUID } },
  );
}

function requireStill(instance: InstanceHeader, name: string): void {
  if (instance.numberOfFrames !== 1)
    throw new PromptsegError(
      'image-kind-unsupported',
      `${name} holds ${instance.numberOfFrames} frames: a loop or a video, not a still image.`,
    );
  // Presentation Intent Type: raw detector values, before the processing that makes them an image for display.
  if (instance.string('x00080068') === 'FOR PROCESSING')
    throw new PromptsegError(
      'image-kind-unsupported',
      `${name} holds the detector's values for processing, not an image to look at.`,
    );
}

/** @returns whether the image is in colour */
function requireColours({ photometricInterpretation, samplesPerPixel }: InstanceHeader, name: string): boolean {
  if (samplesPerPixel === 1 && /^MONOCHROME[12]$/.test(photometricInterpretation)) return false;
  if (colourInterpretations.includes(photometricInterpretation)) return true;
  throw new PromptsegError(
    'photometric-unsupported',
    `${name} cannot be shown: its Photometric Interpretation is ` +
      `${printable(photometricInterpretation) || 'missing'}, with ${samplesPerPixel} samples per pixel.`,
  );
}

const sides: Readonly<Record<string, string>> = { R: 'right', L: 'left', B: 'both sides' };

/** Image Laterality or Laterality, and View Position. */
function viewOf(instance: InstanceHeader): string {
  const side = sides[instance.string('x00200062') ?? instance.string('x00200060') ?? ''];
  const position = printable(instance.string('x00185101') ?? '');
  return [side, position].filter(Boolean).join(' ');
}

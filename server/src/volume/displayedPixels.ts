import type { Dataset } from '../dicom/dataset.js';
import { decodeColours } from '../dicom/decodeColours.js';
import { decodeFrame, type StoredPixels } from '../dicom/decodeFrame.js';
import type { DicomInstance } from '../dicom/dicomInstance.js';
import { lookUp } from '../dicom/lookUpTable.js';
import { PromptsegError } from '../platform/errors.js';
import type { ColourPixels, GrayPixels } from '../values/singleImage.js';
import { readModalityLut } from './modalityLut.js';
import { statedScale } from './statedScale.js';
import { readValuesOfInterest } from './valuesOfInterest.js';

export interface DisplayedPixels {
  readonly pixels: GrayPixels | ColourPixels;
  /** Choices made, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * The pixels of an image as it is meant to be displayed.
 * @param frame the instance, or the view of its only frame
 * @param name of the image, for messages
 * @throws PromptsegError of `decodeFrame` and `decodeColours`; `instance-unreadable`
 */
export async function displayedPixels(
  instance: DicomInstance,
  frame: Dataset,
  isColour: boolean,
  name: string,
): Promise<DisplayedPixels> {
  const lossy =
    instance.string('x00282110') === '01' ? ['The image was compressed with loss before it was stored.'] : [];
  const { pixels, notes } = isColour
    ? { pixels: { kind: 'colour', values: await decodeColours(instance) } as const, notes: [] }
    : displayedGray(instance, frame, await decodeFrame(instance), name);
  return { pixels, notes: [...lossy, ...notes] };
}

/** Modality LUT, VOI LUT, then MONOCHROME1 (PS3.4 annex N.2, the grayscale transformations). */
function displayedGray(
  instance: DicomInstance,
  frame: Dataset,
  stored: StoredPixels,
  name: string,
): { readonly pixels: GrayPixels; readonly notes: readonly string[] } {
  const isSigned = instance.pixelRepresentation === 1;
  const lut = readModalityLut(frame, isSigned, name);
  const { slope, intercept } = statedScale(frame, true).scale;
  if (!(Math.abs(slope) > 0) || !Number.isFinite(slope * 2 ** 32 + intercept))
    throw new PromptsegError('instance-unreadable', `${name} has an absurd Rescale Slope or Intercept.`);
  const modalityValue = lut ? (value: number) => lookUp(lut, value) : (value: number) => value * slope + intercept;

  const isPadding = paddingOf(instance);
  const ofInterest = readValuesOfInterest(frame, isSigned || intercept < 0 || slope < 0, name);
  const isByte = instance.bitsStored === 8 && !isSigned && lut === undefined && slope === 1 && intercept === 0;
  const shown = ofInterest?.shown ?? (isByte ? asStored : throughout(stored, modalityValue, isPadding));
  const isInverted = instance.photometricInterpretation === 'MONOCHROME1';

  const values = new Float32Array(stored.length);
  let padding = 0;
  for (let n = 0; n < stored.length; n++) {
    const value = stored[n]!;
    if (isPadding?.(value)) {
      padding++;
      continue;
    }
    const brightness = shown(modalityValue(value));
    values[n] = isInverted ? 255 - brightness : brightness;
  }
  return {
    pixels: { kind: 'gray', values },
    notes: [
      ...(ofInterest
        ? [`Gray values were taken as the image says that they are to be shown: ${ofInterest.description}.`]
        : isByte
          ? []
          : ['The image states no window; its gray values were taken from the least to the greatest.']),
      ...(isInverted ? ['Low values are white in the image (MONOCHROME1); it was inverted for the model.'] : []),
      ...(padding > 0 ? [`${padding} padding pixels, which are no measurement, were taken as black.`] : []),
    ],
  };
}

const asStored = (value: number): number => value;

/** Maps the image's minimum to black and its maximum to white; a constant image is black. */
function throughout(
  stored: StoredPixels,
  modalityValue: (value: number) => number,
  isPadding: ((value: number) => boolean) | undefined,
): (value: number) => number {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let n = 0; n < stored.length; n++) {
    if (isPadding?.(stored[n]!)) continue;
    const value = modalityValue(stored[n]!);
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return (value) => (greatest > least ? (255 * (value - least)) / (greatest - least) : 0);
}

/** Pixel Padding Value and Pixel Padding Range Limit (PS3.3 section C.7.5.1.1.2), as stored. */
function paddingOf(instance: DicomInstance): ((stored: number) => boolean) | undefined {
  const value = instance.numberIfSound('x00280120');
  if (value === undefined) return undefined;
  const limit = instance.numberIfSound('x00280121') ?? value;
  const [first, last] = [Math.min(value, limit), Math.max(value, limit)];
  return (stored) => stored >= first && stored <= last;
}

import type { Dataset } from '../dicom/dataset.js';
import type { StatedDisplay } from '../values/volume.js';
import type { Rescale } from './rescale.js';
import { hasModalityLut, statedScale } from './statedScale.js';

/** VOI LUT Function (0028,1056), PS3.3 section C.11.2.1.3; an image without it means LINEAR. */
const functions: ReadonlySet<string> = new Set(['LINEAR_EXACT', 'SIGMOID']);

/** A Rescale Type (0028,1054) that can be repeated in another object. */
const isRescaleType = /^[A-Z0-9_^/ -]{1,16}$/i;

/**
 * How a frame states that it is shown, for presentation states.
 * @param frame the instance, or the view of one of its frames
 * @param toVoxels how the volume's voxels are made of its stored values
 * @returns undefined if it has a Modality LUT Sequence, or slopes that are not positive
 */
export function readDisplay(frame: Dataset, toVoxels: Rescale): StatedDisplay | undefined {
  if (hasModalityLut(frame) || toVoxels.lut !== undefined) return undefined;
  const { slope, intercept } = statedScale(frame, true).scale;
  if (!(slope > 0 && toVoxels.slope > 0)) return undefined;
  const type = frame.string('x00281054');
  const window = readWindow(frame);
  return {
    rescale: { slope, intercept, ...(type !== undefined && isRescaleType.test(type) && { type }) },
    ...(window !== undefined && { window }),
    toVoxels: { slope: toVoxels.slope, intercept: toVoxels.intercept },
  };
}

function readWindow(frame: Dataset): StatedDisplay['window'] {
  const [center, width] = [frame.numberIfSound('x00281050'), frame.numberIfSound('x00281051')];
  if (center === undefined || width === undefined || !(width >= 1 && Math.abs(center) + width < 1e9)) return undefined;
  const name = frame.string('x00281056');
  return { center, width, ...(name !== undefined && functions.has(name) && { function: name }) };
}

import type { PixelGrid } from '../values/grid.js';
import type { ImageMaskStatistics, Mask } from '../values/mask.js';
import { getBit } from '../values/maskBits.js';
import type { PixelSpacing } from '../values/singleImage.js';
import { longestWithinSlices } from './longestAxialDiameter.js';

const { max, min } = Math;

/**
 * Measures a mask on a single image: always in pixels, in mm only if the image states its pixel spacing in the patient.
 * @throws RangeError if the mask has no pixel
 */
export function measureImageMask(
  { grid, bits }: Mask<PixelGrid>,
  pixelSpacing: PixelSpacing | undefined,
): ImageMaskStatistics {
  const [columns, rows] = grid.size;
  let count = 0;
  let [minI, minJ, maxI, maxJ] = [columns, rows, -1, -1];
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < columns; i++) {
      if (!getBit(bits, i + columns * j)) continue;
      count++;
      [minI, maxI] = [min(minI, i), max(maxI, i)];
      [minJ, maxJ] = [min(minJ, j), max(maxJ, j)];
    }
  if (count === 0) throw new RangeError('An empty mask has no statistics.');
  return {
    voxelCount: count,
    boundingBox: { first: [minI, minJ, 0], last: [maxI, maxJ, 0] },
    ...(pixelSpacing && inMillimetres(bits, grid, count, pixelSpacing)),
  };
}

function inMillimetres(
  bits: Uint8Array,
  { size }: PixelGrid,
  count: number,
  { betweenRows, betweenColumns }: PixelSpacing,
): Pick<ImageMaskStatistics, 'areaMm2' | 'longestAxialDiameterMm'> {
  const squaredLength = (di: number, dj: number): number => (di * betweenColumns) ** 2 + (dj * betweenRows) ** 2;
  return {
    areaMm2: count * betweenRows * betweenColumns,
    longestAxialDiameterMm: longestWithinSlices(bits, size, squaredLength),
  };
}

import type { Vector3 } from '../../values/affine.js';
import type { FloatTensor } from '../onnxRuntime.js';
import type { FieldOfViewManifest } from '../packages/fieldOfViewPackage.js';
import { percentile } from '../percentile.js';
import type { SmallImage } from './smallImage.js';
import { sizeAfter, type Turn } from './turns.js';

/** Two percentiles of all voxels become 0 and 1, within the network's limits; a uniform image becomes 0. */
export function normalized(
  { values }: SmallImage,
  { percentiles, clip: [least, most] }: Pick<FieldOfViewManifest, 'percentiles' | 'clip'>,
): Float32Array {
  const [low, high] = percentiles.map((percent) => percentile(values, percent, () => true)) as [number, number];
  if (!(high > low)) return new Float32Array(values.length);
  return values.map((value) => Math.min(Math.max((value - low) / (high - low), least), most));
}

/**
 * The network's image [1, 1, x, y, z]: turned, then with zeros at the ends of its axes.
 *
 * @param values normalised, index x + size[0]·(y + size[1]·z)
 */
export function networkImage(
  values: Float32Array,
  size: Vector3,
  turn: Turn,
  { multiple, smallest }: Pick<FieldOfViewManifest, 'multiple' | 'smallest'>,
): FloatTensor {
  const [x, y, z] = sizeAfter(size, turn);
  const padded = (length: number): number => Math.max(smallest, Math.ceil(length / multiple) * multiple);
  const dims = [1, 1, padded(x), padded(y), padded(z)] as const;
  const data = new Float32Array(dims[2] * dims[3] * dims[4]);
  const strides = [1, size[0], size[0] * size[1]];
  const along = turn.axes.map((axis, n) => {
    const stride = strides[axis]!;
    return turn.reversed[n] ? { from: stride * (size[axis] - 1), by: -stride } : { from: 0, by: stride };
  });
  const [alongX, alongY, alongZ] = along as [Along, Along, Along];
  for (let i = 0; i < x; i++)
    for (let j = 0; j < y; j++) {
      const to = (i * dims[3] + j) * dims[4];
      const from = alongX.from + alongX.by * i + alongY.from + alongY.by * j + alongZ.from;
      for (let k = 0; k < z; k++) data[to + k] = values[from + alongZ.by * k]!;
    }
  return { data, dims };
}

interface Along {
  readonly from: number;
  readonly by: number;
}

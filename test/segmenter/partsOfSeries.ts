import { sliceOrder } from '../../server/src/segmenter/families/slices/sliceOrder.js';
import type { Affine, Vector3 } from '../../server/src/values/affine.js';
import type { EvenVolume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { onEvenGrid } from '../../server/src/volume/onEvenGrid.js';
import { filesOf, streamOf } from '../volume/streamOf.js';

/**
 * The parts of shared series that both versions of BiomedParse are compared on: see PARTS in
 * models/tools/converters/upstream/biomedparse_3d_stages.py.
 */
export const partsOfSeries = [
  { name: 'ct_chest', rows: [100, 401], columns: [80, 343], firstSlice: 0, everySlice: 25 },
  { name: 'mr_t1_head_sagittal', rows: [20, 237], columns: [0, 256], firstSlice: 4, everySlice: 47 },
] as const;

export type PartOfSeries = (typeof partsOfSeries)[number];

export async function readPart(folder: string, part: PartOfSeries, signal: AbortSignal): Promise<EvenVolume> {
  return partOf(onEvenGrid(await assembleVolume(streamOf(filesOf(folder)), { signal })), part);
}

/** Some rows, columns and slices (as seen on the screen) of a volume. */
function partOf(whole: EvenVolume, { rows, columns, firstSlice, everySlice }: PartOfSeries): EvenVolume {
  const [width, height, depth] = whole.grid.size;
  const isTurned = sliceOrder(whole.grid).steps[2] < 0;
  const seen = Array.from(
    { length: Math.ceil((depth - firstSlice) / everySlice) },
    (_, n) => firstSlice + n * everySlice,
  );
  const slices = seen.map((slice) => (isTurned ? depth - 1 - slice : slice)).sort((a, b) => a - b);
  const size: Vector3 = [columns[1] - columns[0], rows[1] - rows[0], slices.length];
  const voxels = new Float32Array(size[0] * size[1] * size[2]);
  for (const [k, slice] of slices.entries())
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++)
        voxels[i + size[0] * (j + size[1] * k)] =
          whole.voxels[columns[0] + i + width * (rows[0] + j + height * slice)]!;
  const voxelToLps = whole.grid.voxelToLps.map((value, n) =>
    n % 4 === 2 ? value * everySlice : value,
  ) as unknown as Affine;
  return { ...whole, grid: { size, voxelToLps }, voxels };
}

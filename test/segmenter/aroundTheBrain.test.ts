import path from 'node:path';
import { expect, it } from '@jest/globals';
import { cautionsAroundTheBrain } from '../../server/src/story/cautions/aroundTheBrain.js';
import { apply } from '../../server/src/values/affine.js';
import { emptyBits, setBit } from '../../server/src/values/maskBits.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { filesOf, streamOf } from '../volume/streamOf.js';

const thigh = 'ibsi_validation/dicom/STS_004';

/** What real series show; the thighs are cut out close to a tumour, so that nothing can be known of what is around. */
const series: readonly (readonly [name: string, folder: string, isTrunk: boolean])[] = [
  ['ct_head_tilt_and_mixed', 'In/GE', false],
  ['mr_t1_head_sagittal', '', false],
  ['mr_decubitus', 'In/HFDL/2_t1_fl2d_sag', false],
  ['mr_enhanced', 'In/Philips', false],
  ['ct_mr_pet_thigh', `${thigh}/CT/image`, false],
  ['ct_mr_pet_thigh', `${thigh}/MR_T1/image`, false],
  ['ct_chest', '', true],
  ['ct_abdomen_pelvis', '', true],
];

/** A ball of 45 mm in the middle of the body on this slice, as a model that errs may mark it. */
function ballOn({ grid, voxels, unit }: Volume, slice: number) {
  const [columns, rows, slices] = grid.size;
  let brightest = 0;
  for (let n = 0; n < voxels.length; n++) if (voxels[n]! > brightest) brightest = voxels[n]!;
  const isBody = (value: number) => value > (unit === 'HU' ? -300 : 0.1 * brightest);
  let [count, sumI, sumJ] = [0, 0, 0];
  for (let pixel = 0; pixel < columns * rows; pixel++)
    if (isBody(voxels[slice * columns * rows + pixel]!)) {
      count++;
      sumI += pixel % columns;
      sumJ += Math.floor(pixel / columns);
    }
  const [x, y, z] = apply(grid.voxelToLps, [sumI / count, sumJ / count, slice]);
  const [xi, xj, xk, x0, yi, yj, yk, y0, zi, zj, zk, z0] = grid.voxelToLps;
  const bits = emptyBits(voxels.length);
  for (let k = 0; k < slices; k++)
    for (let j = 0; j < rows; j++) {
      const at = grid.slicePositions?.[k] ?? k;
      const [dx, dy, dz] = [xj * j + xk * at + x0 - x, yj * j + yk * at + y0 - y, zj * j + zk * at + z0 - z];
      for (let i = 0; i < columns; i++)
        if ((dx + xi * i) ** 2 + (dy + yi * i) ** 2 + (dz + zi * i) ** 2 < 45 ** 2)
          setBit(bits, i + columns * (j + rows * k));
    }
  expect(slices).toBeGreaterThan(slice);
  return { grid, bits };
}

for (const [name, folder, isTrunk] of series)
  describeWithSharedData(`a brain in ${name} ${folder}`, [name], ([unpacked]) => {
    it(isTrunk ? 'is doubted wherever it is' : 'is not doubted', async () => {
      const volume = await assembleVolume(streamOf(filesOf(path.join(unpacked!, folder))), {
        signal: new AbortController().signal,
      });
      for (const part of [0.3, 0.5, 0.7]) {
        const mask = ballOn(volume, Math.floor(part * volume.grid.size[2]));
        expect(cautionsAroundTheBrain('12738006', mask, volume)).toHaveLength(isTrunk ? 1 : 0);
      }
    });
  });

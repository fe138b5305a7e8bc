import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Affine } from '../values/affine.js';
import type { Grid } from '../values/grid.js';
import { emptyBits, setBit } from '../values/maskBits.js';
import { readNifti } from '../volume/readNifti.js';
import { writeNifti } from '../volume/testing/writeNifti.js';
import { labelMapNifti } from './labelMapNifti.js';

const grid: Grid = { size: [3, 2, 2], voxelToLps: [0.5, 0, 0.1, -7, 0, -2, 0, 8, 0, 0.25, 4, 9, 0, 0, 0, 1] };
const maskOf = (...voxels: readonly number[]) => {
  const bits = emptyBits(12);
  for (const n of voxels) setBit(bits, n);
  return { bits };
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'promptseg-label-map-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(bytes: Uint8Array): ReturnType<typeof readNifti> {
  const file = path.join(folder, 'labels.nii.gz');
  writeFileSync(file, bytes);
  return readNifti(file);
}

describe('labelMapNifti', () => {
  it('holds the value of each mask at its voxels, on the grid, also of a sheared and left-handed one', async () => {
    const masks = [
      { mask: maskOf(0, 11), value: 1 },
      { mask: maskOf(4), value: 2 },
    ];
    const { grid: written, voxels, header } = await read(await labelMapNifti(masks, grid));
    expect([...voxels]).toEqual([1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1]);
    expect(written.size).toEqual(grid.size);
    written.voxelToLps.forEach((value, n) => {
      expect(value).toBeCloseTo(grid.voxelToLps[n as 0], 6);
    });
    expect(header).toMatchObject({ sform_code: 1, qform_code: 0, numBitsPerVoxel: 8 });
  });

  it('takes 16 bits for values above 255', async () => {
    const { voxels, header } = await read(await labelMapNifti([{ mask: maskOf(5), value: 300 }], grid));
    expect(header.numBitsPerVoxel).toBe(16);
    expect(voxels[5]).toBe(300);
  });

  it('repeats the position of the NIfTI file that the grid comes from, digit for digit', async () => {
    const voxelToRas: Affine = [0.1, 0.02, 0, -3.3, 0, 0.3, 0, 4.7, 0, 0, 0.7, 1e-3, 0, 0, 0, 1];
    const source = await read(writeNifti({ size: [3, 2, 2], voxelToRas, values: Array(12).fill(7), units: 3 }));
    const { grid: written, header } = await read(await labelMapNifti([], source.grid, source.header));
    expect(written).toEqual(source.grid);
    expect(header.xyzt_units).toBe(3);
  });

  it('refuses an axis that NIfTI-1 cannot state', async () => {
    await expect(labelMapNifti([], { ...grid, size: [40_000, 1, 1] })).rejects.toMatchObject({
      code: 'result-not-encodable',
    });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { onVoxelsOf } from '../evaluation/readCase.js';
import type { Affine } from '../values/affine.js';
import { readNifti } from './readNifti.js';
import { mirrored, writeNifti } from './testing/writeNifti.js';

const voxelToRas: Affine = [2, 0, 0, -30, 0, 3, 0, -40, 0, 0, 4, 50, 0, 0, 0, 1];
const values = Array.from({ length: 24 }, (_, n) => n - 5);
const image = { size: [2, 3, 4], voxelToRas, values };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'promptseg-nifti-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(bytes: Uint8Array): ReturnType<typeof readNifti> {
  const file = path.join(folder, 'image.nii.gz');
  writeFileSync(file, bytes);
  return readNifti(file);
}

describe('readNifti', () => {
  it('reads values in their order, and turns RAS into LPS', async () => {
    const { grid, voxels } = await read(writeNifti(image));
    expect(grid.size).toEqual([2, 3, 4]);
    expect(grid.voxelToLps.map((value) => value + 0)).toEqual([-2, 0, 0, 30, 0, -3, 0, 40, 0, 0, 4, 50, 0, 0, 0, 1]);
    expect(voxels).toBeInstanceOf(Int16Array);
    expect([...voxels]).toEqual(values);
  });

  it.each([
    ['compressed', gzipSync(writeNifti(image))],
    ['big endian', writeNifti({ ...image, bigEndian: true })],
    ['real numbers', writeNifti({ ...image, float: true })],
    ['a slope of NaN, which means none', writeNifti({ ...image, slope: Number.NaN, intercept: 7 })],
  ])('reads the same from a file that is %s', async (_, bytes) => {
    expect([...(await read(bytes)).voxels]).toEqual(values);
  });

  it('scales', async () => {
    const { voxels } = await read(writeNifti({ ...image, slope: 0.5, intercept: -1000 }));
    expect(voxels).toBeInstanceOf(Float32Array);
    expect([...voxels]).toEqual(values.map((value) => value / 2 - 1000));
  });

  it('is in mm, whatever the units of the file', async () => {
    const { grid } = await read(writeNifti({ ...image, units: 1 }));
    expect(grid.voxelToLps.slice(0, 4)).toEqual([-2000, -0, -0, 30000]);
    expect((await read(writeNifti({ ...image, units: 3 }))).grid.voxelToLps[10]).toBeCloseTo(0.004);
    expect((await read(writeNifti({ ...image, units: 2 }))).grid.voxelToLps[10]).toBe(4);
  });

  // Half a turn around z. In Float32 the quaternion may be a little longer than 1.
  const qform = { code: 1, quaternion: [0, 0, 1.0000001], offset: [5, 6, 7] } as const;
  const turned = [1, 0, 0, -5, 0, 1, 0, -6, 0, 0, 1, 7, 0, 0, 0, 1];
  const lpsOf = async (file: Parameters<typeof writeNifti>[0]) => {
    const { grid, notes } = await read(writeNifti(file));
    return { lps: grid.voxelToLps.map((value) => Math.round(value) + 0), notes };
  };

  it('takes the qform where there is no sform', async () => {
    const { lps, notes } = await lpsOf({ size: [2, 3, 4], values, qform });
    expect([lps, notes]).toEqual([turned, []]);
  });

  it('takes the sform of patient coordinates, and says so if the qform is another', async () => {
    const { lps, notes } = await lpsOf({ ...image, qform });
    expect(lps.slice(0, 4)).toEqual([-2, 0, 0, 30]);
    expect(notes).toEqual([expect.stringMatching(/sform was used/)]);
  });

  it('takes the qform where the sform is that of a template, in which volumes would be wrong', async () => {
    const { lps, notes } = await lpsOf({ ...image, sformCode: 4, qform });
    expect([lps, notes]).toEqual([turned, [expect.stringMatching(/qform was used/)]]);
    expect((await lpsOf({ ...image, sformCode: 4 })).notes).toEqual([expect.stringMatching(/template/)]);
  });

  it('says what to do with several volumes in one file', async () => {
    const bytes = writeNifti({ ...image, size: [2, 3, 2, 2] });
    await expect(read(bytes)).rejects.toThrow(/holds 2 volumes.*save one of them/);
  });

  it('refuses a file that grows far beyond what its header says, without reading it to its end', async () => {
    const bomb = Buffer.concat([writeNifti(image), Buffer.alloc(2 ** 22)]);
    await expect(read(gzipSync(bomb))).rejects.toThrow(/more than its header says/);
  });

  it('refuses an image that is too large by its header alone', async () => {
    const bytes = writeNifti(image);
    for (const axis of [0, 1, 2]) bytes.writeInt16LE(20_000, 42 + 2 * axis);
    await expect(read(bytes)).rejects.toMatchObject({ code: 'image-too-large' });
  });

  it.each([
    ['is a folder', ''],
    ['is not there', 'missing.nii'],
  ])('refuses what %s', async (_, name) => {
    await expect(readNifti(path.join(folder, name))).rejects.toMatchObject({ code: 'nifti-unreadable' });
  });

  it.each([
    ['is no NIfTI file', new Uint8Array(1000)],
    ['is empty', new Uint8Array()],
    ['is cut off', writeNifti(image).subarray(0, 380)],
    ['is compressed and cut off', gzipSync(writeNifti(image)).subarray(0, 60)],
    ['has a fourth dimension', writeNifti({ ...image, size: [2, 3, 2, 2] })],
    ['has two dimensions', writeNifti({ ...image, size: [4, 6] })],
    ['states no orientation', writeNifti({ size: [2, 3, 4], values })],
    ['has a flat geometry', writeNifti({ ...image, voxelToRas: [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1] })],
    ['holds what is no number', writeNifti({ ...image, float: true, values: [...values.slice(1), Number.NaN] })],
  ])('refuses a file that %s', async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'nifti-unreadable' });
  });
});

describe('onVoxelsOf', () => {
  it('gives the labels of a map whose axes are mirrored, in the order of the image', async () => {
    const { grid } = await read(writeNifti(image));
    const map = await read(writeNifti({ size: [2, 3, 4], ...mirrored(values, [2, 3, 4], voxelToRas) }));
    expect([...map.voxels]).not.toEqual(values);
    expect([...onVoxelsOf(map, grid)]).toEqual(values);
  });

  it('gives the labels of a map whose axes are exchanged', async () => {
    const { grid } = await read(writeNifti(image));
    // Axes of the file: superior, right, anterior.
    const exchanged: Affine = [0, 2, 0, -30, 0, 0, 3, -40, 4, 0, 0, 50, 0, 0, 0, 1];
    const turned = Array.from({ length: 24 }, (_, n) => {
      const [k, i, j] = [n % 4, Math.floor(n / 4) % 2, Math.floor(n / 8)];
      return values[i + 2 * (j + 3 * k)]!;
    });
    const map = await read(writeNifti({ size: [4, 2, 3], voxelToRas: exchanged, values: turned }));
    expect([...onVoxelsOf(map, grid)]).toEqual(values);
  });

  it.each([
    ['shifted by half a voxel', { ...image, voxelToRas: voxelToRas.with(3, -29) as unknown as Affine }],
    ['shifted by a voxel', { ...image, voxelToRas: voxelToRas.with(3, -28) as unknown as Affine }],
    ['of other voxels', { ...image, voxelToRas: voxelToRas.with(0, 1) as unknown as Affine }],
    ['of fewer slices', { size: [2, 3, 3], voxelToRas, values: values.slice(6) }],
    ['of more slices', { size: [2, 3, 5], voxelToRas, values: [...values, 0, 0, 0, 0, 0, 0] }],
  ])('refuses a map that is %s', async (_, other) => {
    const { grid } = await read(writeNifti(image));
    const map = await read(writeNifti(other));
    expect(() => onVoxelsOf(map, grid)).toThrow(expect.objectContaining({ code: 'dataset-invalid' }));
  });
});

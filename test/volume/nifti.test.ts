import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { labelMapNifti } from '../../server/src/results/labelMapNifti.js';
import { voxelCount } from '../../server/src/values/grid.js';
import { emptyBits, getBit, setBit } from '../../server/src/values/maskBits.js';
import { readNifti } from '../../server/src/volume/readNifti.js';

const python = process.env.PROMPTSEG_PYTHON;
if (python === undefined) console.warn('SKIPPED: NIfTI against nibabel needs PROMPTSEG_PYTHON, a Python that has it.');
const describeWithPython = python === undefined ? describe.skip : describe;

/** A file as nibabel reads it, see nifti_with_nibabel.py. */
interface Described {
  readonly shape: readonly number[];
  readonly affine: readonly number[];
  readonly sform: readonly number[];
  readonly qform: readonly number[];
  readonly codes: readonly number[];
  readonly dtype: string;
  readonly intent: string;
  readonly values: readonly number[];
}

const nibabel = (...args: readonly string[]): Readonly<Record<string, Described>> =>
  JSON.parse(
    execFileSync(python!, [path.join(import.meta.dirname, 'nifti_with_nibabel.py'), ...args], { encoding: 'utf8' }),
  );

const toRas = (lps: readonly number[]): number[] => lps.map((value, n) => (n < 8 ? -value : value));

describeWithPython('NIfTI files, against nibabel', () => {
  let folder: string;
  let files: [string, Described][];
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'promptseg-nifti-'));
    files = Object.entries(nibabel('write', folder));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('have the values and the places that nibabel reads', async () => {
    expect(files.length).toBeGreaterThan(25);
    for (const [file, expected] of files) {
      const { grid, voxels, notes } = await readNifti(file);
      expect([file, grid.size, notes]).toEqual([file, expected.shape, []]);
      toRas(grid.voxelToLps).forEach((value, n) => {
        expect(Math.abs(value - expected.affine[n]!)).toBeLessThan(1e-5);
      });
      // Float32 keeps seven digits.
      voxels.forEach((value, n) => {
        expect(Math.abs(value - expected.values[n]!)).toBeLessThanOrEqual(1e-6 * Math.abs(expected.values[n]!));
      });
    }
  });

  it('are written with the position of their source, word for word, and with the voxels that were meant', async () => {
    const written: string[] = [];
    for (const [file] of files) {
      const { grid, voxels, header } = await readNifti(file);
      const bits = emptyBits(voxelCount(grid));
      voxels.forEach((value, n) => {
        if (value > voxels[0]!) setBit(bits, n);
      });
      written.push(`${file}-mask.nii.gz`);
      await writeFile(written.at(-1)!, await labelMapNifti([{ mask: { bits }, value: 3 }], grid, header));
    }
    const read = nibabel('read', ...written);
    for (const [file, source] of files) {
      const { voxels } = await readNifti(file);
      const { values, dtype, intent, shape, codes, ...matrices } = read[`${file}-mask.nii.gz`]!;
      expect([file, dtype, intent, shape, codes]).toEqual([file, 'uint8', 'label', source.shape, source.codes]);
      // NIfTI-1 has Float32, also for what NIfTI-2 had in Float64.
      for (const matrix of ['affine', 'sform', 'qform'] as const)
        matrices[matrix].forEach((value, n) => {
          expect(Math.abs(value - source[matrix][n]!)).toBeLessThan(1e-5);
        });
      expect(values).toEqual([...voxels].map((value) => (value > voxels[0]! ? 3 : 0)));
    }
  });

  it('made of a DICOM grid say where it is in RAS, and hold label values of 16 bits', async () => {
    const voxelToLps = [0, 0, 3, -10, -0.5, 0.1, 0, 20, 0, -0.75, 0.2, 30, 0, 0, 0, 1] as const;
    const grid = { size: [3, 4, 5], voxelToLps } as const;
    const bits = emptyBits(60);
    for (let n = 0; n < 60; n += 7) setBit(bits, n);
    const file = path.join(folder, 'of-dicom.nii.gz');
    await writeFile(file, await labelMapNifti([{ mask: { bits }, value: 1000 }], grid));
    const { [file]: read } = nibabel('read', file);
    expect(read).toMatchObject({ shape: grid.size, codes: [1, 0], dtype: 'uint16' });
    read!.affine.forEach((value, n) => {
      expect(value).toBeCloseTo(toRas(voxelToLps)[n]!, 6);
    });
    expect(read!.values).toEqual(Array.from({ length: 60 }, (_, n) => (getBit(bits, n) ? 1000 : 0)));
  });
});

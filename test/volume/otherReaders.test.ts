import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Vector3 } from '../../server/src/values/affine.js';
import { voxelCentre } from '../../server/src/values/grid.js';
import { randomNumbers } from '../../server/src/values/randomNumbers.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { filesOf, streamOf } from './streamOf.js';

const python = process.env.PROMPTSEG_PYTHON;
if (python === undefined)
  console.warn('SKIPPED: the comparison with pydicom and dcm2niix needs PROMPTSEG_PYTHON, a Python that has both.');
const itWithPython = python === undefined ? it.skip : it;

interface Compared {
  readonly name: string;
  readonly folder: string;
  /**
   * dcm2niix converts even stacks as they are; tilted and uneven ones it resamples, and several stacks it names its own
   * way.
   */
  readonly dcm2niix: boolean;
}

const series: readonly Compared[] = [
  { name: 'ct_chest', folder: '', dcm2niix: true },
  { name: 'ct_abdomen_pelvis', folder: '', dcm2niix: true },
  { name: 'mr_t1_head_sagittal', folder: '', dcm2niix: true },
  { name: 'mr_decubitus', folder: 'In/HFDL/2_t1_fl2d_sag', dcm2niix: true },
  { name: 'ct_mr_pet_thigh', folder: 'ibsi_validation/dicom/STS_004/CT/image', dcm2niix: true },
  { name: 'ct_mr_pet_thigh', folder: 'ibsi_validation/dicom/STS_004/MR_T1/image', dcm2niix: true },
  { name: 'ct_mr_pet_thigh', folder: 'ibsi_validation/dicom/STS_004/PET/image', dcm2niix: true },
  { name: 'ct_head_tilt_and_mixed', folder: 'In/GE', dcm2niix: false },
  { name: 'mr_enhanced', folder: 'In/Philips', dcm2niix: false },
  { name: 'mr_enhanced', folder: 'In/Siemens/XA10', dcm2niix: false },
  { name: 'seg_dcmqi', folder: 'data/segmentations/23x38x3/multiframe', dcm2niix: false },
];

describe.each(series)('$name $folder', ({ name, folder, dcm2niix }) => {
  describeWithSharedData('as other software reads it', [name], ([root]) => {
    const source = path.join(root!, folder);
    let volume: Volume;
    beforeAll(async () => {
      volume = await assembleVolume(streamOf(filesOf(source)), { signal: new AbortController().signal });
    });

    itWithPython(
      'has the values and places of pydicom',
      async () => {
        const samples = samplesOf(volume);
        const found = await ask<[number, number, number, number][]>(
          'read_with_pydicom.py',
          source,
          samples.map(({ voxel: [i, j, k] }) => {
            const { sopInstanceUID, frameNumber } = volume.sourceImages[k]!;
            return [sopInstanceUID, frameNumber ?? null, i, j];
          }),
        );
        samples.forEach(({ value, place }, n) => {
          const [stated, ...at] = found[n]!;
          expectSame(value, stated);
          at.forEach((mm, axis) => {
            expect(Math.abs(mm - place[axis]!)).toBeLessThan(0.02);
          });
        });
      },
      120_000,
    );

    if (!dcm2niix) return;
    itWithPython(
      'has the values and places of dcm2niix',
      async () => {
        const samples = samplesOf(volume);
        const images = await ask<{ size: number[]; values: (number | null)[]; offCentre: number[] }[]>(
          'read_with_dcm2niix.py',
          source,
          samples.map(({ place }) => place),
        );
        expect(images).toHaveLength(1);
        const [{ size, values, offCentre }] = images as [(typeof images)[0]];
        expect([...size].sort()).toEqual([...volume.grid.size].sort());
        expect(Math.max(...offCentre)).toBeLessThan(0.02);
        samples.forEach(({ value }, n) => {
          expectSame(value, values[n]!);
        });
      },
      120_000,
    );
  });
});

interface Sample {
  readonly voxel: Vector3;
  readonly value: number;
  readonly place: Vector3;
}

/** Voxels from all over the volume, the corners among them. */
function samplesOf({ grid, voxels }: Volume): readonly Sample[] {
  const random = randomNumbers(20261122);
  const [columns, rows, slices] = grid.size;
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map(
    (n): Vector3 => [(n & 1) * (columns - 1), ((n >> 1) & 1) * (rows - 1), (n >> 2) * (slices - 1)],
  );
  const others = Array.from(
    { length: 500 },
    (): Vector3 => [Math.floor(random() * columns), Math.floor(random() * rows), Math.floor(random() * slices)],
  );
  // By slice, so that pydicom decodes each image once.
  const voxelsToCompare = [...corners, ...others].sort((a, b) => a[2] - b[2]);
  return voxelsToCompare.map((voxel) => {
    const [i, j, k] = voxel;
    return { voxel, value: voxels[i + columns * (j + rows * k)]!, place: voxelCentre(grid, voxel) };
  });
}

/** Equal but for the digits of Float32. */
function expectSame(value: number, other: number): void {
  expect(Math.abs(value - other)).toBeLessThanOrEqual(1e-6 * Math.abs(other));
}

async function ask<Output>(script: string, folder: string, samples: readonly unknown[]): Promise<Output> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-volume-'));
  try {
    const file = path.join(scratch, 'samples.json');
    await writeFile(file, JSON.stringify(samples));
    const { stdout } = await promisify(execFile)(python!, [path.join(import.meta.dirname, script), folder, file], {
      maxBuffer: 2 ** 26,
    });
    return JSON.parse(stdout) as Output;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createMultiFrame } from '../../dicom-fixtures/src/createMultiFrame.js';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { decodeFrame } from '../../server/src/dicom/decodeFrame.js';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { fromAxes, scale } from '../../server/src/values/affine.js';
import { writeRescaled } from '../../server/src/volume/rescale.js';
import { readSliceImages } from '../../server/src/volume/sliceImage.js';
import { describeWithSharedData } from '../support/sharedData.js';

const python = process.env.PROMPTSEG_PYTHON;
if (python === undefined) {
  console.warn(
    'SKIPPED: PROMPTSEG_PYTHON, a Python with pydicom, is not there, so voxel values are not compared with its.',
  );
}
const itWithPython = python === undefined ? it.skip : it;

interface Frame {
  readonly position: readonly number[];
  readonly orientation: readonly number[];
  readonly spacing: readonly number[];
  readonly sha256: string;
}

/** See read_with_pydicom.py. */
async function readWithPydicom(files: readonly string[]): Promise<Frame[][]> {
  const script = path.join(import.meta.dirname, 'read_with_pydicom.py');
  const { stdout } = await promisify(execFile)(python!, ['-W', 'ignore', script, ...files], { maxBuffer: 2 ** 28 });
  return JSON.parse(stdout);
}

async function readOurselves(file: string): Promise<Frame[]> {
  const instance = parseInstance(await readFile(file));
  return Promise.all(
    readSliceImages(instance).map(async (image, index) => {
      const stored = await decodeFrame(instance, index);
      const values = new Float32Array(stored.length);
      writeRescaled(stored, image.rescale, values, 0);
      return {
        position: image.position,
        orientation: [...image.alongRow, ...image.alongColumn],
        spacing: [image.rowSpacing, image.columnSpacing],
        sha256: createHash('sha256').update(Buffer.from(values.buffer)).digest('hex'),
      };
    }),
  );
}

async function expectSame(files: readonly string[]): Promise<void> {
  const theirs = await readWithPydicom(files);
  expect(theirs).toHaveLength(files.length);
  for (const [index, file] of files.entries()) {
    const ours = await readOurselves(file);
    expect(ours).toHaveLength(theirs[index]!.length);
    theirs[index]!.forEach((frame, k) => {
      expect(ours[k]!.sha256).toBe(frame.sha256);
      expect(ours[k]!.position).toEqual(frame.position);
      expect(ours[k]!.spacing).toEqual(frame.spacing);
      // Ours are of unit length; those of the file are as they were rounded there.
      const [row, column] = [frame.orientation.slice(0, 3), frame.orientation.slice(3)];
      const unit = [row, column].flatMap((v) => [...scale([v[0]!, v[1]!, v[2]!], 1 / Math.hypot(...v))]);
      unit.forEach((cosine, n) => {
        expect(ours[k]!.orientation[n]).toBeCloseTo(cosine, 12);
      });
    });
  }
}

describe('values and geometry as pydicom reads them', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'promptseg-pydicom-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const options = {
    name: 'for pydicom',
    grid: {
      size: [33, 35, 3] as const,
      voxelToLps: fromAxes([0.48, 0.36, 0], [0, 0, -0.7], [-1.2, 1.6, 0], [-10.25, 20.5, 30.125]),
    },
    valueAt: (i: number, j: number, k: number) => (1 + k / 4) * (i * 3 + j) - k,
    slope: (k: number) => 1 + k / 4,
    intercept: (k: number) => -k,
  };
  const save = async (name: string, part10: Uint8Array): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, part10);
    return file;
  };

  itWithPython.each(['none', 'rle', 'jpeg-ls'] as const)(
    'of enhanced and legacy converted images (%s)',
    async (compression) => {
      const files = [];
      for (const modality of ['CT', 'MR', 'PT'] as const)
        for (const legacyConverted of [false, true]) {
          const file = await createMultiFrame({ ...options, modality, legacyConverted, compression });
          files.push(await save(`${modality}-${legacyConverted}-${compression}`, file));
        }
      await expectSame(files);
    },
  );

  itWithPython('of PET that becomes SUVbw', async () => {
    const injection = {
      RadionuclideTotalDose: 371_000_000,
      RadionuclideHalfLife: 6586.2,
      RadiopharmaceuticalStartTime: '104500.25',
    };
    const attributes = () => ({ PatientWeight: 81.5, RadiopharmaceuticalInformationSequence: [injection] });
    const slices = await createSeries({ ...options, modality: 'PT', attributes });
    const files = await Promise.all(slices.map((slice, k) => save(`pet-${k}`, slice)));
    expect(readSliceImages(parseInstance(slices[0]!))[0]!.unit).toBe('SUVbw');
    await expectSame(files);
  });

  itWithPython('of values through a Modality LUT', async () => {
    const lut = {
      LUTDescriptor: [200, 0, 16],
      LUTData: Array.from({ length: 200 }, (_, n) => (n * 7919) % 65_536),
      ModalityLUTType: 'HU',
      _vrMap: { LUTDescriptor: 'US', LUTData: 'US' },
    };
    const attributes = () => ({ ModalityLUTSequence: [lut], RescaleSlope: undefined, RescaleIntercept: undefined });
    const plain = { ...options, slope: () => 1, intercept: () => 0, valueAt: (i: number, j: number) => i * 3 + j };
    const slices = await createSeries({ ...plain, modality: 'CT', signed: false, attributes });
    await expectSame([await save('lut', slices[0]!)]);
  });
});

const real = [
  ['mr_enhanced', 'In/Philips/IM_0027_fMAP.dcm'],
  ['mr_enhanced', 'In/Siemens/XA10/6_1.dcm'],
  ['pet_wholebody_with_seg', 'PET/000005.dcm'],
  ['ct_mr_pet_thigh', 'ibsi_validation/dicom/STS_004/PET/image/000003.dcm'],
  ['ct_head_tilt_and_mixed', 'In/GE/01.dcm'],
] as const;

describe.each(real)('values and geometry as pydicom reads them, of %s', (name, file) => {
  describeWithSharedData(file, [name], ([folder]) => {
    itWithPython('are the same', () => expectSame([path.join(folder!, file)]));
  });
});

import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { spacing } from '../../server/src/values/grid.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { onEvenGrid } from '../../server/src/volume/onEvenGrid.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { filesOf, shuffled, streamOf } from './streamOf.js';

const signal = new AbortController().signal;
const read = (instances: Iterable<Uint8Array>): Promise<Volume> => assembleVolume(streamOf(instances), { signal });

interface Expected {
  readonly folder: string;
  readonly size: readonly [number, number, number];
  readonly spacing: readonly [number, number, number];
  /** Translation column: centre of voxel (0, 0, 0) in LPS mm. */
  readonly origin: readonly [number, number, number];
  /** Mean, smallest and largest voxel as pydicom 3 and SimpleITK 2 read them. */
  readonly mean: number;
  readonly range: readonly [number, number];
  readonly unit: Volume['unit'];
  readonly voxels: 'Int16Array' | 'Float32Array';
}

const accepted: Readonly<Record<string, Expected>> = {
  ct_chest: {
    folder: '',
    size: [512, 512, 102],
    spacing: [0.8828125, 0.8828125, 3],
    origin: [-231.55859375, -386.55859375, -266.5],
    mean: -641.0914142085056,
    range: [-1024, 2855],
    unit: 'HU',
    voxels: 'Int16Array',
  },
  ct_abdomen_pelvis: {
    folder: '',
    size: [512, 512, 160],
    spacing: [1.03, 1.03, 3],
    origin: [-276.3671, -263.6718, 1055],
    mean: -889.3268354892731,
    range: [-2048, 3968],
    unit: 'HU',
    voxels: 'Int16Array',
  },
  mr_t1_head_sagittal: {
    folder: '',
    size: [256, 256, 192],
    spacing: [0.859375, 0.859375, 0.9],
    origin: [76.878, -112.2372, 96.3893],
    mean: 69.02244369188945,
    range: [0, 713],
    unit: 'arbitrary',
    voxels: 'Int16Array',
  },
  mr_decubitus: {
    folder: 'In/HFDL/2_t1_fl2d_sag',
    size: [256, 256, 35],
    spacing: [1.015625, 1.015625, 4.8],
    origin: [81.6, -130, 130],
    mean: 122.78147147042411,
    range: [0, 2189],
    unit: 'arbitrary',
    voxels: 'Int16Array',
  },
  pet_wholebody_with_seg: {
    folder: 'PET',
    size: [128, 128, 299],
    spacing: [3.5378, 3.5378, 3.375],
    origin: [-226.1325, -425.8838, -1259.459],
    // 887.9533897 and 66260.76 Bq/mL, times the patient's weight in g by the dose as it decayed until the series began.
    mean: 0.2614848735670786,
    range: [0, 19.51249542],
    unit: 'SUVbw',
    voxels: 'Float32Array',
  },
  ct_mr_pet_thigh: {
    folder: 'ibsi_validation/dicom/STS_004/PET/image',
    size: [43, 46, 85],
    spacing: [3.90625, 3.90625, 3.27],
    origin: [-181.6406, -41.0156, 590.12],
    mean: 0.3019825498863083,
    range: [0, 5.367434],
    unit: 'SUVbw',
    voxels: 'Float32Array',
  },
};

describe.each(Object.entries(accepted))('real series', (name, expected) => {
  describeWithSharedData(name, [name], ([folder]) => {
    it('becomes the volume that pydicom and SimpleITK read, from any order of arrival', async () => {
      const volume = await read(shuffled([...filesOf(path.join(folder!, expected.folder))]));
      requireLike(volume, expected);
    });
  });
});

function requireLike(volume: Volume, expected: Expected): void {
  expect(volume.grid.size).toEqual(expected.size);
  spacing(volume.grid).forEach((length, axis) => {
    expect(length).toBeCloseTo(expected.spacing[axis]!, 4);
  });
  [3, 7, 11].forEach((n, axis) => {
    expect(volume.grid.voxelToLps[n]!).toBeCloseTo(expected.origin[axis]!, 3);
  });
  expect(volume.voxels.constructor.name).toBe(expected.voxels);
  const { mean, smallest, largest } = summary(volume.voxels);
  expect(Math.abs(mean - expected.mean)).toBeLessThan(1e-5 * Math.abs(expected.mean));
  expect(smallest).toBe(expected.range[0]);
  expect(largest).toBeCloseTo(expected.range[1], 2);
  expect(volume.unit).toBe(expected.unit);
  expect(volume.sourceImages).toHaveLength(expected.size[2]);
  expect(volume.sourceImages[0]!.sopInstanceUID).toBe(volume.header.SOPInstanceUID);
}

function summary(voxels: Volume['voxels']): { mean: number; smallest: number; largest: number } {
  let [sum, smallest, largest] = [0, voxels[0]!, voxels[0]!];
  for (let n = 0; n < voxels.length; n++) {
    const value = voxels[n]!;
    sum += value;
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  return { mean: sum / voxels.length, smallest, largest };
}

describeWithSharedData('the decubitus MR', ['mr_decubitus'], ([folder]) => {
  it('has rows along posterior, columns along inferior, slices along the right of the patient', async () => {
    const { grid } = await read(filesOf(path.join(folder!, accepted.mr_decubitus!.folder)));
    const [a, b, c] = [1.015625, 1.015625, 4.8];
    [0, 0, -c!, 81.6, a!, 0, 0, -130, 0, -b!, 0, 130, 0, 0, 0, 1].forEach((value, n) => {
      expect(grid.voxelToLps[n]).toBeCloseTo(value, 4);
    });
  });
});

describeWithSharedData('the PET whose slope differs from slice to slice', ['ct_mr_pet_thigh'], ([folder]) => {
  it('says so', async () => {
    const { notes } = await read(filesOf(path.join(folder!, accepted.ct_mr_pet_thigh!.folder)));
    expect(notes).toEqual(['Slope and intercept differ from slice to slice; every slice was rescaled with its own.']);
  });
});

describeWithSharedData('the CT in JPEG 2000', ['ct_abdomen_j2k'], ([folder]) => {
  it('is refused as it is, for its UIDs were removed', async () => {
    await expect(read(filesOf(path.join(folder!, 'example_ct_dicom')))).rejects.toMatchObject({
      code: 'instance-unreadable',
    });
  });

  it('becomes the volume that SimpleITK reads once it has UIDs', async () => {
    const files = [...filesOf(path.join(folder!, 'example_ct_dicom'))].map(withUids);
    requireLike(await read(shuffled(files)), {
      folder: '',
      size: [512, 512, 20],
      spacing: [0.9765625, 0.9765625, 2],
      origin: [-249.51171875, -437.51171875, -804.5],
      mean: -624.1259267807006,
      range: [-1024, 1839],
      unit: 'HU',
      voxels: 'Int16Array',
    });
  });
});

/** Fills the empty UIDs of an Explicit VR Little Endian dataset in. */
function withUids(part10: Uint8Array, index: number): Uint8Array {
  const uids = [
    [0x0008, 0x0016, '1.2.840.10008.5.1.4.1.1.2\0'],
    [0x0008, 0x0018, `2.25.${1000 + index}\0`],
    [0x0020, 0x000d, '2.25.1\0\0'],
    [0x0020, 0x000e, '2.25.2\0\0'],
  ] as const;
  let file = Buffer.from(part10);
  for (const [group, element, uid] of uids) {
    const empty = Buffer.from([group, 0, element, 0, 0x55, 0x49, 0, 0]);
    const at = file.indexOf(empty);
    const padded = Buffer.from(uid.length % 2 === 0 ? uid : `${uid}\0`);
    const header = Buffer.from(empty);
    header.writeUInt16LE(padded.length, 6);
    file = Buffer.concat([file.subarray(0, at), header, padded, file.subarray(at + empty.length)]);
  }
  return file;
}

describeWithSharedData('a complete series with slices taken out', ['ct_chest'], ([folder]) => {
  const withoutSlices = (first: number, last: number) =>
    [...filesOf(folder!)].filter((_, index) => index < first || index > last);

  it('is read with the gap bridged, and the note says so', async () => {
    const volume = await read(withoutSlices(40, 41));
    expect(volume.grid).toMatchObject({ size: [512, 512, 100] });
    expect(volume.grid.slicePositions).toHaveLength(100);
    expect(volume.notes).toEqual([expect.stringMatching(/^2 slices are missing .* bridged/)]);
    const even = onEvenGrid(volume);
    expect(even.grid.size).toEqual([512, 512, 102]);
    expect(spacing(even.grid)[2]).toBeCloseTo(3, 4);
  });

  it('is refused where the gap is too wide, and the gap is named', async () => {
    await expect(read(withoutSlices(40, 42))).rejects.toMatchObject({
      code: 'slices-missing',
      details: { missing: 3, gaps: [{ widthMm: 12, missing: 3 }] },
    });
  });

  it('is used with each slice once where one comes twice, and the notes say so', async () => {
    const files = [...filesOf(folder!)];
    const { grid, notes } = await read([...files, files[0]!]);
    expect(grid.size[2]).toBe(files.length);
    expect(notes.join(' ')).toContain('one place is shown twice');
  });
});

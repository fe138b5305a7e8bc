import { describe, expect, it } from '@jest/globals';
import { type Grid, voxelCount } from '../../../values/grid.js';
import { countBits, getBit } from '../../../values/maskBits.js';
import type { EvenVolume } from '../../../values/volume.js';
import type { FloatTensor, ManyOutputRuntime } from '../../onnxRuntime.js';
import type { GridBox } from '../../promptable.js';
import { anyManifest, quiet, volumeOn } from '../../testSupport.js';
import { type MedsamManifest, medsamManifestSchema, medsamProblems } from './manifest.js';
import { openMedsam } from './medsam.js';

const size = 64;
const packaged = {
  ...anyManifest,
  id: 'boxes',
  name: 'Boxes',
  family: 'medsam',
  modalities: ['CT', 'MR'],
  input: {
    size,
    ctWindows: [
      { name: 'brain', level: 40, width: 80, bodyRegions: ['head'] },
      { name: 'soft-tissue', level: 40, width: 400 },
      { name: 'lung', level: -160, width: 1500 },
    ],
    percentiles: [0.5, 99.5],
  },
  image: { file: 'image.onnx', input: 'image', outputs: ['features'] },
  box: { file: 'box.onnx', features: 'features', box: 'box', logits: 'logits', quality: 'quality' },
  probability: 0.5,
  propagation: { boxMargin: 3, minimumQuality: 0.5, minimumAreaShare: 0.3, maximumAreaShare: 2 },
  memory: { graphBytes: 1000 },
};
const manifest: MedsamManifest = medsamManifestSchema.parse(packaged);

/**
 * The features are the image; the decoder marks what is bright inside the box, and is sure of it unless the image's
 * last pixel is grey.
 */
function brightInside() {
  const seen = { images: [] as Float32Array[], boxes: [] as number[][], released: 0 };
  const runtime: ManyOutputRuntime = {
    executionProvider: 'cpu',
    notes: ['a note of the runtime'],
    open: async (file) => ({
      run: () => Promise.reject(new Error('not asked for')),
      release: async () => {
        seen.released++;
      },
      async runAll(feeds): Promise<Record<string, FloatTensor>> {
        if (file === 'image.onnx') {
          const image = feeds.image!.data as Float32Array;
          seen.images.push(image.slice(0, size * size));
          return { features: { data: image.slice(0, size * size), dims: [1, 1, size, size] } };
        }
        const box = Array.from(feeds.box!.data as Float32Array);
        seen.boxes.push(box);
        const [left, top, right, bottom] = box as [number, number, number, number];
        const image = feeds.features!.data as Float32Array;
        const logits = image.map((value, n) => {
          const [column, row] = [n % size, Math.floor(n / size)];
          const inside = column >= left && column <= right && row >= top && row <= bottom;
          return inside && value > 0.9 ? 4 : -4;
        });
        const quality = Math.abs(image[size * size - 1]! - 0.5) < 0.2 ? 0.2 : 0.9;
        return {
          logits: { data: logits, dims: [1, 1, size, size] },
          quality: { data: Float32Array.of(quality), dims: [1, 1] },
        };
      },
    }),
  };
  return { seen, runtime };
}

const upright = (columns: number, rows: number, slices: number, step = 1): Grid => ({
  size: [columns, rows, slices],
  voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, step, 0, 0, 0, 0, 1],
});

/** Bright blocks (first and last column, row and slice) in a dim image. */
function blocks(grid: Grid, ...bright: (readonly [readonly number[], readonly number[]])[]): EvenVolume {
  const voxels = new Int16Array(voxelCount(grid)).fill(-100);
  const [columns, rows, slices] = grid.size;
  for (let k = 0; k < slices; k++)
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++)
        if (bright.some(([a, b]) => [i, j, k].every((at, axis) => at >= a[axis]! && at <= b[axis]!)))
          voxels[i + columns * (j + rows * k)] = 200;
  return { ...volumeOn(grid, voxels), modality: 'CT', unit: 'HU' };
}

const box = (plane: number, first: [number, number], last: [number, number], range: [number, number]): GridBox => ({
  across: 2,
  plane,
  least: [...first, range[0]],
  greatest: [...last, range[1]],
});

const slicesOf = ({ grid, bits }: { grid: Grid; bits: Uint8Array }, voxels = 0): number[] => {
  const perSlice = grid.size[0] * grid.size[1];
  return Array.from({ length: grid.size[2] }, (_, k) => k).filter((k) => {
    let count = 0;
    for (let n = k * perSlice; n < (k + 1) * perSlice; n++) if (getBit(bits, n)) count++;
    return count > voxels;
  });
};

const open = (runtime: ManyOutputRuntime, bytes = 1e9) => openMedsam(manifest, runtime, async () => bytes);

describe('a box on a slice', () => {
  it('marks what the network marks, on the voxels of the slice', async () => {
    const { seen, runtime } = brightInside();
    const grid = upright(64, 64, 3);
    const image = blocks(
      grid,
      [
        [10, 20, 1],
        [29, 33, 1],
      ],
      [
        [40, 40, 1],
        [50, 50, 1],
      ],
    );
    const { outcomes, notes, executionProvider } = await (await open(runtime)).segmentBoxes(
      image,
      [box(1, [8, 18], [31, 36], [1, 1])],
      quiet(),
    );
    expect(seen.boxes).toEqual([[8, 18, 31, 36]]);
    expect(countBits(outcomes[0]!.mask.bits)).toBe(20 * 14);
    expect(outcomes[0]).toMatchObject({ planes: [1, 1], ends: ['end-of-range', 'end-of-range'] });
    expect(outcomes[0]!.quality).toBeCloseTo(0.9);
    expect(executionProvider).toBe('cpu');
    expect(notes).toEqual([
      'a note of the runtime',
      'The slices were shown to the model in the window “soft-tissue” (level 40, width 400).',
    ]);
  });

  it('is scaled into the corner of the network’s image, by millimetres', async () => {
    const { seen, runtime } = brightInside();
    // 128 × 32 columns and rows of 1 mm, seen across the slices; and 128 columns by 16 slices of 4 mm across the rows.
    const grid = upright(128, 32, 16, 4);
    const image = blocks(grid, [
      [20, 10, 2],
      [59, 21, 13],
    ]);
    const model = await open(runtime);
    await model.segmentBoxes(image, [box(5, [16, 8], [63, 25], [5, 5])], quiet());
    expect(seen.boxes).toEqual([[8, 4, 31, 12]]);
    const across: GridBox = { across: 1, plane: 15, least: [16, 15, 1], greatest: [63, 15, 14] };
    const { outcomes } = await model.segmentBoxes(image, [across], quiet());
    // Head up: the last slice is the first row; 16 slices of 4 mm are 32 of the 64 pixels.
    expect(seen.boxes[1]).toEqual([8, 2, 31, 28]);
    expect(outcomes[0]!.planes).toEqual([15, 15]);
    const marked = countBits(outcomes[0]!.mask.bits);
    expect(marked).toBeGreaterThan(40 * 12 * 0.9);
    expect(marked).toBeLessThan(40 * 12 * 1.1);
  });

  it('marks nothing where the network marks nothing', async () => {
    const { runtime } = brightInside();
    const { outcomes } = await (await open(runtime)).segmentBoxes(
      blocks(upright(64, 64, 3), [
        [40, 40, 0],
        [50, 50, 2],
      ]),
      [box(1, [2, 2], [20, 20], [0, 2])],
      quiet(),
    );
    expect(outcomes[0]).toMatchObject({ planes: undefined, ends: ['empty', 'empty'] });
    expect(countBits(outcomes[0]!.mask.bits)).toBe(0);
  });
});

describe('from slice to slice', () => {
  const grid = upright(64, 64, 12);

  it('goes on with the box of the last mask and a margin, to where nothing is left', async () => {
    const { seen, runtime } = brightInside();
    // It moves by two pixels at slice 5: the margin follows it, the first box would not.
    const image = blocks(
      grid,
      [
        [10, 20, 3],
        [29, 33, 4],
      ],
      [
        [12, 22, 5],
        [31, 35, 8],
      ],
    );
    const { outcomes } = await (await open(runtime)).segmentBoxes(
      image,
      [box(4, [10, 20], [29, 33], [0, 11])],
      quiet(),
    );
    expect(slicesOf(outcomes[0]!.mask)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(countBits(outcomes[0]!.mask.bits)).toBe(6 * 20 * 14);
    expect(outcomes[0]).toMatchObject({ planes: [3, 8], ends: ['empty', 'empty'] });
    expect(seen.boxes.slice(0, 2)).toEqual([
      [10, 20, 29, 33],
      [7, 17, 32, 36],
    ]);
  });

  it('stays in the range of the box', async () => {
    const { runtime } = brightInside();
    const image = blocks(grid, [
      [10, 20, 1],
      [29, 33, 10],
    ]);
    const { outcomes } = await (await open(runtime)).segmentBoxes(image, [box(4, [10, 20], [29, 33], [3, 6])], quiet());
    expect(slicesOf(outcomes[0]!.mask)).toEqual([3, 4, 5, 6]);
    expect(outcomes[0]!.ends).toEqual(['end-of-range', 'end-of-range']);
  });

  it.each([
    [
      'shrunk',
      [
        [10, 20, 6],
        [14, 24, 9],
      ],
    ],
    [
      'grown',
      [
        [7, 17, 6],
        [40, 40, 9],
      ],
    ],
  ] as const)('ends where the mask has suddenly %s', async (why, further) => {
    const { runtime } = brightInside();
    const image = blocks(
      grid,
      [
        [10, 20, 2],
        [19, 29, 5],
      ],
      further,
    );
    const { outcomes } = await (await open(runtime)).segmentBoxes(
      image,
      [box(4, [10, 20], [19, 29], [0, 11])],
      quiet(),
    );
    expect(outcomes[0]).toMatchObject({ planes: [2, 5], ends: ['empty', why] });
    expect(slicesOf(outcomes[0]!.mask)).toEqual([2, 3, 4, 5]);
  });

  it('ends where the network is not sure', async () => {
    const { runtime } = brightInside();
    const image = blocks(grid, [
      [10, 20, 0],
      [29, 33, 11],
    ]);
    // Grey in the last pixel of slice 7.
    image.voxels[64 * 64 * 8 - 1] = 40;
    const { outcomes } = await (await open(runtime)).segmentBoxes(
      image,
      [box(4, [10, 20], [29, 33], [0, 11])],
      quiet(),
    );
    expect(outcomes[0]).toMatchObject({ planes: [0, 6], ends: ['end-of-range', 'uncertain'] });
  });

  it('knows the features of a slice for the next box, of the same volume, window and plane', async () => {
    const { seen, runtime } = brightInside();
    const image = blocks(grid, [
      [10, 20, 0],
      [29, 33, 11],
    ]);
    const model = await open(runtime);
    const asked = [box(4, [10, 20], [29, 33], [3, 5])];
    await model.segmentBoxes(image, asked, quiet());
    await model.segmentBoxes(image, asked, quiet());
    expect(seen.images).toHaveLength(3);
    await model.segmentBoxes(image, asked, { ...quiet(), window: { level: 0, width: 1000 } });
    expect(seen.images).toHaveLength(6);
    await model.segmentBoxes({ ...image, voxels: image.voxels.slice() }, asked, quiet());
    expect(seen.images).toHaveLength(9);
    await model.dispose();
    expect(seen.released).toBe(2);
  });
});

describe('what the network is shown', () => {
  const windowOf = async (image: EvenVolume, asked: GridBox): Promise<string> => {
    const { runtime } = brightInside();
    const { notes } = await (await open(runtime)).segmentBoxes(image, [asked], quiet());
    return notes[1]!;
  };
  const plain = (value: number, changes: Partial<EvenVolume> = {}): EvenVolume => {
    const grid = upright(64, 64, 2);
    const voxels = new Int16Array(voxelCount(grid)).fill(value);
    return { ...volumeOn(grid, voxels), modality: 'CT', unit: 'HU', ...changes };
  };
  const somewhere = box(1, [10, 10], [30, 30], [1, 1]);

  it('of CT is the first window that does not show the box as black', async () => {
    expect(await windowOf(plain(60), somewhere)).toContain('“soft-tissue” (level 40, width 400)');
    expect(await windowOf(plain(900), somewhere)).toContain('“soft-tissue”');
    expect(await windowOf(plain(-800), somewhere)).toContain('“lung” (level -160, width 1500)');
    expect(await windowOf(plain(-1000), somewhere)).toContain('“lung”');
    expect(await windowOf(plain(30, { header: { BodyPartExamined: 'HEAD' } }), somewhere)).toContain('“brain”');
    expect(await windowOf(plain(-90, { header: { BodyPartExamined: 'HEAD' } }), somewhere)).toContain('“soft-tissue”');
  });

  it('of other modalities are percentiles', async () => {
    expect(await windowOf(plain(60, { modality: 'MR' }), somewhere)).toBe(
      'The slices were shown to the model between the percentiles 0.5 and 99.5 of the values above 0.',
    );
  });
});

describe('limits', () => {
  const asked = [box(1, [10, 10], [30, 30], [0, 1])];
  const image = blocks(upright(64, 64, 2), [
    [10, 10, 0],
    [30, 30, 1],
  ]);

  it('refuses another modality, and what does not fit into memory', async () => {
    const { seen, runtime } = brightInside();
    const model = await open(runtime, 500);
    await expect(model.segmentBoxes({ ...image, modality: 'PT' }, asked, quiet())).rejects.toMatchObject({
      code: 'modality-not-served',
    });
    await expect(model.segmentBoxes(image, asked, quiet())).rejects.toMatchObject({ code: 'memory-insufficient' });
    expect(seen.images).toEqual([]);
  });

  it('stops between slices when it is cancelled', async () => {
    const { seen, runtime } = brightInside();
    const controller = new AbortController();
    const running = (await open(runtime)).segmentBoxes(image, asked, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen.images).toHaveLength(1);
  });
});

describe('the manifest', () => {
  it('refuses percentiles that do not ascend, and unknown fields', () => {
    const refused = (changes: object) => medsamManifestSchema.safeParse({ ...packaged, ...changes }).success;
    expect(refused({})).toBe(true);
    expect(refused({ input: { ...packaged.input, percentiles: [99, 1] } })).toBe(false);
    expect(refused({ targets: {} })).toBe(false);
  });

  it('names files that are missing', () => {
    expect(medsamProblems(manifest, new Map([['image.onnx', 1]]))).toEqual([
      { file: 'box.onnx', message: 'is named in model.json but missing from the model package' },
    ]);
  });
});

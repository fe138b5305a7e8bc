import { describe, expect, it } from '@jest/globals';
import { createSlide, type SlideOptions } from '../../dicom-fixtures/src/createSlide.js';
import { headerOfJson } from '../../server/src/dicom/headerOfJson.js';
import { instanceMetadata } from '../../server/src/dicom/instanceMetadata.js';
import { inMatrix, onSlide } from '../../server/src/values/slide.js';
import { chooseSlideRegion, type SlideChoice } from '../../server/src/volume/chooseSlideRegion.js';
import { listStacks } from '../../server/src/volume/listStacks.js';
import { readSlideLevels, tilesWithin } from '../../server/src/volume/slideLevels.js';

const slide: SlideOptions = {
  name: 'slide',
  columns: 200,
  rows: 130,
  levels: 3,
  spacing: 0.001,
  tile: { columns: 32, rows: 24 },
  colourAt: () => [200, 150, 180],
};

const headersOf = async (options: Partial<SlideOptions> = {}) =>
  (await createSlide({ ...slide, ...options })).map((part10) => headerOfJson(instanceMetadata(part10)));
const levelsOf = async (options?: Partial<SlideOptions>) => readSlideLevels(await headersOf(options)).levels;

describe('the levels of a slide', () => {
  it('are listed finest first, with their pixels in micrometres', async () => {
    const [first, ...others] = await headersOf();
    expect(listStacks([...others, first!])).toEqual([
      { id: 'level-1', description: 'level 1, 200 × 130 pixels of 1 µm', images: 1 },
      { id: 'level-2', description: 'level 2, 100 × 65 pixels of 2 µm', images: 1 },
      { id: 'level-3', description: 'level 3, 50 × 33 pixels of 4 µm', images: 1 },
    ]);
  });

  it('are without the label, which may name the patient, and it is said', async () => {
    const label = (level: number) => (level === 2 ? { ImageType: ['ORIGINAL', 'PRIMARY', 'LABEL', 'NONE'] } : {});
    const { levels, notes } = readSlideLevels(await headersOf({ attributes: label }));
    expect(levels.map(({ id }) => id)).toEqual(['level-1', 'level-2']);
    expect(notes).toEqual(["Left out: 1 images of the slide's label or of the whole glass."]);
  });

  it.each([
    ['several optical paths', { NumberOfOpticalPaths: 3 }, 'image-kind-unsupported'],
    ['several planes of focus', { TotalPixelMatrixFocalPlanes: 5 }, 'image-kind-unsupported'],
    ['a part of a level', { ConcatenationUID: '2.25.1' }, 'image-kind-unsupported'],
    ['fluorescence', { SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2' }, 'photometric-unsupported'],
    ['no origin', { TotalPixelMatrixOriginSequence: undefined }, 'instance-unreadable'],
    ['no orientation', { ImageOrientationSlide: undefined }, 'instance-unreadable'],
    ['rows along columns', { ImageOrientationSlide: [0, -1, 0, 0, -1, 0] }, 'instance-unreadable'],
  ])('are refused for %s', async (_what, attributes, code) => {
    const headers = await headersOf({ attributes: () => attributes });
    expect(() => readSlideLevels(headers)).toThrow(expect.objectContaining({ code }));
  });

  it('refuse frames that are not their tiles', async () => {
    const [level] = await levelsOf({ attributes: () => ({ NumberOfFrames: 7 }) });
    expect(() => tilesWithin(level!, { first: [0, 0], size: [200, 130] })).toThrow(/7 frames, which are not the tiles/);
  });
});

describe('the tiles of a rectangle', () => {
  const rectangle = { first: [30, 20], size: [40, 10] } as const;
  const places = async (options?: Partial<SlideOptions>) => tilesWithin((await levelsOf(options))[0]!, rectangle);

  it('are the same of TILED_FULL and TILED_SPARSE', async () => {
    const full = await places();
    expect(full.map(({ column, row }) => [column, row])).toEqual(
      [0, 24].flatMap((row) => [0, 32, 64].map((column) => [column, row])),
    );
    expect(full.map(({ frameNumber }) => frameNumber)).toEqual([1, 2, 3, 8, 9, 10]);
    expect(await places({ organization: 'TILED_SPARSE' })).toEqual(full);
  });

  it('are fewer if the slide leaves some out', async () => {
    const sparse = await places({ organization: 'TILED_SPARSE', hasTile: (_level, x, y) => x + y > 1 });
    expect(sparse.map(({ frameNumber, column, row }) => [frameNumber, column, row])).toEqual([
      [1, 64, 0],
      [6, 32, 24],
      [7, 64, 24],
    ]);
  });
});

describe('a place on the slide', () => {
  it.each([
    ['as usual', undefined],
    ['turned by half', [0, 1, 0, 1, 0, 0]],
    ['oblique', [0.6, -0.8, 0, -0.8, -0.6, 0]],
  ])('comes back from the matrix (%s)', async (_how, orientation) => {
    const [level] = await levelsOf(orientation && { orientation });
    const [column, row] = inMatrix(level!.matrix, onSlide(level!.matrix, 17.25, 90.5));
    expect(column).toBeCloseTo(17.25, 9);
    expect(row).toBeCloseTo(90.5, 9);
  });
});

describe('the region of a request', () => {
  const chosen = async (choice: Omit<SlideChoice, 'modelSize'>, modelSize = 64) => {
    const { level, first, size } = chooseSlideRegion(await levelsOf(), { ...choice, modelSize });
    return [level.id, first, size];
  };

  it('is the whole level nearest to the size of the model', async () => {
    expect(await chosen({}, 64)).toEqual(['level-3', [0, 0], [50, 33]]);
    expect(await chosen({}, 90)).toEqual(['level-2', [0, 0], [100, 65]]);
    expect(await chosen({}, 1024)).toEqual(['level-1', [0, 0], [200, 130]]);
  });

  it('in pixels counts from 1 on the level that it names, and ends where the slide ends', async () => {
    const region = { unit: 'pixels', column: 91, row: 1, columns: 30, rows: 5 } as const;
    expect(await chosen({ stack: 'level-2', region })).toEqual(['level-2', [90, 0], [10, 5]]);
    await expect(chosen({ region })).rejects.toMatchObject({ code: 'slide-level-needed' });
    await expect(chosen({ stack: 'level-3', region })).rejects.toMatchObject({ code: 'slide-region-outside' });
    await expect(chosen({ stack: 'level-9', region })).rejects.toMatchObject({ code: 'stack-not-found' });
  });

  it('in mm is the same place on every level; by default on the one nearest to the size of the model', async () => {
    // Columns run along −y from 40 mm, rows along −x from 20 mm, in steps of 1 µm: a square of 64 pixels.
    const region = { unit: 'mm', from: [19.99, 39.98], to: [19.9269, 39.9169] } as const;
    expect(await chosen({ region }, 64)).toEqual(['level-1', [20, 10], [64, 64]]);
    expect(await chosen({ region }, 32)).toEqual(['level-2', [10, 5], [32, 32]]);
    expect(await chosen({ region, stack: 'level-3' })).toEqual(['level-3', [5, 3], [16, 16]]);
    const elsewhere = { unit: 'mm', from: [30, 30], to: [31, 31] } as const;
    await expect(chosen({ region: elsewhere })).rejects.toMatchObject({ code: 'slide-region-outside' });
  });

  it('is refused with the figures before anything is read, if it is too large', async () => {
    const huge = { TotalPixelMatrixColumns: 100_000, TotalPixelMatrixRows: 80_000 };
    const levels = await levelsOf({ levels: 1, attributes: () => huge });
    expect(() => chooseSlideRegion(levels, { modelSize: 64 })).toThrow(
      expect.objectContaining({ code: 'slide-region-too-large', message: expect.stringContaining('100000 × 80000') }),
    );
  });
});

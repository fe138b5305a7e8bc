import { describe, expect, it } from '@jest/globals';
import { makeVolume, random, randomGrid } from '../results/syntheticSegments.js';
import { apply, column, norm, subtract, type Vector3 } from '../values/affine.js';
import { type SliceGrid, voxelCentre, voxelCount } from '../values/grid.js';
import { type DecodedPng, decodePng } from './decodePng.testSupport.js';
import { drawCloseUp, drawPicture, drawPlanes, drawThumbnail, type PictureSegment } from './drawPicture.js';
import { choosePositions, planes } from './planes.js';
import { placeFinder, valueAt } from './sampleVolume.js';

type Inside = (point: Vector3) => boolean;

/** The voxels whose centres are inside, as a segment. */
function segmentOf(grid: SliceGrid, name: string, colour: PictureSegment['colour'], inside: Inside): PictureSegment {
  const [columns, rows, slices] = grid.size;
  const voxels = new Set<number>();
  for (let n = 0; n < voxelCount(grid); n++)
    if (inside(voxelCentre(grid, [n % columns, Math.floor(n / columns) % rows, Math.floor(n / (columns * rows))])))
      voxels.add(n);
  return {
    name,
    colour,
    volumeMl: 1.5,
    contains: (i, j, k) =>
      i >= 0 && j >= 0 && k >= 0 && i < columns && j < rows && k < slices && voxels.has(i + columns * (j + rows * k)),
    forEach(visit) {
      for (const n of voxels) visit(n % columns, Math.floor(n / columns) % rows, Math.floor(n / (columns * rows)));
    },
  };
}

const red = [255, 0, 0] as const;
const blue = [0, 0, 255] as const;

/** The pixels of just this colour in each of the three panels, which are parted by columns of background. */
function pixelsByPanel({ width, height, data }: DecodedPng, colour: PictureSegment['colour']) {
  const panelTop = 38;
  const isBackground = (x: number): boolean => data[(panelTop * width + x) * 4] === 16;
  const panels: [column: number, row: number][][] = [];
  for (let x = 1; x < width; x++) {
    if (isBackground(x)) continue;
    if (isBackground(x - 1)) panels.push([]);
    for (let y = panelTop; y < height - 66; y++)
      if (colour.every((value, channel) => data[(y * width + x) * 4 + channel] === value)) panels.at(-1)!.push([x, y]);
  }
  return panels;
}

const next = random(5);
// Oblique, either handedness, sheared, uneven: whatever is in the patient must be seen where it is.
const grids: readonly (readonly [string, SliceGrid])[] = [
  ...Array.from({ length: 2 }, (_, index) => [`grid ${index}`, randomGrid(next, [24, 20, 16], index === 1)] as const),
  ['uneven slices', { ...randomGrid(next, [24, 20, 6]), slicePositions: [0, 1, 2.5, 3, 5, 9] }],
];

describe('a picture', () => {
  it.each(grids)('shows left, front and head where radiologists expect them (%s)', async (_name, grid) => {
    const [columns, rows, slices] = grid.size;
    const centre = voxelCentre(grid, [columns / 2, rows / 2, Math.floor(slices / 2)]);
    const reach = Math.min(
      ...([0, 1, 2] as const).map((axis) => norm(column(grid.voxelToLps, axis)) * grid.size[axis]),
    );
    const ball: Inside = (point) => norm(subtract(point, centre)) < 0.4 * reach;
    const mean = (points: readonly (readonly number[])[], of: 0 | 1): number =>
      points.reduce((sum, point) => sum + point[of]!, 0) / points.length;
    // The half of a ball towards left, back and head is drawn over the whole: its outline is to the right, below, and
    // above what is left of the other.
    for (const axis of [0, 1, 2] as const) {
      const segments = [
        segmentOf(grid, 'whole', blue, ball),
        segmentOf(grid, 'half', red, (point) => ball(point) && point[axis] > centre[axis]),
      ];
      const png = drawPicture({ volume: makeVolume(grid), segments, maker: 'test' });
      const decoded = await decodePng(png);
      const [whole, half] = [pixelsByPanel(decoded, blue), pixelsByPanel(decoded, red)];
      expect(half).toHaveLength(3);
      planes.forEach(({ rightwards, downwards, flipped }, panel) => {
        if (axis === rightwards) expect(mean(half[panel]!, 0)).toBeGreaterThan(mean(whole[panel]!, 0));
        if (axis !== downwards) return;
        const [ofHalf, ofWhole] = [mean(half[panel]!, 1), mean(whole[panel]!, 1)];
        expect(flipped ? ofWhole - ofHalf : ofHalf - ofWhole).toBeGreaterThan(0);
      });
    }
  });

  it('chooses the layer that meets the most segments, and of one segment its widest', () => {
    const grid: SliceGrid = { size: [20, 20, 20], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] };
    const ball = (centre: Vector3, radius: number) =>
      segmentOf(
        grid,
        'ball',
        [1, 2, 3],
        (point) => Math.hypot(...point.map((value, axis) => value - centre[axis]!)) <= radius,
      );
    expect(choosePositions(grid, [ball([6, 11, 4], 3)])).toEqual([6, 11, 4]);
    // A pair, left and right: their middle meets neither across x, and both across y and z.
    const pair = choosePositions(grid, [ball([4, 10, 8], 3), ball([16, 10, 8], 2)]);
    expect(pair).toEqual([4, 10, 8]);
    expect(choosePositions(grid, []).every((value) => value >= 9 && value <= 11)).toBe(true);
  });

  it('takes values between voxels, on uneven slices too, and none outside', () => {
    const grid: SliceGrid = {
      size: [4, 3, 3],
      voxelToLps: [2, 0, 0, 10, 0, 3, 0, 20, 0, 0, 1, 30, 0, 0, 0, 1],
      slicePositions: [0, 1, 5],
    };
    const volume = makeVolume(grid, {
      voxels: Int16Array.from(
        { length: 36 },
        (_, n) => 100 * (n % 4) + 10 * (Math.floor(n / 4) % 3) + [0, 1, 5][Math.floor(n / 12)]!,
      ),
    });
    const find = placeFinder(grid);
    const at = (i: number, j: number, k: number) => {
      const place = find(apply(grid.voxelToLps, [i, j, k]));
      return place && valueAt(volume, place);
    };
    expect(at(1, 2, 1)).toBeCloseTo(121, 9);
    expect(at(1.5, 0.25, 3)).toBeCloseTo(155.5, 9);
    expect(at(0, 0, 0.5)).toBeCloseTo(0.5, 9);
    expect(at(-0.4, 0, 0)).toBeCloseTo(0, 9);
    for (const outside of [
      [-0.6, 0, 0],
      [0, 2.6, 0],
      [3.6, 0, 0],
      [0, 0, -0.6],
      [0, 0, 7.1],
    ] as const)
      expect(at(outside[0], outside[1], outside[2])).toBeUndefined();
  });

  it('has a small form of one size for every grid, with the same planes and no word', async () => {
    for (const [name, grid] of grids) {
      const [columns, rows, slices] = grid.size;
      const centre = voxelCentre(grid, [columns / 2, rows / 2, Math.floor(slices / 2)]);
      const reach = Math.min(
        ...([0, 1, 2] as const).map((axis) => norm(column(grid.voxelToLps, axis)) * grid.size[axis]),
      );
      const ball = segmentOf(grid, 'ball', red, (point) => norm(subtract(point, centre)) < 0.4 * reach);
      const { width, height, data } = await decodePng(drawThumbnail({ volume: makeVolume(grid), segments: [ball] }));
      expect([name, width, height]).toEqual([name, 480, 176]);
      const columnsWithRed = Array.from({ length: width }, (_, x) =>
        Array.from({ length: height }, (_, y) => 4 * (x + width * y)).some(
          (at) => data[at] === 255 && data[at + 1] === 0 && data[at + 2] === 0,
        ),
      );
      const runs = columnsWithRed.filter((isRed, x) => isRed && !columnsWithRed[x - 1]).length;
      expect([name, runs]).toEqual([name, 3]);
    }
  });

  it('has a close-up, cut to the surroundings of what it shows, with outlines only', async () => {
    const grid: SliceGrid = { size: [100, 100, 100], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] };
    const volume = makeVolume(grid);
    // Near a corner of the grid, where the surroundings end with the images.
    const segments = [segmentOf(grid, 'ball', red, (point) => norm(subtract(point, [10, 12, 80])) < 6.5)];
    const colouredPixels = async (png: Uint8Array) => {
      const { data } = await decodePng(png);
      const all = Array.from({ length: data.length / 4 }, (_, n) => [...data.subarray(4 * n, 4 * n + 3)]);
      const edge = all.filter((pixel) => pixel.join() === red.join()).length;
      const tinted = all.filter(([r, g]) => Math.abs(r! - g!) > 8).length - edge;
      return { edge, tinted };
    };
    const [whole, close] = [await colouredPixels(drawPlanes({ volume, segments })), drawCloseUp({ volume, segments })];
    const cut = await colouredPixels(close);
    expect((await decodePng(close)).width).toBe(720);
    expect(whole.tinted).toBeGreaterThan(0);
    expect(cut.tinted).toBe(0);
    // 6 pixels per mm in place of 4, though the picture is smaller.
    expect(cut.edge).toBeGreaterThan(1.3 * whole.edge);
    expect((await colouredPixels(drawCloseUp({ volume, segments: [] }))).edge).toBe(0);
  });

  it('stays of one size however many segments there are, and whatever they are called', async () => {
    const [, grid] = grids[0]!;
    const many = Array.from({ length: 200 }, (_, index) => ({
      name: `Gehirnstück ${index} 脑 ${'very long '.repeat(9)}`,
      colour: [index, 20, 20] as const,
      volumeMl: 1.5,
      contains: () => false,
      forEach: () => {},
    }));
    const { width, height, texts } = await decodePng(
      drawPicture({ volume: makeVolume(grid), segments: many, maker: 'test' }),
    );
    expect([width, height < 1500, texts]).toEqual([1232, true, []]);
  });
});

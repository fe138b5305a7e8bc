import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../results/syntheticSegments.js';
import type { Segmenter } from '../segmenter/segmenter.js';
import { emptyBits, getBit, setBit } from '../values/maskBits.js';
import type { SlideRegion } from '../values/slide.js';
import { segmentTiles, spansOf } from './segmentTiles.js';

const options = { signal: new AbortController().signal, onProgress: () => {} };

describe('the tiles along an axis', () => {
  it.each([
    [10, 64],
    [64, 64],
    [65, 64],
    [200, 64],
    [1000, 37],
  ])('%i pixels in tiles of %i: every pixel belongs to one tile, and is inside it', (length, side) => {
    const spans = spansOf(length, side);
    expect(spans.map(({ coreStart }) => coreStart)).toEqual([0, ...spans.slice(0, -1).map(({ coreEnd }) => coreEnd)]);
    expect(spans.at(-1)!.coreEnd).toBe(length);
    for (const { start, end, coreStart, coreEnd } of spans) {
      expect(end - start).toBe(Math.min(side, length));
      expect(start).toBeLessThanOrEqual(coreStart);
      expect(coreEnd).toBeLessThanOrEqual(end);
    }
    spans.slice(1).forEach(({ start, coreStart }, n) => {
      // A quarter of the side is shared, so an eighth of it is around every border.
      expect(spans[n]!.end - start).toBeGreaterThanOrEqual(Math.floor(side / 4));
      expect(coreStart - start).toBeGreaterThanOrEqual(Math.floor(side / 8));
    });
  });
});

/** Dark cells on a bright ground, of 90 × 70 pixels. */
function regionOf(isDark: (column: number, row: number) => boolean): SlideRegion {
  const [columns, rows] = [90, 70];
  const values = new Uint8Array(3 * columns * rows).fill(230);
  for (let n = 0; n < columns * rows; n++)
    if (isDark(n % columns, Math.floor(n / columns))) values.fill(60, 3 * n, 3 * n + 3);
  const header = { PatientID: 'PHANTOM-1' };
  return {
    grid: { size: [columns, rows, 1] },
    pixels: { kind: 'colour', values },
    first: [0, 0],
    tiles: [],
    modality: 'SM',
    studyInstanceUID: '2.25.1',
    seriesInstanceUID: '2.25.2',
    sourceImages: [],
    header,
    notes: [],
    slide: {
      columns,
      rows,
      tileColumns: columns,
      tileRows: rows,
      origin: [20, 40],
      orientation: [0, -1, 0, -1, 0, 0],
      betweenRows: 0.001,
      betweenColumns: 0.001,
      frameOfReferenceUID: '2.25.3',
    },
  };
}

/** A model that marks dark pixels; `isBlindNear`: except within so many pixels of an edge of what it sees. */
function darkFinder(isBlindNear = 0): { segmentImage: NonNullable<Segmenter['segmentImage']>; sizes: string[] } {
  const sizes: string[] = [];
  return {
    sizes,
    async segmentImage({ grid, pixels }, targets) {
      const [columns, rows] = grid.size;
      sizes.push(`${columns}×${rows}`);
      const bits = emptyBits(columns * rows);
      const probability = new Uint8Array(columns * rows);
      let marked = 0;
      for (let n = 0; n < columns * rows; n++) {
        const edge = Math.min(n % columns, columns - 1 - (n % columns), Math.floor(n / columns));
        const isBlind = edge < isBlindNear || rows - 1 - Math.floor(n / columns) < isBlindNear;
        if (pixels.values[3 * n]! > 100 || isBlind) continue;
        setBit(bits, n);
        probability[n] = 200;
        marked++;
      }
      const outcomes = targets.map((target) =>
        marked > 0
          ? { target, status: 'found' as const, mask: { grid, bits }, probability, presence: 0.8 }
          : { target, status: 'not-found' as const, reason: `fits ${marked}`, presence: 0.1 },
      );
      return { outcomes, executionProvider: 'cpu', notes: ['of the model'], sessionRunMs: 2 };
    },
  };
}

describe('a region in tiles', () => {
  const cells = (column: number, row: number) => Math.hypot((column % 20) - 10, (row % 20) - 10) < 5;

  it('is marked as if the model had seen it whole, and the model sees images of its own size', async () => {
    const { segmentImage, sizes } = darkFinder();
    const progress: string[] = [];
    const { outcomes, notes, sessionRunMs } = await segmentTiles(
      segmentImage,
      regionOf(cells),
      32,
      [makeTarget('neoplastic cells')],
      { ...options, probabilities: true, onProgress: (done, total) => progress.push(`${done}/${total}`) },
    );
    expect(new Set(sizes)).toEqual(new Set(['32×32']));
    expect(progress.at(-1)).toBe(`${sizes.length}/${sizes.length}`);
    expect(sessionRunMs).toBe(2 * sizes.length);
    expect(notes).toEqual([
      'of the model',
      `The region was segmented in ${sizes.length} overlapping tiles of up to 32 × 32 pixels.`,
    ]);
    const [found] = outcomes;
    if (found?.status !== 'found') throw new Error('not found');
    expect(found.presence).toBe(0.8);
    for (let n = 0; n < 90 * 70; n++) {
      const isDark = cells(n % 90, Math.floor(n / 90));
      expect([n, getBit(found.mask.bits, n), found.probability![n]]).toEqual([n, isDark, isDark ? 200 : 0]);
    }
  });

  it('has no seams where a model is blind near the edges of what it sees', async () => {
    const { outcomes } = await segmentTiles(
      darkFinder(3).segmentImage,
      regionOf(cells),
      32,
      [makeTarget('c')],
      options,
    );
    const [found] = outcomes;
    if (found?.status !== 'found') throw new Error('not found');
    for (let row = 3; row < 67; row++)
      for (let column = 3; column < 87; column++)
        expect([column, row, getBit(found.mask.bits, row * 90 + column)]).toEqual([column, row, cells(column, row)]);
  });

  it('is found if one tile shows the target; else the reason is that of the tiles', async () => {
    const one = await segmentTiles(
      darkFinder().segmentImage,
      regionOf((x, y) => x > 80 && y > 60),
      32,
      [makeTarget('c')],
      options,
    );
    expect(one.outcomes).toMatchObject([{ status: 'found', presence: 0.8 }]);
    const none = await segmentTiles(
      darkFinder().segmentImage,
      regionOf(() => false),
      32,
      [makeTarget('c')],
      options,
    );
    expect(none.outcomes).toMatchObject([{ status: 'not-found', reason: 'fits 0', presence: 0.1 }]);
  });

  it('that is smaller than the image of the model is one tile of its own size', async () => {
    const { segmentImage, sizes } = darkFinder();
    const { notes } = await segmentTiles(segmentImage, regionOf(cells), 128, [makeTarget('c')], options);
    expect([sizes, notes]).toEqual([['90×70'], ['of the model']]);
  });

  it('stops between tiles if it is cancelled', async () => {
    const stopping = new AbortController();
    const { segmentImage, sizes } = darkFinder();
    const running = segmentTiles(segmentImage, regionOf(cells), 32, [makeTarget('c')], {
      signal: stopping.signal,
      onProgress: (done) => done === 2 && stopping.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(sizes).toHaveLength(2);
  });
});

import type { SourceGrid, TileGrid } from '../values/grid.js';
import { emptyBits } from '../values/maskBits.js';
import type { SlideMatrix, SlideRegion } from '../values/slide.js';
import { copyBits } from './packFrames.js';
import type { SegmentOfInput } from './storedFrames.js';

/** Column and row of the first pixel of a tile in the total pixel matrix, from 0. */
export type TilePlace = readonly [column: number, row: number];

/**
 * The tiles of a level that a region touches, row by row: those of the level's own regular raster, so that each frame
 * of a result is on one frame of a TILED_FULL source.
 */
export function tilesOf({ slide, first, grid }: SlideRegion): readonly TilePlace[] {
  const starts = (axis: 0 | 1, length: number): number[] => {
    const from = Math.floor(first[axis] / length);
    const to = Math.floor((first[axis] + grid.size[axis] - 1) / length);
    return Array.from({ length: to - from + 1 }, (_, n) => (from + n) * length);
  };
  const columns = starts(0, slide.tileColumns);
  return starts(1, slide.tileRows).flatMap((row) => columns.map((column): TilePlace => [column, row]));
}

/** Segments of a region on the tiles of {@link tilesOf}, in the place of slices; the rest of a tile is empty. */
export function onTiles(
  region: SlideRegion,
  segments: readonly SegmentOfInput<SourceGrid>[],
): readonly SegmentOfInput<TileGrid>[] {
  const places = tilesOf(region);
  const { tileColumns, tileRows } = region.slide;
  const grid: TileGrid = { size: [tileColumns, tileRows, places.length] };
  const pixels = tileColumns * tileRows * places.length;
  return segments.map(({ mask, probability, ...segment }) => {
    const bits = emptyBits(pixels);
    forEachRun(region, places, (from, to, count) => copyBits(mask.bits, from, bits, to, count));
    if (probability === undefined) return { ...segment, mask: { grid, bits } };
    const tiled = new Uint8Array(pixels);
    forEachRun(region, places, (from, to, count) => tiled.set(probability.subarray(from, from + count), to));
    return { ...segment, mask: { grid, bits }, probability: tiled };
  });
}

/** Runs of pixels that follow each other in the region and in a tile. */
function forEachRun(
  { slide: { tileColumns, tileRows }, first, grid: { size } }: RegionPlace,
  places: readonly TilePlace[],
  copy: (from: number, to: number, count: number) => void,
): void {
  places.forEach(([column, row], tile) => {
    const start = Math.max(column, first[0]);
    const end = Math.min(column + tileColumns, first[0] + size[0]);
    const last = Math.min(row + tileRows, first[1] + size[1]);
    for (let y = Math.max(row, first[1]); y < last; y++) {
      const from = (y - first[1]) * size[0] + start - first[0];
      copy(from, (tile * tileRows + y - row) * tileColumns + start - column, end - start);
    }
  });
}

interface RegionPlace extends Pick<SlideRegion, 'first' | 'grid'> {
  readonly slide: Pick<SlideMatrix, 'tileColumns' | 'tileRows'>;
}

import { throwIfCancelled } from '../platform/errors.js';
import type { Segmenter, SegmenterResult, SegmentOptions, TargetOutcome } from '../segmenter/segmenter.js';
import type { PixelGrid } from '../values/grid.js';
import { countBits, emptyBits, getBit, setBit } from '../values/maskBits.js';
import type { SlideRegion } from '../values/slide.js';
import type { Target } from '../values/target.js';

type SegmentImage = NonNullable<Segmenter['segmentImage']>;

/** A part of an axis that the model sees, and the part of it whose decision counts; ends excluded. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly coreStart: number;
  readonly coreEnd: number;
}

/** Neighbouring tiles share at least this part of their side. */
const leastOverlap = 1 / 4;

/**
 * Tiles along one axis: all of the model's side, evenly distributed; one shorter tile if the axis is shorter. Each
 * pixel belongs to the core of the tile in which it is farthest from an edge.
 */
export function spansOf(length: number, side: number): readonly Span[] {
  if (length <= side) return [{ start: 0, end: length, coreStart: 0, coreEnd: length }];
  const overlap = Math.floor(side * leastOverlap);
  const count = Math.ceil((length - overlap) / (side - overlap));
  const starts = Array.from({ length: count }, (_, n) => Math.round((n * (length - side)) / (count - 1)));
  const border = (n: number): number => Math.round((starts[n - 1]! + side + starts[n]!) / 2);
  return starts.map((start, n) => ({
    start,
    end: start + side,
    coreStart: n === 0 ? 0 : border(n),
    coreEnd: n === count - 1 ? length : border(n + 1),
  }));
}

/**
 * Segments a region of a slide tile by tile, each as an image of the model's own size. Tiles overlap; a pixel takes the
 * decision of the tile in which it is farthest from an edge, where the model sees most around it. No more than one tile
 * is with the model at a time.
 * @param side of a tile in pixels
 * @throws PromptsegError of {@link Segmenter.segmentImage}; `cancelled`
 */
export async function segmentTiles(
  segmentImage: SegmentImage,
  region: SlideRegion,
  side: number,
  targets: readonly Target[],
  { onProgress, ...options }: SegmentOptions,
): Promise<SegmenterResult<PixelGrid>> {
  const [columns, rows] = region.grid.size;
  const across = spansOf(columns, side);
  const tiles = spansOf(rows, side).flatMap((y) => across.map((x) => ({ x, y })));
  const sought = targets.map((target) => startOf(target, columns * rows, options.probabilities ?? false));
  const notes = new Set<string>();
  let [sessionRunMs, done] = [0, 0];
  let executionProvider: SegmenterResult['executionProvider'] = 'cpu';
  for (const { x, y } of tiles) {
    throwIfCancelled(options.signal);
    const result = await segmentImage(cut(region, x, y), targets, { ...options, onProgress: () => {} });
    for (const [n, outcome] of result.outcomes.entries()) take(sought[n]!, outcome, x, y, columns);
    for (const note of result.notes) notes.add(note);
    sessionRunMs += result.sessionRunMs;
    executionProvider = result.executionProvider;
    onProgress(++done, tiles.length);
  }
  return {
    outcomes: sought.map((each) => outcomeOf(each, region.grid, tiles.length)),
    executionProvider,
    sessionRunMs,
    notes: [
      ...notes,
      ...(tiles.length > 1
        ? [`The region was segmented in ${tiles.length} overlapping tiles of up to ${side} × ${side} pixels.`]
        : []),
    ],
  };
}

/** The pixels of one tile as an image of its own. */
function cut(region: SlideRegion, x: Span, y: Span): SlideRegion {
  const columns = region.grid.size[0];
  const size = [x.end - x.start, y.end - y.start, 1] as const;
  const { values } = region.pixels;
  const own = new Uint8Array(3 * size[0] * size[1]);
  for (let row = 0; row < size[1]; row++) {
    const from = 3 * ((y.start + row) * columns + x.start);
    own.set(values.subarray(from, from + 3 * size[0]), 3 * row * size[0]);
  }
  const first = [region.first[0] + x.start, region.first[1] + y.start] as const;
  return { ...region, first, grid: { size }, pixels: { kind: 'colour', values: own } };
}

/** A target, and what was found of it so far. */
interface Sought {
  readonly target: Target;
  readonly bits: Uint8Array;
  readonly probability: Uint8Array | undefined;
  /** The greatest presence of any tile. */
  presence: number | undefined;
  /** Why it was not found, from the tile with the greatest presence. */
  reason: string | undefined;
  readonly reasons: Set<string>;
}

const startOf = (target: Target, pixels: number, probabilities: boolean): Sought => ({
  target,
  bits: emptyBits(pixels),
  probability: probabilities ? new Uint8Array(pixels) : undefined,
  presence: undefined,
  reason: undefined,
  reasons: new Set(),
});

/** Keeps what is in the core of the tile. */
function take(sought: Sought, outcome: TargetOutcome<PixelGrid>, x: Span, y: Span, columns: number): void {
  const isBest = (outcome.presence ?? 0) > (sought.presence ?? -1);
  if (outcome.presence !== undefined && isBest) sought.presence = outcome.presence;
  if (outcome.status === 'not-found') {
    sought.reasons.add(outcome.reason);
    if (isBest || sought.reason === undefined) sought.reason = outcome.reason;
    return;
  }
  const width = x.end - x.start;
  for (let row = y.coreStart; row < y.coreEnd; row++)
    for (let column = x.coreStart; column < x.coreEnd; column++) {
      const within = (row - y.start) * width + column - x.start;
      const pixel = row * columns + column;
      if (getBit(outcome.mask.bits, within)) setBit(sought.bits, pixel);
      if (sought.probability) sought.probability[pixel] = outcome.probability?.[within] ?? 0;
    }
}

function outcomeOf(
  { target, bits, probability, presence, reason, reasons }: Sought,
  grid: PixelGrid,
  tiles: number,
): TargetOutcome<PixelGrid> {
  const stated = presence === undefined ? {} : { presence };
  if (countBits(bits) > 0)
    return { target, status: 'found', mask: { grid, bits }, ...(probability && { probability }), ...stated };
  const why = reason ?? 'The model outlines it only at edges of tiles, where the tiles beside them do not confirm it.';
  return {
    target,
    status: 'not-found',
    reason: reasons.size > 1 ? `Not found in any of ${tiles} tiles; in the one where it fits best: ${why}` : why,
    ...stated,
  };
}

import type { DraftMask } from '#contract/drafts.js';
import type { RegionPrompt } from '#contract/imagePrompts.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import { bitsOfSegment } from '../results/bitsOfSegment.js';
import type { Block, ClickSegmenter, GridPrompt } from '../segmenter/clickable.js';
import type { Mask } from '../values/mask.js';
import { emptyBits, getBit, setBit } from '../values/maskBits.js';
import type { Volume } from '../values/volume.js';
import { closedTo, isClosed, keptOut, type Neighbour } from './amongNeighbours.js';
import type { Correction } from './correctSegment.js';
import { findSeries } from './findSeries.js';
import { readStoredSegmentation } from './readResult.js';
import { type LastSource, retrieveVolume } from './retrieveSource.js';
import { nothingOn, placeClicks } from './segmentByClicks.js';

/** A series whose images are clicked on, for something new. */
export interface ClickedSeries {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly stack?: string | undefined;
}

/** Masks of earlier previews, the newest last: the next one has mostly one click more or one less. */
export interface LastPreviews {
  kept: readonly KeptPreview[];
}

interface KeptPreview {
  /** Of the images and the segment. */
  readonly key: string;
  /** The prompts as JSON, and on the voxels. */
  readonly asked: readonly string[];
  readonly placed: readonly GridPrompt[];
  /** The mask as it was before the first. */
  readonly original: Mask;
  /** What the segment may not grow into. */
  readonly closed: Uint8Array | undefined;
  readonly mask: Mask;
  /** Around everything that may have changed. */
  readonly block: Block | undefined;
}

export interface PreviewSurroundings extends ImageSurroundings {
  readonly lastPreviews: LastPreviews;
  readonly openSegmenter: () => Promise<ClickSegmenter>;
}

interface ImageSurroundings {
  readonly archive: Archive;
  readonly lastSource: LastSource;
  readonly signal: AbortSignal;
}

/** 512 × 512 × 160 voxels are 5 MiB each. */
const mostKept = 8;

/**
 * What clicks, scribbles and lassos make of a segment of a stored result, or of nothing, without storing it: the same
 * mask as `segmentByClicks` stores. Both the images and the masks of the last previews are kept, so that a further one
 * takes no more than its own time.
 *
 * @throws PromptsegError `click-unsuitable`, `segment-not-found`, `result-not-in-archive`, and those of the archive and
 * of {@link retrieveVolume}
 */
export async function previewClicks(
  of: Correction | ClickedSeries,
  clicks: readonly RegionPrompt[],
  { archive, lastSource, lastPreviews, openSegmenter, signal }: PreviewSurroundings,
): Promise<DraftMask['block']> {
  const { series, volume } = await imagesOf(of, { archive, lastSource, signal });
  const placed = placeClicks(clicks, volume);
  const key = JSON.stringify([of, series.numberOfInstances]);
  const asked = clicks.map((prompt) => JSON.stringify(prompt));
  const start = longestStart(lastPreviews.kept, key, asked) ?? (await firstPreview());
  const further = placed.slice(start.placed.length);
  const segmenter = await openSegmenter();
  const { mask, blocks } = await segmenter.correctByClicks(
    volume,
    start.mask,
    further,
    { signal, onProgress: () => {} },
    start.placed,
  );
  const block = [start.block, ...blocks].reduce(around, undefined);
  const { original, closed } = start;
  const now = { key, asked, placed, original, closed, mask, block };
  lastPreviews.kept = [...lastPreviews.kept, now].slice(-mostKept);
  return block && viewBlock(keptOut(original, mask, closed), block, volume);

  async function firstPreview(): Promise<KeptPreview> {
    const { original, closed } =
      'predecessor' in of ? await storedMasks(of) : { original: nothingOn(volume), closed: undefined };
    return { key, asked: [], placed: [], original, closed, mask: original, block: undefined };
  }

  async function storedMasks({ predecessor, segmentNumber, neighbours }: Correction) {
    const stored = await readStoredSegmentation(archive, predecessor, signal);
    if (!stored.segments.some(({ number }) => number === segmentNumber))
      throw new PromptsegError('segment-not-found', `The result has no segment ${segmentNumber}.`);
    const maskOf = (number: number): Mask => bitsOfSegment(stored, number, volume.grid);
    return { original: maskOf(segmentNumber), closed: neighbours && closedTo(neighbours, others()) };

    /** One at a time, and only those that are needed: a result may have a hundred segments. */
    function* others(): Iterable<Neighbour> {
      for (const { number } of stored.segments)
        if (number !== segmentNumber && number !== 0 && isClosed(neighbours!, number))
          yield { number, mask: maskOf(number) };
    }
  }
}

/**
 * Checks that prompts are on the images, without a model.
 * @throws PromptsegError `click-unsuitable`, and those of the archive and of {@link retrieveVolume}
 */
export async function checkClicks(
  of: Correction | ClickedSeries,
  clicks: readonly RegionPrompt[],
  surroundings: ImageSurroundings,
): Promise<void> {
  placeClicks(clicks, (await imagesOf(of, surroundings)).volume);
}

async function imagesOf(of: Correction | ClickedSeries, { archive, lastSource, signal }: ImageSurroundings) {
  const { studyInstanceUID, seriesInstanceUID, stack } = 'predecessor' in of ? of.predecessor : of;
  const series = await findSeries(archive, studyInstanceUID, seriesInstanceUID, signal);
  const { volume } = await retrieveVolume(archive, series, lastSource, { stack, signal, onProgress: () => {} });
  return { series, volume };
}

/** The kept preview with the most of these prompts, and no others. */
function longestStart(kept: readonly KeptPreview[], key: string, asked: readonly string[]): KeptPreview | undefined {
  const isStart = (each: KeptPreview): boolean =>
    each.key === key && each.asked.every((prompt, n) => prompt === asked[n]);
  return kept.filter(isStart).reduce<KeptPreview | undefined>((longest, each) => {
    return longest !== undefined && longest.asked.length >= each.asked.length ? longest : each;
  }, undefined);
}

/** The box around two blocks. */
function around(a: Block | undefined, b: Block | undefined): Block | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const first = a.first.map((at, axis) => Math.min(at, b.first[axis]!));
  const size = first.map((at, axis) => Math.max(a.first[axis]! + a.size[axis]!, b.first[axis]! + b.size[axis]!) - at);
  return { first: [first[0]!, first[1]!, first[2]!], size: [size[0]!, size[1]!, size[2]!] };
}

function viewBlock({ bits }: Mask, { first, size }: Block, { grid, sourceImages }: Volume): DraftMask['block'] {
  const [columns, rows] = grid.size;
  const cut = emptyBits(size[0] * size[1] * size[2]);
  for (let k = 0, n = 0; k < size[2]; k++)
    for (let j = 0; j < size[1]; j++) {
      const line = first[0] + columns * (first[1] + j + rows * (first[2] + k));
      for (let i = 0; i < size[0]; i++, n++) if (getBit(bits, line + i)) setBit(cut, n);
    }
  return {
    first,
    size,
    bits: Buffer.from(cut).toString('base64'),
    images: sourceImages.slice(first[2], first[2] + size[2]).map(({ sopInstanceUID, frameNumber }) => ({
      sopInstanceUID,
      ...(frameNumber !== undefined && { frameNumber }),
    })),
  };
}

import { decodeColours } from '../dicom/decodeColours.js';
import type { InstanceHeader } from '../dicom/instanceHeader.js';
import { type EncodedFrame, instanceOfFrame } from '../dicom/instanceOfFrame.js';
import { requireMemoryFor } from '../platform/availableMemory.js';
import { throwIfCancelled } from '../platform/errors.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { SlideRegion, SlideTile } from '../values/slide.js';
import { chooseSlideRegion, type SlideChoice } from './chooseSlideRegion.js';
import { nameOfImage, requiredUid } from './nameOfImage.js';
import { type MatrixRectangle, readSlideLevels, tilesWithin } from './slideLevels.js';

/** Frames of an instance, in the order of their numbers here. */
export type FramesOf = (sopInstanceUID: string, frameNumbers: readonly number[]) => AsyncIterable<EncodedFrame>;

export interface ReadSlideOptions extends SlideChoice {
  readonly signal: AbortSignal;
  /** Called after each tile. */
  readonly onProgress: (read: number, of: number) => void;
}

/**
 * A rectangle of a whole slide. Only the tiles that it touches are retrieved, and only its own pixels are kept.
 * @param headers of all instances of the series, from their metadata
 * @param naturalize the attributes of the instance of a header, by keyword
 * @throws PromptsegError of `readSlideLevels`, `chooseSlideRegion` and `decodeColours`; `memory-insufficient`;
 * `instance-unreadable`; `cancelled`; and what retrieving throws
 */
export async function readSlideRegion<Header extends InstanceHeader>(
  headers: readonly Header[],
  naturalize: (header: Header) => NaturalizedDataset,
  framesOf: FramesOf,
  { signal, onProgress, ...choice }: ReadSlideOptions,
): Promise<SlideRegion> {
  const { levels, notes: notesOnLevels } = readSlideLevels(headers);
  const { level, first, size, stacks, notes } = chooseSlideRegion(levels, choice);
  const [header] = level.images;
  const { matrix } = level;
  const [columns, rows] = size;
  await requireMemoryFor('the region of the slide', 4 * columns * rows);
  const tiles = tilesWithin(level, { first, size });
  // Where there is no tile, the glass is bare.
  const values = new Uint8Array(3 * columns * rows).fill(255);
  let read = 0;
  const numbers = tiles.map(({ frameNumber }) => frameNumber);
  for await (const frame of framesOf(header.sopInstanceUID, numbers)) {
    throwIfCancelled(signal);
    const colours = await decodeColours(instanceOfFrame(header, frame));
    copyTile(colours, matrix.tileColumns, matrix.tileRows, tiles[read]!, values, { first, size });
    onProgress(++read, tiles.length);
  }
  throwIfCancelled(signal);
  const name = nameOfImage(header);
  const { betweenRows, betweenColumns } = matrix;
  return {
    slide: matrix,
    first,
    tiles,
    grid: { size: [columns, rows, 1] },
    pixels: { kind: 'colour', values },
    pixelSpacing: { betweenRows, betweenColumns, attribute: 'Pixel Spacing' },
    modality: 'SM',
    studyInstanceUID: requiredUid(header.string('x0020000d'), 'Study Instance UID', name),
    seriesInstanceUID: requiredUid(header.string('x0020000e'), 'Series Instance UID', name),
    sourceImages: [{ sopClassUID: header.sopClassUID, sopInstanceUID: header.sopInstanceUID }],
    ...(stacks && { stacks }),
    header: naturalize(header),
    notes: [
      ...notes,
      ...notesOnLevels,
      `Of ${level.description}, ${columns} × ${rows} pixels from column ${first[0] + 1} and row ${first[1] + 1} on ` +
        `were read, from ${tiles.length} tiles.`,
      ...(coversAll(tiles, matrix, { first, size }) ? [] : ['Parts of the region have no tile: taken as bare glass.']),
      ...(header.string('x00282110') === '01' ? ['The image was compressed with loss before it was stored.'] : []),
    ],
  };
}

/** Copies the part of a tile that is in the rectangle. */
function copyTile(
  colours: Uint8Array,
  tileColumns: number,
  tileRows: number,
  { column, row }: SlideTile,
  values: Uint8Array,
  { first, size }: MatrixRectangle,
): void {
  const from = Math.max(column, first[0]);
  const end = Math.min(column + tileColumns, first[0] + size[0]);
  const last = Math.min(row + tileRows, first[1] + size[1]);
  for (let y = Math.max(row, first[1]); y < last; y++) {
    const start = 3 * ((y - row) * tileColumns + from - column);
    values.set(colours.subarray(start, start + 3 * (end - from)), 3 * ((y - first[1]) * size[0] + from - first[0]));
  }
}

/** Whether tiles that do not overlap fill the rectangle. Tiles of TILED_SPARSE may be missing or overlap. */
function coversAll(
  tiles: readonly SlideTile[],
  { tileColumns, tileRows }: { readonly tileColumns: number; readonly tileRows: number },
  { first, size }: MatrixRectangle,
): boolean {
  const within = (start: number, length: number, axis: 0 | 1): number =>
    Math.min(start + length, first[axis] + size[axis]) - Math.max(start, first[axis]);
  const places = new Map(tiles.map((tile) => [`${tile.column},${tile.row}`, tile]));
  let covered = 0;
  for (const { column, row } of places.values()) covered += within(column, tileColumns, 0) * within(row, tileRows, 1);
  return covered >= size[0] * size[1];
}

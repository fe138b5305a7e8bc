import type { ColourPixels, SingleImage } from './singleImage.js';
import type { Volume } from './volume.js';

/**
 * One level of a whole slide: a total pixel matrix that is stored in tiles (PS3.3 section C.8.12.4). Columns and rows
 * of the matrix count from 0 here and from 1 in DICOM.
 */
export interface SlideMatrix {
  readonly columns: number;
  readonly rows: number;
  /** Size of a tile, which is a frame of the instance. */
  readonly tileColumns: number;
  readonly tileRows: number;
  /** Centre of the first pixel in the slide coordinate system: x, y in mm (PS3.3 figure C.8-16). */
  readonly origin: readonly [x: number, y: number];
  /** Image Orientation (Slide) (0048,0102): direction cosines of the rows, then of the columns. */
  readonly orientation: readonly number[];
  /** In mm. */
  readonly betweenRows: number;
  readonly betweenColumns: number;
  /** In mm; absent if the level does not state it. */
  readonly sliceThickness?: number;
  readonly frameOfReferenceUID: string;
}

/** A frame of a level, and the column and row of the total pixel matrix that its first pixel has, from 0. */
export interface SlideTile {
  /** From 1, as DICOM counts. */
  readonly frameNumber: number;
  readonly column: number;
  readonly row: number;
}

/**
 * A rectangle of one level of a whole slide: a colour image whose pixels have a place on the slide, but none in the
 * patient. Its grid is that of the rectangle.
 */
export interface SlideRegion extends SingleImage {
  readonly pixels: ColourPixels;
  readonly slide: SlideMatrix;
  /** Column and row of its first pixel in the total pixel matrix, from 0. */
  readonly first: readonly [column: number, row: number];
  /** The frames that it was read from. */
  readonly tiles: readonly SlideTile[];
}

export const isSlideRegion = (source: Volume | SingleImage): source is SlideRegion => 'slide' in source;

/** Where a pixel of the total pixel matrix is in the slide coordinate system, x and y in mm. */
export function onSlide(
  { origin, orientation, betweenRows, betweenColumns }: SlideMatrix,
  column: number,
  row: number,
): readonly [x: number, y: number] {
  const along = (axis: 0 | 1): number =>
    origin[axis] + column * betweenColumns * orientation[axis]! + row * betweenRows * orientation[axis + 3]!;
  return [along(0), along(1)];
}

/**
 * The place of a point in the total pixel matrix: column and row from 0, fractional. The inverse of {@link onSlide}.
 */
export function inMatrix(
  { origin, orientation, betweenRows, betweenColumns }: SlideMatrix,
  [x, y]: readonly [x: number, y: number],
): readonly [column: number, row: number] {
  const [a, b] = [betweenColumns * orientation[0]!, betweenRows * orientation[3]!];
  const [c, d] = [betweenColumns * orientation[1]!, betweenRows * orientation[4]!];
  const [dx, dy] = [x - origin[0], y - origin[1]];
  const determinant = a * d - b * c;
  return [(d * dx - b * dy) / determinant, (a * dy - c * dx) / determinant];
}

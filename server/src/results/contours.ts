import type { Mask } from '../values/mask.js';
import { hasSetBit } from './packFrames.js';

/**
 * A closed polygon in one slice, its last point joined to the first. A point is [column, row] in pixels, where (0, 0)
 * is the centre of the first pixel: every coordinate is a whole number and a half.
 */
export type Contour = readonly (readonly [column: number, row: number])[];

/** A corner of pixels in the closed path of an outline; (0, 0) is the upper left corner of the first pixel. */
interface Corner {
  readonly x: number;
  readonly y: number;
  next: Corner;
}

/** Steps along the sides of pixels: right, down, left, up. */
const steps = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/**
 * The outlines of a mask in one slice, along the edges of its pixels: they enclose exactly the pixels of the mask, with
 * their full area, and no pixel's centre is on a line. (Marching squares would cut the corners, which for a single
 * pixel is half of its area.)
 *
 * A hole is joined to the outline around it by a keyhole, a channel without width (PS3.3 section C.8.8.6.3), so that
 * every reader that fills polygons one by one shows the hole, whether or not it knows the type CLOSEDPLANAR_XOR. Pixels
 * that touch only at a corner are separate.
 *
 * @param slice index of the slice on the mask's grid
 */
export function contoursOfSlice(mask: Mask, slice: number): Contour[] {
  if (isEmpty(mask, slice)) return [];
  const pixels = unpackSlice(mask, slice);
  const { outlines, upperSides } = traceOutlines(pixels);
  const holes = new Set(outlines.filter((outline) => signedArea(outline) < 0));
  for (const hole of holes) cutKeyhole(hole, pixels, upperSides);
  return outlines.filter((outline) => !holes.has(outline)).map(straightened);
}

/**
 * The same for drawing lines instead of filling areas: holes have outlines of their own, and nothing joins them to the
 * outline around them.
 *
 * @param slice index of the slice on the mask's grid
 */
export const outlinesOfSlice = (mask: Mask, slice: number): Contour[] =>
  isEmpty(mask, slice) ? [] : traceOutlines(unpackSlice(mask, slice)).outlines.map(straightened);

function isEmpty({ grid, bits }: Mask, slice: number): boolean {
  const [columns, rows] = grid.size;
  return !hasSetBit(bits, slice * columns * rows, columns * rows);
}

/** The pixels of a slice, one byte each, with a border of one pixel: pixel (i, j) at i + 1 + width·(j + 1). */
interface Pixels {
  readonly inside: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const isInside = ({ inside, width }: Pixels, i: number, j: number): boolean => inside[i + 1 + width * (j + 1)] === 1;

function unpackSlice({ grid, bits }: Mask, slice: number): Pixels {
  const [columns, rows] = grid.size;
  const [width, height] = [columns + 2, rows + 2];
  const inside = new Uint8Array(width * height);
  let n = slice * columns * rows;
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < columns; i++, n++) inside[i + 1 + width * (j + 1)] = (bits[n >>> 3]! >>> (n & 7)) & 1;
  return { inside, width, height };
}

/** By pixel index: the corner where the upper edge of a pixel of the mask begins, if the pixel above is outside. */
type UpperSides = Map<number, Corner>;

/** Every outline, with the mask on its right: outer ones clockwise on the screen, holes counter-clockwise. */
function traceOutlines(pixels: Pixels): { readonly outlines: readonly Corner[]; readonly upperSides: UpperSides } {
  const outlines: Corner[] = [];
  const upperSides: UpperSides = new Map();
  const { width, height } = pixels;
  for (let j = 0; j < height - 2; j++)
    for (let i = 0; i < width - 2; i++)
      if (isInside(pixels, i, j) && !isInside(pixels, i, j - 1) && !upperSides.has(i + width * j))
        outlines.push(traceOutline(pixels, i, j, upperSides));
  return { outlines, upperSides };
}

/**
 * The outline along the upper edge of pixel (i, j). It has a corner wherever it turns, and at every pixel on its upper
 * edges, where keyholes begin.
 */
function traceOutline(pixels: Pixels, i: number, j: number, upperSides: UpperSides): Corner {
  const start = ringOf(i, j);
  upperSides.set(i + pixels.width * j, start);
  let corner = start;
  let [x, y, direction] = [i, j, 0];
  for (;;) {
    const [dx, dy] = steps[direction]!;
    x += dx;
    y += dy;
    // The two pixels ahead of (x, y), on the right and on the left. Turning right first separates pixels that touch at
    // this corner.
    const right = isInside(pixels, x + (dx - dy - 1) / 2, y + (dx + dy - 1) / 2);
    const left = isInside(pixels, x + (dx + dy - 1) / 2, y + (dy - dx - 1) / 2);
    const turn = right ? (left ? 3 : 0) : 1;
    direction = (direction + turn) % 4;
    if (x === i && y === j && direction === 0) return start;
    if (turn === 0 && direction !== 0) continue;
    corner.next = { x, y, next: start };
    corner = corner.next;
    if (direction === 0) upperSides.set(x + pixels.width * y, corner);
  }
}

/** A path of one corner. */
function ringOf(x: number, y: number): Corner {
  const corner = { x, y } as Corner;
  corner.next = corner;
  return corner;
}

/**
 * Joins a hole to the outline above it: straight up from its highest corner (of several, the leftmost) to the first
 * corner with an outside pixel beside it, and back. That corner belongs to the outline around the hole, or to a hole
 * above, which has its own keyhole.
 */
function cutKeyhole(hole: Corner, pixels: Pixels, upperSides: UpperSides): void {
  let top = hole;
  forEachCorner(hole, (corner) => {
    if (corner.y < top.y || (corner.y === top.y && corner.x < top.x)) top = corner;
  });
  const { x } = top;
  let y = top.y - 1;
  while (isInside(pixels, x - 1, y - 1) && isInside(pixels, x, y - 1)) y--;
  // The corner begins the upper edge of the pixel on its right, or ends that of the pixel on its left.
  const begins = !isInside(pixels, x, y - 1);
  const key = (begins ? x : x - 1) + pixels.width * y;
  const above = begins ? upperSides.get(key)! : upperSides.get(key)!.next;
  const into: Corner = { x, y: top.y, next: top.next };
  const backAbove: Corner = { x: above.x, y: above.y, next: above.next };
  above.next = into;
  top.next = backAbove;
  if (begins) upperSides.set(key, backAbove);
}

function forEachCorner(start: Corner, visit: (corner: Corner) => void): void {
  let corner = start;
  do {
    visit(corner);
    corner = corner.next;
  } while (corner !== start);
}

/** Area in pixels, negative for a hole (shoelace formula). */
function signedArea(start: Corner): number {
  let doubled = 0;
  forEachCorner(start, ({ x, y, next }) => {
    doubled += x * next.y - next.x * y;
  });
  return doubled / 2;
}

/** The corners where the path turns, in pixels from the centre of the first pixel. */
function straightened(start: Corner): Contour {
  const points: [number, number][] = [];
  let before = start;
  forEachCorner(start, (corner) => {
    before = corner; // at the end the last one, which comes before the first
  });
  forEachCorner(start, (corner) => {
    const { x, y, next } = corner;
    const goesOn =
      Math.sign(x - before.x) === Math.sign(next.x - x) && Math.sign(y - before.y) === Math.sign(next.y - y);
    if (!goesOn) points.push([x - 0.5, y - 0.5]);
    before = corner;
  });
  return points;
}

import type { Vector3 } from '../values/affine.js';
import type { Volume } from '../values/volume.js';
import { type Canvas, type Colour, capitalHeight, createCanvas } from './canvas.js';
import { chooseWindow } from './greyWindow.js';
import { type Box, boxAround, boxOf, choosePositions, type Plane, planes, type Shape } from './planes.js';
import { placeFinder, valueAt } from './sampleVolume.js';

/** A segment to draw over the images. */
export interface PictureSegment extends Shape {
  readonly name: string;
  readonly colour: Colour;
  readonly volumeMl: number;
  contains(i: number, j: number, k: number): boolean;
}

export interface PictureInput {
  readonly volume: Volume;
  /** Later ones are drawn over earlier ones. */
  readonly segments: readonly PictureSegment[];
  /** What the planes go through; by default the segments. */
  readonly lookAt?: readonly Shape[];
  /** The model: "ct-tissues 1.0.0". */
  readonly maker: string;
}

const margin = 16;
const gap = 12;
const innerWidth = 1200;
const greatestPanelHeight = 560;
const lineHeight = capitalHeight + 8;
/** A longer legend would be taller than the picture. */
const mostLegendEntries = 60;
const legendColumns = 2;

const paper: Colour = [16, 18, 22];
const ink: Colour = [225, 228, 232];
const dimInk: Colour = [150, 156, 164];
const fillOpacity = 0.35;

/**
 * A picture of a result, as PNG: an axial, a coronal and a sagittal plane through its segments, along the patient's
 * axes and at one scale, each segment in its colour, and a legend with names and volumes. Contains no patient data as
 * text.
 */
export const drawPicture = (input: PictureInput): Uint8Array => compose(input).png();

/** The same picture as pixels: red, green and blue, row by row. */
export function drawPixels(input: PictureInput): { width: number; height: number; rgb: Uint8Array } {
  const canvas = compose(input);
  return { width: canvas.width, height: canvas.height, rgb: canvas.rgb() };
}

function compose({ volume, segments, lookAt = segments, maker }: PictureInput): Canvas {
  const panels = drawPanels(volume, segments, lookAt, innerWidth, greatestPanelHeight);
  const legendRows = Math.ceil(Math.min(segments.length, mostLegendEntries + 1) / legendColumns);
  const panelHeight = Math.max(...panels.map(({ height }) => height));
  const panelTop = margin + lineHeight;
  const legendTop = panelTop + panelHeight + gap;
  const canvas = createCanvas(innerWidth + 2 * margin, legendTop + (legendRows + 1) * lineHeight + margin);
  canvas.fill(0, 0, canvas.width, canvas.height, paper);

  let left = margin;
  for (const panel of panels) {
    canvas.text(left, margin, capitalized(panel.plane.name), ink);
    canvas.image(left, panelTop, panel.width, panel.pixels);
    drawLetters(canvas, panel, left, panelTop);
    left += panel.width + gap;
  }
  drawLegend(canvas, legendTop, segments);
  const footer = `Research use only. Promptseg, ${maker}`;
  canvas.text(margin, canvas.height - margin - capitalHeight, footer, dimInk);
  return canvas;
}

/** The three planes with the letters of the patient's sides, and nothing else, as PNG. */
export function drawPlanes({ volume, segments }: Pick<PictureInput, 'volume' | 'segments'>): Uint8Array {
  return sideBySide(drawPanels(volume, segments, segments, innerWidth, greatestPanelHeight), innerWidth);
}

/** Of a close-up. */
const [closeUpWidth, closeUpHeight, surroundingsMm] = [720, 300, 15];

/**
 * The planes through the largest part of `lookAt`, cut to the segments' surroundings of 15 mm, with the segments as
 * outlines: the images stay visible. A PNG of 720 pixels in width.
 */
export function drawCloseUp({ volume, segments, lookAt = segments }: Omit<PictureInput, 'maker'>): Uint8Array {
  const box = boxAround(volume.grid, segments, surroundingsMm);
  return sideBySide(
    drawPanels(volume, segments, lookAt, closeUpWidth, closeUpHeight, { box, opacity: 0 }),
    closeUpWidth,
  );
}

function sideBySide(panels: readonly DrawnPanel[], width: number): Uint8Array {
  const canvas = createCanvas(width, Math.max(...panels.map(({ height }) => height)));
  canvas.fill(0, 0, canvas.width, canvas.height, paper);
  let left = 0;
  for (const panel of panels) {
    canvas.image(left, 0, panel.width, panel.pixels);
    drawLetters(canvas, panel, left, 0);
    left += panel.width + gap;
  }
  return canvas.png();
}

/** Twice the display size in lists, for high-resolution screens. */
const thumbnailWidth = 480;
const thumbnailHeight = 176;

/** The same three planes without text, as PNG of 480 × 176 pixels: a preview for lists. */
export function drawThumbnail({ volume, segments }: Pick<PictureInput, 'volume' | 'segments'>): Uint8Array {
  const panels = drawPanels(volume, segments, segments, thumbnailWidth, thumbnailHeight);
  const canvas = createCanvas(thumbnailWidth, thumbnailHeight);
  canvas.fill(0, 0, canvas.width, canvas.height, [0, 0, 0]);
  const width = panels.reduce((sum, panel) => sum + panel.width + gap, -gap);
  let left = Math.floor((thumbnailWidth - width) / 2);
  for (const panel of panels) {
    canvas.image(left, Math.floor((thumbnailHeight - panel.height) / 2), panel.width, panel.pixels);
    left += panel.width + gap;
  }
  return canvas.png();
}

interface DrawnPanel extends Panel {
  /** Red, green and blue, row by row. */
  readonly pixels: Uint8Array;
}

/** Draws the three planes through `lookAt` side by side. */
function drawPanels(
  volume: Volume,
  segments: readonly PictureSegment[],
  lookAt: readonly Shape[],
  width: number,
  height: number,
  { box = boxOf(volume.grid), opacity = fillOpacity }: { readonly box?: Box; readonly opacity?: number } = {},
): readonly DrawnPanel[] {
  const positions = choosePositions(volume.grid, lookAt);
  const scale = pixelsPerMm(box, width, height);
  const panels = planes.map((plane) => samplePanel(plane, box, positions, scale, volume));
  const window = chooseWindow(volume, shownValues(panels));
  const inverted = volume.header.PhotometricInterpretation === 'MONOCHROME1';
  return panels.map((panel) => {
    const pixels = greyPixels(panel, window, inverted);
    for (const segment of segments) drawSegment(pixels, panel, segment, opacity);
    return { ...panel, pixels };
  });
}

/** The scale at which all three planes fit side by side. */
function pixelsPerMm({ low, high }: Box, width: number, height: number): number {
  const [x, y, z] = [high[0] - low[0], high[1] - low[1], high[2] - low[2]];
  return Math.min((width - 2 * gap) / (2 * x + y), height / Math.max(y, z));
}

/** A plane with the voxel and the value of each pixel, row by row. */
interface Panel {
  readonly plane: Plane;
  readonly width: number;
  readonly height: number;
  /** The cell that each pixel belongs to: pixels side by side with one nearest voxel. 0 outside the images. */
  readonly cells: Int32Array;
  /** Column, row and slice of each cell's voxel, three numbers per cell; -1 for cell 0. */
  readonly voxels: readonly number[];
  /** NaN outside the images. */
  readonly values: Float32Array;
}

function samplePanel(plane: Plane, { low, high }: Box, positions: Vector3, scale: number, volume: Volume): Panel {
  const { across, rightwards, downwards, flipped } = plane;
  const width = Math.max(1, Math.floor((high[rightwards] - low[rightwards]) * scale));
  const height = Math.max(1, Math.floor((high[downwards] - low[downwards]) * scale));
  const placeOf = placeFinder(volume.grid);
  const cells = new Int32Array(width * height);
  const voxels = [-1, -1, -1];
  const values = new Float32Array(width * height).fill(Number.NaN);
  const point: [number, number, number] = [0, 0, 0];
  point[across] = positions[across];
  for (let pixel = 0; pixel < width * height; pixel++) {
    const down = (Math.floor(pixel / width) + 0.5) / scale;
    point[rightwards] = low[rightwards] + ((pixel % width) + 0.5) / scale;
    point[downwards] = flipped ? high[downwards] - down : low[downwards] + down;
    const place = placeOf(point);
    if (place === undefined) continue;
    values[pixel] = valueAt(volume, place);
    const [i, j, k] = [Math.round(place.i), Math.round(place.j), place.between < 0.5 ? place.lower : place.upper];
    const isOf = (cell: number): boolean =>
      voxels[3 * cell] === i && voxels[3 * cell + 1] === j && voxels[3 * cell + 2] === k;
    const before = pixel % width > 0 ? cells[pixel - 1]! : 0;
    const above = pixel >= width ? cells[pixel - width]! : 0;
    if (isOf(before)) cells[pixel] = before;
    else if (isOf(above)) cells[pixel] = above;
    else {
      cells[pixel] = voxels.length / 3;
      voxels.push(i, j, k);
    }
  }
  return { plane, width, height, cells, voxels, values };
}

function shownValues(panels: readonly Panel[]): Float32Array {
  const all = new Float32Array(panels.reduce((sum, { values }) => sum + values.length, 0));
  let count = 0;
  for (const { values } of panels)
    for (let pixel = 0; pixel < values.length; pixel++)
      if (!Number.isNaN(values[pixel]!)) all[count++] = values[pixel]!;
  return all.subarray(0, count);
}

/** Red, green and blue of each pixel. */
function greyPixels(
  { values }: Panel,
  { black, white }: { black: number; white: number },
  inverted: boolean,
): Uint8Array {
  const pixels = new Uint8Array(3 * values.length);
  for (let pixel = 0; pixel < values.length; pixel++) {
    const value = values[pixel]!;
    const brightness = Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, (value - black) / (white - black)));
    const grey = Math.round(255 * (inverted && !Number.isNaN(value) ? 1 - brightness : brightness));
    pixels[3 * pixel] = grey;
    pixels[3 * pixel + 1] = grey;
    pixels[3 * pixel + 2] = grey;
  }
  return pixels;
}

/**
 * Fills the segment with its colour, partly transparent, and draws its outline on its outermost pixels. Of many
 * segments most are not in a plane: those cost a look at each cell.
 */
function drawSegment(
  pixels: Uint8Array,
  { width, height, cells, voxels }: Panel,
  segment: PictureSegment,
  fill: number,
): void {
  const inside = new Uint8Array(voxels.length / 3);
  let isSeen = false;
  for (let cell = 1; cell < inside.length; cell++) {
    if (!segment.contains(voxels[3 * cell]!, voxels[3 * cell + 1]!, voxels[3 * cell + 2]!)) continue;
    inside[cell] = 1;
    isSeen = true;
  }
  if (!isSeen) return;
  const isInside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && inside[cells[x + width * y]!] === 1;
  const [red, green, blue] = segment.colour;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (!isInside(x, y)) continue;
      const isEdge = !isInside(x - 1, y) || !isInside(x + 1, y) || !isInside(x, y - 1) || !isInside(x, y + 1);
      const opacity = isEdge ? 1 : fill;
      const at = 3 * (x + width * y);
      pixels[at] = Math.round((1 - opacity) * pixels[at]! + opacity * red);
      pixels[at + 1] = Math.round((1 - opacity) * pixels[at + 1]! + opacity * green);
      pixels[at + 2] = Math.round((1 - opacity) * pixels[at + 2]! + opacity * blue);
    }
}

/** Labels the sides of the patient at the edges. */
function drawLetters(canvas: Canvas, { plane, width, height }: Panel, left: number, top: number): void {
  const [atLeft, atRight, atTop, atBottom] = plane.letters;
  const middle = top + Math.floor((height - capitalHeight) / 2);
  const centre = left + Math.floor(width / 2);
  const box = capitalHeight + 4;
  for (const [letter, middleX, y] of [
    [atLeft, left + 2 + box / 2, middle],
    [atRight, left + width - 2 - box / 2, middle],
    [atTop, centre, top + 4],
    [atBottom, centre, top + height - capitalHeight - 4],
  ] as const) {
    canvas.fill(middleX - box / 2, y - 2, box, box, [0, 0, 0]);
    canvas.text(middleX - canvas.widthOf(letter) / 2, y, letter, ink);
  }
}

function drawLegend(canvas: Canvas, top: number, segments: readonly PictureSegment[]): void {
  const columnWidth = Math.floor(innerWidth / legendColumns);
  const swatch = capitalHeight;
  const place = (index: number) => ({
    x: margin + (index % legendColumns) * columnWidth,
    y: top + Math.floor(index / legendColumns) * lineHeight,
  });
  for (const [index, { name, colour, volumeMl }] of segments.slice(0, mostLegendEntries).entries()) {
    const { x, y } = place(index);
    canvas.fill(x, y, swatch, swatch, colour);
    const rounded = volumeMl.toPrecision(3);
    const volume = `${rounded.includes('e') ? Math.round(volumeMl) : Number(rounded)} mL`;
    const room = columnWidth - swatch - 3 * gap - canvas.widthOf(` ${volume}`);
    canvas.text(x + swatch + 8, y, `${shortened(canvas, name, room)} ${volume}`, ink);
  }
  const more = segments.length - mostLegendEntries;
  if (more > 0) {
    const { x, y } = place(mostLegendEntries);
    canvas.text(x, y, `and ${more} more`, dimInk);
  }
}

/** Shortens a text to the width in pixels, with an ellipsis. */
function shortened(canvas: Canvas, name: string, width: number): string {
  if (canvas.widthOf(name) <= width) return name;
  const characters = Array.from(name.slice(0, 500));
  let [fits, tooMany] = [1, characters.length];
  const cut = (count: number): string => `${characters.slice(0, count).join('').trimEnd()}…`;
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (canvas.widthOf(cut(middle)) <= width) fits = middle;
    else tooMany = middle;
  }
  return cut(fits);
}

const capitalized = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

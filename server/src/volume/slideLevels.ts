import { colourInterpretations } from '../dicom/decodeColours.js';
import type { InstanceHeader } from '../dicom/instanceHeader.js';
import { PromptsegError } from '../platform/errors.js';
import type { SlideMatrix, SlideTile } from '../values/slide.js';
import { nameOfImage, requiredUid } from './nameOfImage.js';
import { wholeSlideStorage } from './sopClasses.js';

/** One level of a whole slide, from its header alone. */
export interface SlideLevel<Header extends InstanceHeader = InstanceHeader> {
  /** "level-1" is the finest. */
  readonly id: string;
  /** "level 1, 4096 × 3072 pixels of 0.25 µm" */
  readonly description: string;
  /** The instance, as one image to choose. */
  readonly images: readonly [Header];
  readonly matrix: SlideMatrix;
}

export interface SlideLevels<Header extends InstanceHeader> {
  /** Finest first; at least one. */
  readonly levels: readonly SlideLevel<Header>[];
  /** What was left out, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * The levels of a whole slide (PS3.3 section C.8.12.4.1.1). Images of the label, which may name the patient, and of the
 * whole glass are left out.
 * @throws PromptsegError `series-without-images`; if no level can be read, the reason of the first:
 * `image-kind-unsupported` (several optical paths or planes of focus, a level in several instances),
 * `photometric-unsupported` (not in colour), `instance-unreadable` (no geometry)
 */
export function readSlideLevels<Header extends InstanceHeader>(headers: readonly Header[]): SlideLevels<Header> {
  const slides = headers.filter(({ sopClassUID }) => sopClassUID === wholeSlideStorage);
  const levels = slides.filter((header) => !isOfGlass(header));
  const read = levels.map((header) => readOrRefuse(header));
  const readable = read.flatMap((each) => ('matrix' in each ? [each] : []));
  const refused = read.flatMap((each) => ('refusal' in each ? [each.refusal] : []));
  if (readable.length === 0)
    throw refused[0] ?? new PromptsegError('series-without-images', 'The series holds no level of a whole slide.');
  const size = ({ columns, rows }: SlideMatrix) => columns * rows;
  const sorted = readable.sort((one, other) => size(other.matrix) - size(one.matrix));
  const leftOut = slides.length - levels.length;
  return {
    levels: sorted.map(({ header, matrix }, index) => ({
      id: `level-${index + 1}`,
      description: describe(index + 1, matrix),
      images: [header],
      matrix,
    })),
    notes: [
      ...(leftOut > 0 ? [`Left out: ${leftOut} images of the slide's label or of the whole glass.`] : []),
      ...refused.map(({ message }) => `Left out: ${message}`),
    ],
  };
}

/** Image Type value 3 (PS3.3 section C.8.12.4.1.1). */
const isOfGlass = (header: InstanceHeader): boolean =>
  ['LABEL', 'OVERVIEW'].includes(header.strings('x00080008')[2] ?? '');

const describe = (number: number, { columns, rows, betweenColumns }: SlideMatrix): string =>
  `level ${number}, ${columns} × ${rows} pixels of ${Number((1000 * betweenColumns).toPrecision(3))} µm`;

function readOrRefuse<Header extends InstanceHeader>(
  header: Header,
): { readonly header: Header; readonly matrix: SlideMatrix } | { readonly refusal: PromptsegError } {
  try {
    return { header, matrix: readMatrix(header) };
  } catch (error) {
    if (error instanceof PromptsegError) return { refusal: error };
    throw error;
  }
}

function readMatrix(header: InstanceHeader): SlideMatrix {
  const name = nameOfImage(header);
  requireOnePlane(header, name);
  const { photometricInterpretation, samplesPerPixel } = header;
  if (samplesPerPixel !== 3 || !colourInterpretations.includes(photometricInterpretation))
    throw new PromptsegError('photometric-unsupported', `${name} is not in colour, as a stained slide is.`);
  const origin = header.items('x00480008')[0];
  const measures = header.items('x52009229')[0]?.items('x00289110')[0];
  const thickness = measures?.numberIfSound('x00180050');
  const matrix = {
    columns: whole(header.number('x00480006')),
    rows: whole(header.number('x00480007')),
    tileColumns: whole(header.columns),
    tileRows: whole(header.rows),
    origin: [origin?.number('x0040072a') ?? Number.NaN, origin?.number('x0040073a') ?? Number.NaN] as const,
    orientation: header.numbers('x00480102'),
    betweenRows: measures?.numbers('x00280030')[0] ?? Number.NaN,
    betweenColumns: measures?.numbers('x00280030')[1] ?? Number.NaN,
    ...(thickness !== undefined && thickness > 0 && { sliceThickness: thickness }),
    frameOfReferenceUID: requiredUid(header.string('x00200052'), 'Frame of Reference UID', name),
  };
  if (!isSound(matrix))
    throw new PromptsegError(
      'instance-unreadable',
      `${name} does not say where on the slide its pixels are: size, origin, orientation or spacing of its total ` +
        'pixel matrix is missing or absurd.',
    );
  return matrix;
}

const whole = (value: number | undefined): number =>
  value !== undefined && Number.isInteger(value) && value > 0 && value < 2 ** 31 ? value : Number.NaN;

function isSound({ origin, orientation, betweenRows, betweenColumns, ...sizes }: SlideMatrix): boolean {
  const [a, b, , c, d] = orientation as number[];
  const isLength = (value: number) => value > 1e-6 && value < 10;
  return (
    [sizes.columns, sizes.rows, sizes.tileColumns, sizes.tileRows, ...origin].every(Number.isFinite) &&
    isLength(betweenRows) &&
    isLength(betweenColumns) &&
    orientation.length === 6 &&
    // In the plane of the slide, and perpendicular.
    Math.abs(Math.abs(a! * d! - b! * c!) - 1) < 1e-3
  );
}

function requireOnePlane(header: InstanceHeader, name: string): void {
  const paths = header.numberIfSound('x00480302') ?? header.items('x00480105').length;
  const planes = header.numberIfSound('x00480303') ?? 1;
  const what =
    paths > 1
      ? `${paths} optical paths`
      : planes > 1
        ? `${planes} planes of focus`
        : header.string('x00209161') !== undefined
          ? 'only a part of a level (a concatenation)'
          : undefined;
  if (what === undefined) return;
  throw new PromptsegError('image-kind-unsupported', `${name} holds ${what}, which cannot be read.`);
}

/** A rectangle of the total pixel matrix, columns and rows from 0. */
export interface MatrixRectangle {
  readonly first: readonly [column: number, row: number];
  readonly size: readonly [columns: number, rows: number];
}

/**
 * The frames that a rectangle touches: of TILED_FULL by their order, else by Plane Position (Slide) of each frame
 * (PS3.3 section C.7.6.17.3).
 * @throws PromptsegError `instance-unreadable` if the frames are not as many as the tiles, or do not say where they are
 */
export function tilesWithin(
  { images: [header], matrix }: SlideLevel,
  { first, size }: MatrixRectangle,
): readonly SlideTile[] {
  const { tileColumns, tileRows } = matrix;
  const touches = ({ column, row }: SlideTile): boolean =>
    column < first[0] + size[0] &&
    row < first[1] + size[1] &&
    column + tileColumns > first[0] &&
    row + tileRows > first[1];
  const isFull = header.string('x00209311') === 'TILED_FULL';
  return isFull ? regularTiles(header, matrix, { first, size }) : placedTiles(header).filter(touches);
}

function regularTiles(
  header: InstanceHeader,
  { columns, rows, tileColumns, tileRows }: SlideMatrix,
  { first, size }: MatrixRectangle,
): SlideTile[] {
  const across = Math.ceil(columns / tileColumns);
  if (header.numberOfFrames !== across * Math.ceil(rows / tileRows))
    throw new PromptsegError(
      'instance-unreadable',
      `${nameOfImage(header)} has ${header.numberOfFrames} frames, which are not the tiles of its total pixel matrix.`,
    );
  const range = (axis: 0 | 1, length: number): number[] => {
    const from = Math.floor(first[axis] / length);
    const to = Math.floor((first[axis] + size[axis] - 1) / length);
    return Array.from({ length: to - from + 1 }, (_, n) => from + n);
  };
  return range(1, tileRows).flatMap((y) =>
    range(0, tileColumns).map((x) => ({ frameNumber: y * across + x + 1, column: x * tileColumns, row: y * tileRows })),
  );
}

function placedTiles(header: InstanceHeader): SlideTile[] {
  const frames = header.items('x52009230');
  const tiles = frames.map((frame, index) => {
    const place = frame.items('x0048021a')[0];
    const [column, row] = [place?.number('x0048021e'), place?.number('x0048021f')];
    return { frameNumber: index + 1, column: (column ?? Number.NaN) - 1, row: (row ?? Number.NaN) - 1 };
  });
  if (tiles.length === header.numberOfFrames && tiles.every(({ column, row }) => Number.isInteger(column + row)))
    return tiles;
  throw new PromptsegError('instance-unreadable', `${nameOfImage(header)} does not say where each of its tiles is.`);
}

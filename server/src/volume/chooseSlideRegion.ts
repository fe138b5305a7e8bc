import type { SlideRegionRequest } from '#contract/slideRegion.js';
import type { InstanceHeader } from '../dicom/instanceHeader.js';
import { PromptsegError } from '../platform/errors.js';
import { inMatrix, type SlideMatrix } from '../values/slide.js';
import type { StackSummary } from '../values/volume.js';
import { chooseStack } from './chooseStack.js';
import type { MatrixRectangle, SlideLevel } from './slideLevels.js';

/**
 * 8192 × 8192 pixels: 201 MB in colour, and 100 tiles or more of a model of 1024 × 1024. Whatever the size of the
 * slide, no more is ever in memory.
 */
export const maximumRegionPixels = 2 ** 26;

export interface SlideChoice {
  /** Id of the level, or SOP Instance UID; absent: the one on which the region comes nearest to `modelSize`. */
  readonly stack?: string | undefined;
  /** Absent: the whole level. */
  readonly region?: SlideRegionRequest | undefined;
  /** Side of the model's images, in pixels. */
  readonly modelSize: number;
}

export interface ChosenSlideRegion<Header extends InstanceHeader> extends MatrixRectangle {
  readonly level: SlideLevel<Header>;
  /** All levels; absent if there is only one. */
  readonly stacks?: readonly StackSummary[];
  readonly notes: readonly string[];
}

/**
 * The level and the rectangle of it to read.
 * @param levels at least one
 * @throws PromptsegError `stack-not-found`, `slide-level-needed`, `slide-region-outside`, `slide-region-too-large`
 */
export function chooseSlideRegion<Header extends InstanceHeader>(
  levels: readonly SlideLevel<Header>[],
  { stack: wanted, region, modelSize }: SlideChoice,
): ChosenSlideRegion<Header> {
  if (region?.unit === 'pixels' && wanted === undefined) throw levelNeeded();
  // On a logarithmic scale, so that half and double are equally far.
  const distance = ({ matrix }: SlideLevel): number => {
    const { size } = rectangleOn(matrix, region);
    return Math.abs(Math.log2(Math.max(...size, 1) / modelSize)) + (size[0] * size[1] > maximumRegionPixels ? 1e6 : 0);
  };
  const ranked = [...levels].sort((one, other) => distance(one) - distance(other));
  const byUID = levels.find(({ images: [header] }) => header.sopInstanceUID === wanted);
  const { stack: level, ...choice } = chooseStack(ranked, byUID?.id ?? wanted, {
    what: 'levels',
    rule: `nearest to the model's images of ${modelSize} × ${modelSize} pixels`,
  });
  const rectangle = rectangleOn(level.matrix, region);
  requireInside(rectangle, level.matrix);
  requireFits(rectangle);
  return { level, ...rectangle, ...choice };
}

/** The part of the region within the matrix; of size 0 if there is none. */
function rectangleOn(matrix: SlideMatrix, region: SlideRegionRequest | undefined): MatrixRectangle {
  const { columns, rows } = matrix;
  if (region === undefined) return { first: [0, 0], size: [columns, rows] };
  const [from, to] =
    region.unit === 'pixels'
      ? [
          [region.column - 1, region.row - 1],
          [region.column + region.columns - 2, region.row + region.rows - 2],
        ]
      : cornersInMatrix(matrix, region);
  const clip = (value: number, length: number): number => Math.min(Math.max(value, 0), length);
  const first = [clip(from![0]!, columns), clip(from![1]!, rows)] as const;
  const end = [clip(to![0]! + 1, columns), clip(to![1]! + 1, rows)] as const;
  return { first, size: [Math.max(0, end[0] - first[0]), Math.max(0, end[1] - first[1])] };
}

/**
 * The pixels whose centres are in a rectangle of the slide coordinate system: on a turned level, in the rectangle of
 * the matrix around it. At least one pixel each way.
 */
function cornersInMatrix(
  matrix: SlideMatrix,
  { from, to }: Extract<SlideRegionRequest, { unit: 'mm' }>,
): readonly [readonly number[], readonly number[]] {
  const corners = [from, to, [from[0], to[1]] as const, [to[0], from[1]] as const].map((corner) =>
    inMatrix(matrix, corner),
  );
  const along = (axis: 0 | 1): readonly [first: number, last: number] => {
    const values = corners.map((corner) => corner[axis]);
    // A tolerance for decimal fractions of a mm that mean a pixel's centre.
    const [first, last] = [Math.ceil(Math.min(...values) - 1e-3), Math.floor(Math.max(...values) + 1e-3)];
    const nearest = Math.round((values[0]! + values[1]!) / 2);
    return first <= last ? [first, last] : [nearest, nearest];
  };
  const [columns, rows] = [along(0), along(1)];
  return [
    [columns[0], rows[0]],
    [columns[1], rows[1]],
  ];
}

export const levelNeeded = (): PromptsegError =>
  new PromptsegError('slide-level-needed', 'A region in pixels needs the level of the slide that they are of.');

function requireInside({ size }: MatrixRectangle, { columns, rows }: SlideMatrix): void {
  if (size[0] > 0 && size[1] > 0) return;
  throw new PromptsegError(
    'slide-region-outside',
    `No pixel of the level is in the region; the level has ${columns} × ${rows} pixels.`,
    { details: { columns, rows } },
  );
}

function requireFits({ size: [columns, rows] }: MatrixRectangle): void {
  if (columns * rows <= maximumRegionPixels) return;
  throw new PromptsegError(
    'slide-region-too-large',
    `The region has ${columns} × ${rows} pixels on this level; at most ${maximumRegionPixels} are read.`,
    { details: { columns, rows, limit: maximumRegionPixels } },
  );
}

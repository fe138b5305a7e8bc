import type { ImageKind, ImageShows } from '#contract/imageShows.js';
import { throwIfCancelled } from '../../platform/errors.js';
import { apply, invert, type Vector3 } from '../../values/affine.js';
import type { HeightOfPlace, HeightRange } from '../../values/heights.js';
import type { EvenVolume } from '../../values/volume.js';
import { corrupt } from '../corruptPackage.js';
import type { FloatTensor, ManyOutputGraph } from '../onnxRuntime.js';
import type { FieldOfViewManifest } from '../packages/fieldOfViewPackage.js';
import { fitHeights, type HeightFit } from './fitHeights.js';
import { networkImage, normalized } from './networkImage.js';
import { type SmallImage, shrink } from './smallImage.js';
import { combined, rotations, sizeAfter, type Turn, turnToPatient } from './turns.js';

/** Where in the standard body a volume is: the heights of the ends of what shows a body. */
export interface SeenBody extends HeightRange, Pick<HeightFit, 'confidence' | 'spread'> {
  readonly heightOf: HeightOfPlace;
}

/** What a network makes of a volume, without regard to what the volume's attributes say. */
export interface SeenVolume {
  /** The likeliest. */
  readonly kind: ImageKind;
  readonly probabilities: ReadonlyMap<ImageKind, number>;
  readonly orientation: ImageShows['orientation'];
  /** Absent if the orientation is unknown, or nothing shows a body. */
  readonly body?: SeenBody;
}

/**
 * Looks at a volume as its attributes orient it and, if it does not stand so, in the other 23 ways.
 *
 * @throws PromptsegError `cancelled`; `model-package-corrupt` if an output has another shape than the manifest says
 */
export async function lookAtVolume(
  graph: ManyOutputGraph,
  manifest: FieldOfViewManifest,
  volume: Pick<EvenVolume, 'grid' | 'voxels'>,
  signal: AbortSignal,
): Promise<SeenVolume> {
  const small = await shrink(volume, manifest.spacingMillimetres, signal);
  const image = { ...small, values: normalized(small, manifest) };
  const toPatient = turnToPatient(volume.grid.voxelToLps);
  const look = (rotation: Turn) => lookOnce(graph, manifest, image, combined(toPatient, rotation));

  const asStated = await look(rotations[0]!);
  const { kind, probabilities } = asStated;
  const seen = { kind, probabilities };
  if (kind === 'other') return { ...seen, orientation: { status: 'unknown' } };
  if (asStated.upright >= manifest.thresholds.upright)
    return { ...seen, orientation: { status: 'as-stated' }, ...bodyOf(asStated, manifest, small, volume) };

  let best = { ...asStated, rotation: rotations[0]! };
  for (const rotation of rotations.slice(1)) {
    throwIfCancelled(signal);
    const looked = await look(rotation);
    if (looked.upright > best.upright) best = { ...looked, rotation };
  }
  if (best.upright < manifest.thresholds.upright) return { ...seen, orientation: { status: 'unknown' } };
  return {
    kind: best.kind,
    probabilities: best.probabilities,
    orientation: { status: 'differs', head: sideOf(best.rotation, 2), front: sideOf(best.rotation, 1) },
    ...bodyOf(best, manifest, small, volume),
  };
}

interface Look {
  /** From the axes of the volume. */
  readonly turn: Turn;
  readonly kind: ImageKind;
  readonly probabilities: ReadonlyMap<ImageKind, number>;
  readonly upright: number;
  readonly height: FloatTensor;
}

async function lookOnce(
  graph: ManyOutputGraph,
  { graph: file, kinds, bins, rowSlices, ...manifest }: FieldOfViewManifest,
  { values, size }: SmallImage,
  turn: Turn,
): Promise<Look> {
  const image = networkImage(values, size, turn, manifest);
  const { height, kind, upright } = await graph.runAll({ image }, ['height', 'kind', 'upright']);
  requireShape(file, 'height', height!, [1, bins.count + 1, Math.ceil(image.dims[4]! / rowSlices)]);
  requireShape(file, 'kind', kind!, [1, kinds.length]);
  requireShape(file, 'upright', upright!, [1, 1]);
  const likeliest = kind!.data.indexOf(Math.max(...kind!.data));
  return {
    turn,
    kind: kinds[likeliest]!,
    probabilities: new Map(kinds.map((each, n) => [each, Math.min(1, Math.exp(kind!.data[n]!))])),
    upright: upright!.data[0]!,
    height: height!,
  };
}

function requireShape(file: string, name: string, { dims }: FloatTensor, expected: readonly number[]): void {
  if (dims.join() === expected.join()) return;
  throw corrupt(file, `gives ${name} of shape ${dims.join('×')} where ${expected.join('×')} is expected`);
}

function bodyOf(
  { height, turn }: Look,
  { bins, rowSlices, spacingMillimetres }: FieldOfViewManifest,
  small: SmallImage,
  { grid }: Pick<EvenVolume, 'grid'>,
): { body?: SeenBody } {
  const slices = sizeAfter(small.size, turn)[2];
  const rows = {
    logProbabilities: height.data,
    count: height.dims[2]!,
    shown: Math.ceil(slices / rowSlices),
    slicesPerRow: rowSlices,
    spacing: spacingMillimetres,
  };
  const fit = fitHeights(rows, bins);
  if (fit === undefined) return {};
  const { first, perSlice, confidence, spread } = fit;
  const heightOfEdge = (edge: number): number => first + perSlice * (edge - 0.5);
  return {
    body: {
      confidence,
      spread,
      low: heightOfEdge(fit.rows.first * rowSlices),
      high: heightOfEdge(Math.min(slices, (fit.rows.last + 1) * rowSlices)),
      heightOf: heightOfPlace(first, perSlice, turn, small, grid),
    },
  };
}

/** Slice z of the turned image is at voxel start + n·step along one axis of the volume; n = z, or from the end. */
function heightOfPlace(
  first: number,
  perSlice: number,
  { axes, reversed }: Turn,
  { size, start, step }: SmallImage,
  { voxelToLps }: EvenVolume['grid'],
): HeightOfPlace {
  const axis = axes[2];
  const perVoxel = (reversed[2] ? -perSlice : perSlice) / step[axis];
  const atFirst = reversed[2] ? first + perSlice * (size[axis] - 1) : first;
  const toVoxel = invert(voxelToLps);
  const gradient = [0, 1, 2].map((lps) => perVoxel * toVoxel[4 * axis + lps]!) as unknown as Vector3;
  const voxelAtOrigin = apply(toVoxel, [0, 0, 0])[axis];
  return { gradient, atOrigin: atFirst + perVoxel * (voxelAtOrigin - start[axis]) };
}

const sides = [
  ['right', 'left'],
  ['front', 'back'],
  ['head', 'feet'],
] as const;

/** Where an axis of the upright image points to, by the attributes. */
const sideOf = ({ axes, reversed }: Turn, axis: 1 | 2) => sides[axes[axis]]![reversed[axis] ? 1 : 0]!;

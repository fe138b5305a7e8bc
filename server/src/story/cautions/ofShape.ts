import { type Caution, type Place, patientSides } from '#contract/caution.js';
import type { FoundFinding } from '#contract/finding.js';
import { type ComponentSize, sizesOfComponents, sizesOfGaps } from '../../segmenter/connectedComponents.js';
import { column, type Vector3 } from '../../values/affine.js';
import { voxelVolumeMl } from '../../values/grid.js';
import type { Mask } from '../../values/mask.js';
import { getBit } from '../../values/maskBits.js';
import type { Volume } from '../../values/volume.js';
import { percent, placeOf } from './place.js';
import { inOnePiece, neverWhole, solid } from './structureFacts.js';

/** With fewer slices, the end slices are a large part of the volume. */
const leastSlices = 4;
/** Of the voxels in the largest piece. */
const leastInOnePiece = 0.95;
/** Of the volume; smaller cavities are noise of the boundary. */
const leastHoles = 0.02;

/**
 * Cautions from the shape of a mask: cut off by the edge of the images, on few slices, in several pieces or with
 * cavities.
 */
export function cautionsOfShape(finding: FoundFinding, mask: Mask, volume: Volume): Caution[] {
  return [...cutOff(finding, mask, volume), ...fewSlices(finding, volume), ...piecesAndHoles(finding, mask, volume)];
}

function cutOff({ target, boundingBox: { first, last } }: FoundFinding, mask: Mask, volume: Volume): Caution[] {
  if (neverWhole.has(target.code.value)) return [];
  const { size } = volume.grid;
  const touched = ([0, 1, 2] as const).flatMap((axis) => [
    ...(first[axis] === 0 ? [{ axis, at: 0, sign: -1 }] : []),
    ...(last[axis] === size[axis] - 1 ? [{ axis, at: size[axis] - 1, sign: 1 }] : []),
  ]);
  if (touched.length === 0) return [];
  const sides = touched.map(({ axis, sign }) => sideAlong(volume, axis, sign));
  const places = touched
    .flatMap(({ axis, at }) => middleOfLayer(mask, axis, at))
    .map((voxel) => placeOf(volume, voxel));
  const text = `The edge of the images cuts it off (${sides.join(', ')}): its figures are those of the part shown.`;
  return [{ code: 'cut-off', text, sides, places }];
}

/** The side of the patient that an axis of the grid points to most nearly. */
function sideAlong({ grid }: Volume, axis: 0 | 1 | 2, sign: number): (typeof patientSides)[number] {
  const direction = column(grid.voxelToLps, axis);
  const along = direction.map(Math.abs);
  const nearest = along.indexOf(Math.max(...along));
  return patientSides[2 * nearest + (direction[nearest]! * sign > 0 ? 1 : 0)]!;
}

/** The middle of the mask on one layer across an axis; nothing if it has no voxel there. */
function middleOfLayer({ grid: { size }, bits }: Mask, axis: 0 | 1 | 2, at: number): Vector3[] {
  const [from, to] = [[0, 0, 0], size.map((length) => length - 1)];
  from[axis] = at;
  to[axis] = at;
  const sum = [0, 0, 0];
  let count = 0;
  for (let k = from[2]!; k <= to[2]!; k++)
    for (let j = from[1]!; j <= to[1]!; j++)
      for (let i = from[0]!; i <= to[0]!; i++)
        if (getBit(bits, i + size[0] * (j + size[1] * k))) {
          sum[0]! += i;
          sum[1]! += j;
          sum[2]! += k;
          count++;
        }
  return count === 0 ? [] : [[sum[0]! / count, sum[1]! / count, sum[2]! / count]];
}

function fewSlices({ boundingBox: { first, last } }: FoundFinding, volume: Volume): Caution[] {
  const count = last[2] - first[2] + 1;
  if (count >= leastSlices) return [];
  const middle = ([0, 1, 2] as const).map((axis) => (first[axis] + last[axis]) / 2) as unknown as Vector3;
  const text = `It is on ${count === 1 ? 'one slice' : `${count} slices`} only, so its volume is rough.`;
  return [{ code: 'few-slices', text, count, places: [placeOf(volume, middle)] }];
}

function piecesAndHoles(finding: FoundFinding, mask: Mask, volume: Volume): Caution[] {
  const { code, laterality, anatomicRegion } = finding.target;
  if (!inOnePiece.has(code.value) || anatomicRegion !== undefined) return [];
  const blocks = blocksOf(finding, mask);
  const cautions: Caution[] = [];

  const pieces = sizesOfComponents(blocks.counts, blocks.size, 'corners').sort(bySize);
  const expected = laterality === 'both' ? 2 : 1;
  const share = pieces.slice(0, expected).reduce((sum, { count }) => sum + count, 0) / finding.voxelCount;
  if (pieces.length > expected && share < leastInOnePiece)
    cautions.push({
      code: 'pieces',
      text:
        `It is in ${pieces.length} pieces; ` +
        `the ${expected === 1 ? 'largest has' : 'two largest have'} ${percent(share)} of it.`,
      count: pieces.length,
      share,
      places: pieces.slice(expected, expected + most).map(({ first }) => placeOfBlock(blocks, first, volume)),
    });

  if (!solid.has(code.value)) return cautions;
  const outside = 0;
  const holes = sizesOfGaps(blocks.counts, blocks.size, 'faces')
    .filter(({ first }) => first !== outside)
    .sort(bySize);
  const volumeMl = holes.reduce((sum, { count }) => sum + count, 0) * blocks.step ** 3 * voxelVolumeMl(volume.grid);
  if (volumeMl >= leastHoles * (finding.volumeMl ?? 0) && holes.length > 0)
    cautions.push({
      code: 'holes',
      text: `It has ${holes.length === 1 ? 'a cavity' : `${holes.length} cavities`} of ${volumeMl.toPrecision(2)} mL.`,
      count: holes.length,
      volumeMl,
      places: holes.slice(0, most).map(({ first }) => placeOfBlock(blocks, first, volume)),
    });
  return cautions;
}

/** Maximum number of places in one caution. */
const most = 3;

/** A mask within its bounding box, in blocks of step³ voxels, with an empty block around. */
interface Blocks {
  readonly size: Vector3;
  readonly step: number;
  /** First voxel of the bounding box. */
  readonly origin: Vector3;
  /** Voxels of the mask in each block. */
  readonly counts: Uint16Array;
}

/** More would need too much memory; larger masks are looked at in blocks, which closes gaps narrower than a block. */
const mostBlocks = 4_000_000;

function blocksOf({ boundingBox: { first, last } }: FoundFinding, { grid, bits }: Mask): Blocks {
  const lengths = ([0, 1, 2] as const).map((axis) => last[axis] - first[axis] + 1);
  const step = Math.max(1, Math.ceil(Math.cbrt(lengths.reduce((product, length) => product * length, 1) / mostBlocks)));
  const size = lengths.map((length) => Math.ceil(length / step) + 2) as unknown as Vector3;
  const counts = new Uint16Array(size[0] * size[1] * size[2]);
  const columnOf = Uint16Array.from({ length: lengths[0]! }, (_, i) => 1 + Math.floor(i / step));
  for (let k = first[2]; k <= last[2]; k++)
    for (let j = first[1]; j <= last[1]; j++) {
      const [row, layer] = [1 + Math.floor((j - first[1]) / step), 1 + Math.floor((k - first[2]) / step)];
      const line = size[0] * (row + size[1] * layer);
      const begin = first[0] + grid.size[0] * (j + grid.size[1] * k);
      const end = begin + lengths[0]!;
      for (let n = begin; n < end; n++) {
        // Most bytes of a bounding box are empty.
        const byte = bits[n >>> 3]! >>> (n & 7);
        if (byte === 0) n |= 7;
        else if ((byte & 1) === 1) counts[line + columnOf[n - begin]!]!++;
      }
    }
  return { size, step, origin: first, counts };
}

/** The largest first. */
const bySize = (a: ComponentSize, b: ComponentSize): number => b.count - a.count;

function placeOfBlock({ size, step, origin }: Blocks, block: number, volume: Volume): Place {
  const line = Math.floor(block / size[0]);
  const at = [block % size[0], line % size[1], Math.floor(line / size[1])];
  const voxel = ([0, 1, 2] as const).map((axis) => origin[axis] + (at[axis]! - 1) * step) as unknown as Vector3;
  return placeOf(volume, voxel);
}

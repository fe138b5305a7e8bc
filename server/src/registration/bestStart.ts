import { type Affine, apply, fromAxes, scale, subtract, type Vector3 } from '../values/affine.js';
import { cornersOf, voxelCentre } from '../values/grid.js';
import type { CoarseImage } from './coarseImage.js';
import { compareImages, type Similarity } from './similarity.js';

/** A shift of the later image with which a registration begins. */
export interface Start {
  readonly nowToBefore: Affine;
  readonly similarity: Similarity;
}

/** A start at which the images share less says little. */
const leastOverlap = 0.4;
/** Steps along the patient: a registration finds its way over half of one. */
const stepMm = 24;
/** Of the voxels, each second along each axis. */
const stride = 2;

/**
 * The shift at which the images are most alike: none; one that puts the centres of the images, or of the patient in
 * them, on each other; or that with steps along the patient, for images that cover other parts of him.
 * @returns undefined if the patient is in neither, or in only one of the images
 */
export function bestStart(now: CoarseImage, before: CoarseImage): Start | undefined {
  const [patientNow, patientBefore] = [centreOfPatient(now), centreOfPatient(before)];
  if (patientNow === undefined || patientBefore === undefined) return undefined;
  const centred = subtract(patientBefore, patientNow);
  const reach = Math.max(heightOf(now), heightOf(before)) / 2;
  const steps = Array.from(
    { length: 2 * Math.floor(reach / stepMm) + 1 },
    (_, n) => stepMm * (n - Math.floor(reach / stepMm)),
  );
  const shifts: readonly Vector3[] = [
    [0, 0, 0],
    subtract(centreOf(before), centreOf(now)),
    ...steps.map((step): Vector3 => [centred[0], centred[1], centred[2] + step]),
  ];
  const similarityFor = compareImages(now, before, stride);
  const starts = shifts.map((shift) => {
    const nowToBefore = fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 1], shift);
    return { nowToBefore, similarity: similarityFor(nowToBefore) };
  });
  const worth = ({ similarity: { information, overlap } }: Start): number =>
    overlap < leastOverlap ? overlap - 1 : information;
  return starts.reduce((best, start) => (worth(start) > worth(best) ? start : best));
}

/** Centre of what is above air, LPS mm; undefined if all of the image is above air, or nothing. */
export function centreOfPatient({ grid, voxels, airBelow }: CoarseImage): Vector3 | undefined {
  const [columns, rows] = grid.size;
  let [count, x, y, z] = [0, 0, 0, 0];
  voxels.forEach((value, n) => {
    if (value < airBelow) return;
    count++;
    x += n % columns;
    y += Math.floor(n / columns) % rows;
    z += Math.floor(n / (columns * rows));
  });
  if (count === 0) return undefined;
  return apply(grid.voxelToLps, [x / count, y / count, z / count]);
}

const centreOf = ({ grid }: CoarseImage): Vector3 =>
  apply(grid.voxelToLps, scale([grid.size[0] - 1, grid.size[1] - 1, grid.size[2] - 1], 0.5));

function heightOf({ grid }: CoarseImage): number {
  const heights = cornersOf(grid).map((corner) => voxelCentre(grid, corner)[2]);
  return Math.max(...heights) - Math.min(...heights);
}

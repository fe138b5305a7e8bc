import type { Registration } from '#contract/registration.js';
import { type Affine, apply, column, norm, subtract } from '../values/affine.js';
import { patientAxes } from '../values/patientAxes.js';
import { bestStart, centreOfPatient, type Start } from './bestStart.js';
import type { CoarseImage } from './coarseImage.js';
import { registerWithElastix } from './elastix.js';
import { compareImages, type Similarity } from './similarity.js';
import { unusedRegistration } from './unusedRegistration.js';

/** Along each axis. With fewer there is no slope to follow. */
const fewestVoxels = 4;
/** Of the smaller image. */
const leastOverlap = 0.4;
/** Normalised mutual information. */
const leastInformation = 1.15;
const mostDegrees = 30;
/** Beyond the start, which is a shift already. */
const mostMm = 80;
/** By which the mirror image has to fit better, in normalised mutual information: of a symmetrical body both fit. */
const mirrorMargin = 0.02;

/**
 * The rigid motion from the later images to the earlier ones, or why none is to be used.
 *
 * Its limits are of what synthetic images showed (registerRigidly.test.ts), not of patients.
 */
export async function registerRigidly(now: CoarseImage, before: CoarseImage): Promise<Registration> {
  const start = [now, before].every(showsEnough) ? bestStart(now, before) : undefined;
  if (start === undefined) return unusedRegistration('shows-too-little');
  if (start.similarity.overlap < leastOverlap) return unusedRegistration('overlaps-little');

  const found = await registerFrom(start, now, before);
  const centre = centreOfPatient(now)!;
  const turnedDegrees = degreesOf(found.nowToBefore);
  const movedMm = norm(subtract(apply(found.nowToBefore, centre), apply(start.nowToBefore, centre)));
  if (turnedDegrees > mostDegrees || movedMm > mostMm) return unusedRegistration('moves-far');
  const { information, overlap } = found.similarity;
  if (overlap < leastOverlap) return unusedRegistration('overlaps-little');
  if (information < leastInformation || information < found.atStart.information) return unusedRegistration('not-alike');
  if (await fitsMirrored(information, now, before)) return unusedRegistration('mirrored');

  const shiftedMm = norm(subtract(apply(found.nowToBefore, centre), centre));
  return {
    status: 'used',
    text:
      'Matched by place after rigid registration of the images ' +
      `(turned ${turnedDegrees.toFixed(1)} degrees, shifted ${Math.round(shiftedMm)} mm).`,
    nowToBefore: [...found.nowToBefore],
    turnedDegrees,
    shiftedMm,
    information,
    overlap,
  };
}

interface Registered {
  readonly nowToBefore: Affine;
  readonly similarity: Similarity;
  readonly atStart: Similarity;
}

async function registerFrom(start: Start, now: CoarseImage, before: CoarseImage): Promise<Registered> {
  const similarityFor = compareImages(now, before);
  const nowToBefore = await registerWithElastix(now, before, column(start.nowToBefore, 3));
  return { nowToBefore, similarity: similarityFor(nowToBefore), atStart: similarityFor(start.nowToBefore) };
}

const showsEnough = ({ grid, voxels }: CoarseImage): boolean =>
  grid.size.every((voxelsAlong) => voxelsAlong >= fewestVoxels) && voxels.some((value) => value !== voxels[0]);

/** Whether the mirror image of the earlier images, right for left, fits clearly better. */
async function fitsMirrored(information: number, now: CoarseImage, before: CoarseImage): Promise<boolean> {
  const mirrored = mirroredImage(before);
  const start = bestStart(now, mirrored);
  if (start === undefined || start.similarity.overlap < leastOverlap) return false;
  try {
    const { similarity } = await registerFrom(start, now, mirrored);
    return similarity.overlap >= leastOverlap && similarity.information > information + mirrorMargin;
  } catch {
    // elastix gives up on images that move apart: they do not fit.
    return false;
  }
}

/** With left and right exchanged, as far as its axes go. */
function mirroredImage(image: CoarseImage): CoarseImage {
  const { size, voxelToLps } = image.grid;
  const [axis] = patientAxes(voxelToLps);
  const step = [1, size[0], size[0] * size[1]][axis]!;
  const along = size[axis];
  const voxels = image.voxels.map((_, n, all) => {
    const place = Math.floor(n / step) % along;
    return all[n + (along - 1 - 2 * place) * step]!;
  });
  return { ...image, voxels };
}

/** The angle of the rotation: its trace is 1 + 2·cos. */
function degreesOf(m: Affine): number {
  const cosine = (m[0] + m[5] + m[10] - 1) / 2;
  return (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
}

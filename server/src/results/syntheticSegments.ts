/** Made-up volumes, masks and targets for the tests of this folder. */

import { type Affine, cross, fromAxes, normalize, scale, type Vector3 } from '../values/affine.js';
import { type Grid, type SliceGrid, voxelCount } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { SingleImage } from '../values/singleImage.js';
import type { Target } from '../values/target.js';
import type { Volume } from '../values/volume.js';
import type { SegmentationInput } from './encodeSegmentation.js';

/** Numbers 0–1, the same for the same seed (linear congruential, modulus 2³²). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A random rotation, either handedness, random spacing; sheared along the slice axis where asked for. */
export function randomGrid(next: () => number, size: Vector3, sheared = false): Grid {
  const vector = (): Vector3 => [next() - 0.5, next() - 0.5, next() - 0.5];
  const x = normalize(vector());
  const normal = normalize(cross(x, vector()));
  const y = scale(cross(normal, x), next() < 0.5 ? 1 : -1);
  const z = sheared ? normalize([normal[0] + 0.3 * y[0], normal[1] + 0.3 * y[1], normal[2] + 0.3 * y[2]]) : normal;
  const origin = scale(vector(), 500);
  const voxelToLps: Affine = fromAxes(
    scale(x, 0.3 + next()),
    scale(y, 0.3 + next()),
    scale(z, (next() < 0.5 ? 1 : -1) * (0.5 + 4 * next())),
    origin,
  );
  return { size, voxelToLps };
}

/**
 * Voxels set with the given probability, only in slices that `hasContent` says yes to; the first of those gets at least
 * one.
 */
export function randomMask(
  grid: SliceGrid,
  next: () => number,
  hasContent: (slice: number) => boolean,
  density = 0.2,
): Mask {
  const bits = new Uint8Array(Math.ceil(voxelCount(grid) / 8));
  const frameVoxels = grid.size[0] * grid.size[1];
  for (let slice = 0, touched = false; slice < grid.size[2]; slice++) {
    if (!hasContent(slice)) continue;
    for (let voxel = slice * frameVoxels; voxel < (slice + 1) * frameVoxels; voxel++) {
      if (touched && next() >= density) continue;
      touched = true;
      bits[voxel >> 3]! |= 1 << (voxel & 7);
    }
  }
  return { grid, bits };
}

export const header: NaturalizedDataset = {
  SpecificCharacterSet: 'ISO_IR 192',
  PatientName: [{ Alphabetic: 'Phantom^Test' }],
  PatientID: 'PHANTOM-1',
  PatientBirthDate: '19700101',
  PatientSex: 'O',
  StudyDate: '20200102',
  StudyTime: '112233',
  StudyID: '7',
  AccessionNumber: '',
  ReferringPhysicianName: '',
  SeriesNumber: 4,
  Manufacturer: 'Phantom Works',
  ManufacturerModelName: 'Scanner 1',
  TimezoneOffsetFromUTC: '+0100',
};

export function makeVolume(grid: SliceGrid, changes: Partial<Volume> = {}): Volume {
  return {
    grid,
    voxels: new Int16Array(voxelCount(grid)),
    unit: 'HU',
    modality: 'CT',
    studyInstanceUID: '2.25.1001',
    seriesInstanceUID: '2.25.1002',
    frameOfReferenceUID: '2.25.1003',
    sourceImages: Array.from({ length: grid.size[2] }, (_, slice) => ({
      sopClassUID: '1.2.840.10008.5.1.4.1.1.2',
      sopInstanceUID: `2.25.2000${slice}`,
      display: { rescale: { slope: 1, intercept: 0, type: 'HU' }, toVoxels: { slope: 1, intercept: 0 } },
    })),
    header,
    notes: [],
    ...changes,
  };
}

export function makeTarget(name: string, changes: Partial<Target['concept']> = {}): Target {
  return {
    id: name,
    name,
    prompt: name,
    concept: {
      category: { value: '123037004', scheme: 'SCT', meaning: 'Anatomical Structure' },
      type: { value: '39607008', scheme: 'SCT', meaning: 'Lung' },
      displayColour: [197, 165, 145],
      ...changes,
    },
  };
}

export function makeInput<Source extends Volume | SingleImage>(
  source: Source,
  masks: readonly Mask<Source['grid']>[],
): SegmentationInput<Source> {
  return {
    source,
    segments: masks.map((mask, index) => ({ target: makeTarget(`target ${index + 1}`), mask })),
    algorithm: {
      name: 'CT tissues',
      version: '1.0.0',
      familyCode: { value: '123105', scheme: 'DCM', meaning: 'Histogram Analysis' },
    },
    identifiers: { seriesInstanceUID: '2.25.3001', sopInstanceUID: '2.25.3002' },
    seriesDescription: 'lungs, bone',
    createdAt: new Date('2026-11-22T04:05:06.789Z'),
  };
}

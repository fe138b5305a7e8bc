import { type Affine, cross, fromAxes, normalize, scale, type Vector3 } from '../values/affine.js';
import { type Grid, voxelCount } from '../values/grid.js';
import type { Target } from '../values/target.js';
import type { EvenVolume } from '../values/volume.js';
import type { SegmentOptions } from './segmenter.js';

/** A grid with random axes: in any orientation, sheared up to about 20°, often left-handed, with odd and even sizes. */
export function randomGrid(random: () => number): Grid {
  const axis = (): Vector3 => {
    const z = 2 * random() - 1;
    const angle = 2 * Math.PI * random();
    const radius = Math.sqrt(1 - z * z);
    return [radius * Math.cos(angle), radius * Math.sin(angle), z];
  };
  const x = axis();
  const y = normalize(cross(x, axis()));
  const straight = normalize(cross(x, y));
  const shear = 0.36 * (random() - 0.5);
  const z = normalize([straight[0] + shear * y[0], straight[1] + shear * y[1], straight[2] + shear * y[2]]);
  const spacing = () => 0.8 + 1.4 * random();
  const hand = random() < 0.5 ? -1 : 1;
  const origin: Vector3 = [200 * (random() - 0.5), 200 * (random() - 0.5), 200 * (random() - 0.5)];
  const size = () => 26 + Math.floor(14 * random());
  return {
    size: [size(), size(), size()],
    voxelToLps: fromAxes(scale(x, spacing()), scale(y, spacing()), scale(z, hand * spacing()), origin),
  };
}

/** A matrix with axes along the patient's axes, in random order and direction. */
export function alignedMatrix(random: () => number, spacing: Vector3): Affine {
  const order = [0, 1, 2].sort(() => random() - 0.5);
  const axes = order.map((patientAxis, n) => {
    const vector: [number, number, number] = [0, 0, 0];
    vector[patientAxis] = random() < 0.5 ? -spacing[n]! : spacing[n]!;
    return vector;
  });
  return fromAxes(axes[0]!, axes[1]!, axes[2]!, [13.7, -41.3, 9.1]);
}

/** A volume without patient, study or images. */
export function volumeOn(
  grid: Grid,
  voxels: Int16Array | Float32Array = new Float32Array(voxelCount(grid)),
): EvenVolume {
  return {
    grid,
    voxels,
    unit: 'arbitrary',
    modality: 'MR',
    studyInstanceUID: '2.25.1',
    seriesInstanceUID: '2.25.2',
    frameOfReferenceUID: '2.25.3',
    sourceImages: [],
    header: {},
    notes: [],
  };
}

export const concept = {
  category: { value: '91723000', scheme: 'SCT', meaning: 'Anatomical Structure' },
  type: { value: 'T', scheme: '99PROMPTSEG', meaning: 'T' },
  displayColour: [1, 2, 3],
} as const;

/** A target whose id is also its name and code. */
export const target = (id: string): Target => ({
  id,
  name: id,
  prompt: id,
  concept: { ...concept, type: { value: id, scheme: '99PROMPTSEG', meaning: id } },
});

/** Options without cancellation or progress. */
export const quiet = (): SegmentOptions => ({ signal: new AbortController().signal, onProgress: () => undefined });

/** The fields that manifests of all families have. */
export const anyManifest = {
  schema: 'promptseg-model/1',
  version: '1.0.0',
  source: { description: 'Made for a test.' },
  licence: { spdx: 'Apache-2.0' },
  intendedUse: 'Tests.',
  researchUseOnly: true,
  algorithm: { name: 'test', version: '1', familyCode: { value: '123110', scheme: 'DCM', meaning: 'AI' } },
  evaluation: [],
  selfTest: { minimumDice: 0.9 },
};

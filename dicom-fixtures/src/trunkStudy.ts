import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Grid } from '../../server/src/values/grid.js';
import { createSeries } from './createSeries.js';
import { loadLabelledInstances, loadLabelledTruth, writeLabelledStudy } from './labelledStudy.js';

/** A demo study (labelledStudy.ts): a synthetic CT from liver dome to hips, axial, JPEG-LS. */
export const trunkStudyFolder = path.resolve(import.meta.dirname, '../generated/trunk-ct');

export const loadTrunkTruth = () => loadLabelledTruth(trunkStudyFolder);
export const loadTrunkInstances = () => loadLabelledInstances(trunkStudyFolder);

/** HU of one stored unit: `STEP_HU` of models/tools/body/demo_study.py. */
const slope = 7;

/** The series of these voxels (HU in steps of 7, from -1024, in the grid's order). */
export function createTrunkSeries(voxels: Int16Array, grid: Grid): Promise<Uint8Array[]> {
  const [columns, rows] = grid.size;
  return createSeries({
    name: 'Trunk CT portal phase',
    study: 'Synthetic trunk CT',
    modality: 'CT',
    grid,
    valueAt: (i, j, k) => voxels[i + columns * (j + rows * k)]!,
    slope: () => slope,
    intercept: () => -1024,
    bitsStored: 12,
    signed: false,
    compression: 'jpeg-ls',
    attributes: () => ({
      PatientName: 'Phantom^Trunk',
      PatientID: 'PHANTOM-TRUNK-1',
      StudyDescription: 'Synthetic trunk CT',
      SeriesDescription: 'Trunk CT portal phase (synthetic)',
      BodyPartExamined: 'ABDOMENPELVIS',
      ContrastBolusAgent: 'simulated',
      WindowCenter: 40,
      WindowWidth: 400,
    }),
  });
}

/** Writes the shipped study from a folder with `voxels.i16` and `truth/`. */
export async function writeTrunkStudy(source: string): Promise<void> {
  const bytes = Uint8Array.from(readFileSync(path.join(source, 'voxels.i16')));
  const instances = await createTrunkSeries(new Int16Array(bytes.buffer), loadLabelledTruth(source).grid);
  writeLabelledStudy(instances, source, trunkStudyFolder);
}

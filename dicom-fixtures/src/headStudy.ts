import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Grid } from '../../server/src/values/grid.js';
import { createSeries } from './createSeries.js';
import { loadLabelledInstances, loadLabelledTruth, writeLabelledStudy } from './labelledStudy.js';

/** A demo study (labelledStudy.ts): a synthetic T1-like MR of a head, oblique sagittal, JPEG-LS. */
export const headStudyFolder = path.resolve(import.meta.dirname, '../generated/head-mr');

export const loadHeadTruth = () => loadLabelledTruth(headStudyFolder);
export const loadHeadInstances = () => loadLabelledInstances(headStudyFolder);

/** The series of these voxels (stored values of 12 bits, in the grid's order). The same voxels give the same bytes. */
export function createHeadSeries(voxels: Uint16Array, grid: Grid): Promise<Uint8Array[]> {
  const [columns, rows] = grid.size;
  return createSeries({
    name: 'Head T1 sagittal oblique',
    study: 'Synthetic head MR',
    modality: 'MR',
    grid,
    valueAt: (i, j, k) => voxels[i + columns * (j + rows * k)]!,
    bitsStored: 12,
    signed: false,
    compression: 'jpeg-ls',
    attributes: () => ({
      PatientName: 'Phantom^Head',
      PatientID: 'PHANTOM-HEAD-1',
      StudyDescription: 'Synthetic head MR',
      SeriesDescription: 'Head T1 sagittal oblique (synthetic)',
      BodyPartExamined: 'HEAD',
    }),
  });
}

/** Writes the shipped study from a folder with `voxels.u16` and `truth/`. */
export async function writeHeadStudy(source: string): Promise<void> {
  const bytes = Uint8Array.from(readFileSync(path.join(source, 'voxels.u16')));
  const instances = await createHeadSeries(new Uint16Array(bytes.buffer), loadLabelledTruth(source).grid);
  writeLabelledStudy(instances, source, headStudyFolder);
}

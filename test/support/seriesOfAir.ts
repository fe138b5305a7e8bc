import { createSeries } from '../../dicom-fixtures/src/createSeries.js';

/** A CT of air: it shows no target of any model. */
export const seriesOfAir = (): Promise<Uint8Array[]> =>
  createSeries({
    name: 'air',
    modality: 'CT',
    grid: { size: [32, 32, 4], voxelToLps: [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] },
    valueAt: () => -1000,
  });

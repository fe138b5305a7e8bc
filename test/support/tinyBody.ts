import { createSeries, type SeriesOptions } from '../../dicom-fixtures/src/createSeries.js';

/**
 * A CT of a body without organs in six small slices, for tests that run jobs but do not look at masks. A job for "body"
 * on it costs a tenth of one on the small phantom.
 */
export const tinyBody = (name: string, attributes: SeriesOptions['attributes'] = () => ({})): Promise<Uint8Array[]> =>
  createSeries({
    name,
    modality: 'CT',
    grid: { size: [16, 16, 6], voxelToLps: [20, 0, 0, 0, 0, 20, 0, 0, 0, 0, 20, 0, 0, 0, 0, 1] },
    valueAt: (i, j) => (Math.hypot(i - 7.5, j - 7.5) < 5 ? 40 : -1000),
    attributes,
  });

import { expect, it } from '@jest/globals';
import { createSeries, type SeriesOptions } from './createSeries.js';

const options: SeriesOptions = {
  name: 'test',
  modality: 'CT',
  grid: { size: [2, 2, 2], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] },
  valueAt: () => 4096,
};

it('refuses values that do not fit the stored bits', async () => {
  await expect(createSeries({ ...options, bitsStored: 12, signed: false })).rejects.toThrow(RangeError);
  await expect(createSeries({ ...options, bitsStored: 13, signed: true })).rejects.toThrow(
    /\(0, 0, 0\).*4096.*13 bits/,
  );
  await expect(createSeries({ ...options, bitsStored: 13, signed: false })).resolves.toHaveLength(2);
});

it('shares the study between series of one study name', async () => {
  const uids = async (name: string) =>
    new Set(
      Buffer.from((await createSeries({ ...options, name, study: 'one' }))[0]!)
        .toString('latin1')
        .match(/2\.25\.\d+/g),
    );
  const [first, second] = [await uids('first'), await uids('second')];
  // The implementation class and the study.
  expect([...first].filter((uid) => second.has(uid))).toHaveLength(2);
});

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { maskOfSegment } from '../../server/src/results/maskOfSegment.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { volumeOfFolder } from './encodeSeries.js';

/** Labels of an NRRD file of shorts, columns fastest; the file's grid is that of the images. */
async function readLabels(file: string): Promise<Int16Array> {
  const bytes = await readFile(file);
  const headerEnd = bytes.indexOf('\n\n') + 2;
  const isCompressed = bytes.subarray(0, headerEnd).includes('encoding: gzip');
  const data = isCompressed ? gunzipSync(bytes.subarray(headerEnd)) : bytes.subarray(headerEnd);
  return new Int16Array(Uint8Array.from(data).buffer);
}

describeWithSharedData('segmentations that dcmqi made', ['seg_dcmqi'], ([folder]) => {
  const segmentations = path.join(folder!, 'data/segmentations');

  // frames of 23 × 38 pixels do not end at a byte
  it.each(['23x38x3', '24x38x3'])('%s is read as the labels that it was made from', async (name) => {
    const { grid } = await volumeOfFolder(path.join(segmentations, name, 'image'));
    const labels = await readLabels(path.join(segmentations, name, 'nrrd/label.nrrd'));
    const read = readSegmentation(await readFile(path.join(segmentations, name, 'seg/label.seg')));
    const { bits } = maskOfSegment(read, 1, grid);
    const found = Array.from(labels, (_, voxel) => (bits[voxel >> 3]! >> (voxel & 7)) & 1);
    expect(found).toEqual(Array.from(labels, (label) => (label === 0 ? 0 : 1)));
    expect(found).toContain(1);
  });

  it('overlapping segments keep their names and codes', async () => {
    const read = readSegmentation(await readFile(path.join(segmentations, 'partial_overlaps.dcm')));
    expect(read.segments.map(({ label, type }) => [label, type?.value])).toEqual([
      ['GREEN', '85756007'],
      ['ORANGE', '51114001'],
      ['PURPLE', '20982000'],
      ['LIGHT_BLUE', '79654002'],
      ['DARK_BLUE', '29092000'],
    ]);
  });
});

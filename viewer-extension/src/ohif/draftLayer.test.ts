import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DraftMask } from '../../../server/contract/drafts.js';
import { createFakeOhif } from '../testing/fakeOhif.js';
import { draftLayer } from './draftLayer.js';
import type { LabelmapImage } from './ohif.js';

let ohif: ReturnType<typeof createFakeOhif>;
beforeEach(() => {
  ohif = createFakeOhif();
  // Without layers, as Cornerstone before 5.0 has it; a test adds them.
  delete ohif.segmentation.representationData.Labelmap!.labelmaps;
});

/** A label map of 3 columns × 2 rows on image `on` of the series. */
function map(imageId: string, on: string, labels: readonly number[]): LabelmapImage {
  const data = Uint8Array.from(labels);
  return {
    imageId,
    referencedImageId: `wadors:/studies/1.2.3/series/1.2.3.4/instances/${on}/frames/1`,
    rows: 2,
    columns: 3,
    voxelManager: { getScalarData: () => data },
  };
}
const labelsOf = ({ voxelManager }: LabelmapImage): number[] => [...voxelManager.getScalarData()];

/** Two columns, two rows, from column 1 on, of images `1` and `2`; a text per slice. */
const block = (...slices: readonly string[]): NonNullable<DraftMask['block']> => ({
  first: [1, 0, 0],
  size: [2, 2, slices.length],
  bits: btoa(String.fromCharCode([...slices.join('')].reduce((sum, bit, n) => sum | (Number(bit) << n), 0))),
  images: slices.map((_, index) => ({ sopInstanceUID: `${index + 1}` })),
});
const layer = (segment: number) => draftLayer(ohif.managers, ohif.seg(), segment);

describe('a draft in the label maps of the viewer', () => {
  it('is drawn in its block, slice by slice, and nowhere else', () => {
    const [one, two] = [map('a', '1', [2, 2, 0, 0, 0, 1]), map('b', '2', [2, 0, 0, 2, 0, 0])];
    ohif.groups.splice(0, 9, [one, two]);
    layer(2).draw(block('0111', '0010'));
    expect([labelsOf(one), labelsOf(two)]).toEqual([
      [2, 0, 2, 0, 2, 2],
      [2, 0, 0, 2, 2, 0],
    ]);
    expect(ohif.calls).toEqual(['data of seg']);
  });

  it('gives back what it covered, as the block changes and at the end', () => {
    const labels = [2, 2, 0, 0, 0, 1];
    const one = map('a', '1', labels);
    ohif.groups.splice(0, 9, [one]);
    const drawn = layer(2);
    drawn.draw(block('1111'));
    expect(labelsOf(one)).toEqual([2, 2, 2, 0, 2, 2]);
    drawn.draw(block('0100'));
    expect(labelsOf(one)).toEqual([2, 0, 2, 0, 0, 1]);
    drawn.draw(undefined);
    expect(labelsOf(one)).toEqual(labels);
  });

  it('is drawn in the layer that has the segment, with the label that it has there', () => {
    const [first, own] = [map('a', '1', [1, 1, 1, 1, 1, 1]), map('c', '1', [0, 0, 0, 0, 0, 0])];
    ohif.groups.splice(0, 9, [first]);
    ohif.cached.set('c', own);
    Object.assign(ohif.segmentation.representationData.Labelmap!, {
      labelmaps: {
        x: { labelmapId: 'x', storageKind: 'stack', imageIds: ['a'] },
        y: { labelmapId: 'y', storageKind: 'stack', imageIds: ['c'] },
      },
      segmentBindings: { 1: { labelmapId: 'x', labelValue: 1 }, 2: { labelmapId: 'y', labelValue: 7 } },
    });
    layer(2).draw(block('1001'));
    expect([labelsOf(first), labelsOf(own)]).toEqual([
      [1, 1, 1, 1, 1, 1],
      [0, 7, 0, 0, 0, 7],
    ]);
  });

  it('is drawn in the group that has the segment where Cornerstone has no layers', () => {
    const [first, second] = [map('a', '1', [1, 1, 1, 1, 1, 1]), map('b', '1', [2, 0, 0, 0, 0, 0])];
    ohif.groups.splice(0, 9, [first], [second]);
    layer(2).draw(block('1000'));
    expect([labelsOf(first), labelsOf(second)]).toEqual([
      [1, 1, 1, 1, 1, 1],
      [2, 2, 0, 0, 0, 0],
    ]);
  });
});

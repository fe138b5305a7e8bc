import { expect, it } from '@jest/globals';
import { fingerprint, type LayerImage } from './labelmapLayers.js';

const layer = (image: string, labels: readonly number[], segments: Readonly<Record<number, number>> = {}) =>
  ({
    image: {
      imageId: `layer of ${image}`,
      referencedImageId: image,
      rows: 1,
      columns: labels.length,
      voxelManager: { getScalarData: () => Uint8Array.from(labels) },
    },
    segmentOf: (label: number) => segments[label] ?? label,
  }) satisfies Pick<LayerImage, 'image' | 'segmentOf'>;

it('the fingerprint of a segmentation changes with every voxel, and with no move to another layer', () => {
  const loaded = fingerprint([layer('a', [0, 1, 2, 2]), layer('b', [0, 0, 1, 2])]);
  // Segment 2 is label 1 of a layer of its own.
  const moved = [layer('a', [0, 1, 0, 0]), layer('b', [0, 0, 1, 0])];
  const own = [layer('a', [0, 0, 1, 1], { 1: 2 }), layer('b', [0, 0, 0, 1], { 1: 2 })];
  expect(fingerprint([...moved, ...own])).toBe(loaded);
  expect(fingerprint([...own, ...moved])).toBe(loaded);
  for (const changed of [
    [layer('a', [1, 1, 2, 2]), layer('b', [0, 0, 1, 2])],
    [layer('a', [0, 2, 2, 2]), layer('b', [0, 0, 1, 2])],
    [layer('a', [1, 0, 2, 2]), layer('b', [0, 0, 1, 2])],
    [layer('b', [0, 1, 2, 2]), layer('a', [0, 0, 1, 2])],
    [layer('a', [0, 1, 2, 2])],
  ])
    expect(fingerprint(changed)).not.toBe(loaded);
});

import { expect, it } from '@jest/globals';
import { createFakeOhif } from '../testing/fakeOhif.js';
import { draftLayer } from './draftLayer.js';
import { newLayer, newSegmentNumber } from './newLayer.js';
import type { LabelmapImage } from './ohif.js';

const data = new Uint8Array(6);
const labelMap: LabelmapImage = {
  imageId: 'derived',
  referencedImageId: 'wadors:/studies/1.2.3/series/1.2.3.4/instances/1.5/frames/1',
  rows: 2,
  columns: 3,
  voxelManager: { getScalarData: () => data },
};

it('something new is drawn in a segmentation of its own, in every view of its images, and leaves nothing', async () => {
  const ohif = createFakeOhif();
  const images = ohif.displaySets.find(({ displaySetInstanceUID }) => displaySetInstanceUID === 'ct')!;
  ohif.viewports.clear();
  for (const [view, of] of [
    ['left', ['ct']],
    ['right', ['mr']],
    ['below', ['ct']],
  ] as const)
    ohif.viewports.set(view, [...of]);
  ohif.cached.set('derived', labelMap);
  Object.assign(ohif.segmentation.representationData, { Labelmap: { imageIds: ['derived'] } });

  // OHIF puts it into the other planes of a layout.
  ohif.drawn.add('below|new');
  const layer = await newLayer(ohif.managers, images, { label: 'Left lung', colour: [1, 2, 3] });
  await layer.show();
  await layer.show();
  expect(ohif.calls).toContain('label map of ct: Left lung');
  expect(ohif.calls.filter((call) => call.startsWith('represent')).toSorted()).toEqual(['represent new in left']);
  expect(ohif.calls.filter((call) => call.startsWith('colour')).toSorted()).toEqual([
    'colour below new 1 1,2,3,255',
    'colour left new 1 1,2,3,255',
  ]);

  const drawn = draftLayer(ohif.managers, layer.labelMaps, newSegmentNumber);
  drawn.draw({ first: [1, 0, 0], size: [2, 1, 1], bits: btoa('\x03'), images: [{ sopInstanceUID: '1.5' }] });
  expect([...data]).toEqual([0, 1, 1, 0, 0, 0]);

  layer.remove();
  expect(ohif.calls).toContain('remove new');
  expect(ohif.cached.has('derived')).toBe(false);
});

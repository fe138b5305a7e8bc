import { beforeEach, describe, expect, it } from '@jest/globals';
import { createFakeOhif, ct } from '../testing/fakeOhif.js';
import { storedResult } from '../testing/jobs.js';
import { items } from './imagePlane.js';
import type { DisplaySet, FunctionalGroups } from './ohif.js';
import { createOhifHost } from './ohifHost.js';

let ohif: ReturnType<typeof createFakeOhif>;

beforeEach(() => {
  ohif = createFakeOhif();
});

const radiograph: DisplaySet = { ...ct, displaySetInstanceUID: 'dx', Modality: 'DX' };

describe('the image that a reader looks at', () => {
  const look = (shown: DisplaySet, imageId?: string) => {
    ohif.displaySets = [shown];
    ohif.viewports = new Map([['left', [shown.displaySetInstanceUID]]]);
    ohif.imageId = imageId;
    return createOhifHost(ohif.managers).shownImage?.();
  };
  const imageId = 'wadors:/dicom-web/studies/1.2.3/series/1.2.3.4/instances/1.2.3.4.7/frames/1';

  it('is known for single images', () => {
    expect(look(radiograph, imageId)).toBe('1.2.3.4.7');
  });

  it('is none of a volume, of an empty viewport, and before the image has come', () => {
    expect(look(ct, imageId)).toBeUndefined();
    expect(look(radiograph, undefined)).toBeUndefined();
    ohif.active = null;
    expect(createOhifHost(ohif.managers).shownImage?.()).toBeUndefined();
  });
});

describe('a segmentation that is on an image without a place', () => {
  const frames = (): FunctionalGroups[] => [{}, {}];
  const segmentation = (groups: FunctionalGroups[], FrameOfReferenceUID?: string): DisplaySet => ({
    ...ohif.seg(),
    instances: [
      {
        SOPInstanceUID: '1',
        PerFrameFunctionalGroupsSequence: groups,
        ...(FrameOfReferenceUID && { FrameOfReferenceUID }),
      },
    ],
  });
  const orientations = (groups: FunctionalGroups[]) =>
    groups.map(({ PlaneOrientationSequence }) => items(PlaneOrientationSequence)[0]?.ImageOrientationPatient);

  it('gets the orientation that OHIF assumes for such an image, however it is opened', async () => {
    const groups = frames();
    ohif.displaySets.push(segmentation(groups));
    createOhifHost(ohif.managers).subscribe(() => {});
    expect(orientations(groups)).toEqual([
      [1, 0, 0, 0, 1, 0],
      [1, 0, 0, 0, 1, 0],
    ]);
  });

  it('gets that of its image, where the image says it, before it is loaded', async () => {
    const groups = frames();
    const instance = { SOPInstanceUID: '2', ImageOrientationPatient: [0, 1, 0, 0, 0, -1] };
    ohif.displaySets = [{ ...ct, instances: [instance] }, segmentation(groups)];
    await createOhifHost(ohif.managers).show(storedResult, { openSource: false });
    expect(orientations(groups)[1]).toEqual([0, 1, 0, 0, 0, -1]);
  });

  it('is left alone where it has a place', () => {
    const groups = frames();
    ohif.displaySets.push(segmentation(groups, '1.9'));
    createOhifHost(ohif.managers).subscribe(() => {});
    expect(groups).toEqual([{}, {}]);
  });
});

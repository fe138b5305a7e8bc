import { describe, expect, it } from '@jest/globals';
import { createLooks } from './looks.js';
import type { Managers, Viewport } from './ohif.js';

const sopInstanceUID = '1.2.3.4';
const imageId = `wadors:http://archive/studies/1.2/series/1.2.3/instances/${sopInstanceUID}/frames/1`;

/** The look of a viewport of one image with the window −160 to 240 of its own. */
function lookOf(voiRange: { lower: number; upper: number } | null | undefined) {
  const viewport: Viewport = {
    type: 'stack',
    getCurrentImageId: () => imageId,
    getProperties: () => ({ voiRange }),
    getCornerstoneImage: () => ({ windowCenter: 40, windowWidth: 400 }),
  };
  const services = {
    viewportGridService: { getActiveViewportId: () => 'default' },
    cornerstoneViewportService: { getCornerstoneViewport: () => viewport },
    displaySetService: {
      getActiveDisplaySets: () => [{ SeriesInstanceUID: '1.2.3', instances: [{ SOPInstanceUID: sopInstanceUID }] }],
    },
  };
  return createLooks({ servicesManager: { services } } as unknown as Managers).now();
}

const image = { seriesInstanceUID: '1.2.3', sopInstanceUID, frameNumber: 1 };

describe('the look of a viewport', () => {
  it('has a window where somebody chose one', () => {
    expect(lookOf({ lower: 0, upper: 80 })).toEqual({ ...image, window: { lower: 0, upper: 80 } });
    expect(lookOf({ lower: -160, upper: 240 })).toEqual(image);
  });

  it.each([null, undefined])('has none (%s) while the image is on its way', (voiRange) => {
    expect(lookOf(voiRange)).toEqual(image);
  });
});

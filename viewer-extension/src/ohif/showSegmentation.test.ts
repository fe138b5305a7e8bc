import { beforeEach, describe, expect, it } from '@jest/globals';
import { SourceNotInViewport } from '../panel/host.js';
import { createFakeOhif } from '../testing/fakeOhif.js';
import { storedResult } from '../testing/jobs.js';
import { activeSeries } from './activeSeries.js';
import { createOhifHost } from './ohifHost.js';

let ohif: ReturnType<typeof createFakeOhif>;

beforeEach(() => {
  ohif = createFakeOhif();
});

const metadataIsCached = async () => {
  const before = ohif.calls.length;
  await ohif.managers.extensionManager.getActiveDataSource()[0]!.retrieve.series.metadata({
    StudyInstanceUID: '1.2.3',
    filters: { seriesInstanceUID: ['probe'] },
  });
  return ohif.calls.length === before;
};

describe('showing a stored segmentation', () => {
  it('fetches its series past the cache, loads it and adds it to the viewport that shows its images', async () => {
    await createOhifHost(ohif.managers).show(storedResult, { openSource: false });
    expect(ohif.calls).toEqual([
      'metadata 1.2.3.9',
      'load with Bearer token',
      'addDisplaySetAsLayer {"viewportId":"right","displaySetInstanceUID":"seg"}',
    ]);
  });

  it('does not leave the one series in the cache as if it were the whole study', async () => {
    await createOhifHost(ohif.managers).show(storedResult, { openSource: false });
    expect(await metadataIsCached()).toBe(false);
  });

  it('does nothing more where it is drawn already', async () => {
    const host = createOhifHost(ohif.managers);
    await host.show(storedResult, { openSource: false });
    const before = ohif.calls.length;
    await host.show(storedResult, { openSource: false });
    expect(ohif.calls.slice(before)).toEqual(['load with Bearer token']);
  });

  it('draws it again where it was removed from view but is still a layer, which OHIF adds only once', async () => {
    ohif.displaySets.push(ohif.seg());
    ohif.viewports.set('right', ['ct', 'seg']);
    await createOhifHost(ohif.managers).show(storedResult, { openSource: false });
    expect(ohif.calls).toEqual(['load with Bearer token', 'represent seg in right']);
  });

  it('waits for the images of a segmentation that OHIF has read before them', async () => {
    const early = { ...ohif.seg(), referencedDisplaySetInstanceUID: '' };
    ohif.displaySets.push(early);
    const shown = createOhifHost(ohif.managers).show(storedResult, { openSource: false });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ohif.calls).toEqual([]);
    early.referencedDisplaySetInstanceUID = 'ct';
    await shown;
    expect([...ohif.drawn]).toEqual(['right|seg']);
  });

  it('lays a corrected result on its images where OHIF took its predecessor for them', async () => {
    const predecessor = { ...ohif.seg(), displaySetInstanceUID: 'before', SeriesInstanceUID: '1.2.3.8' };
    const { SeriesInstanceUID } = ohif.displaySets.find(({ displaySetInstanceUID }) => displaySetInstanceUID === 'ct')!;
    const corrected = {
      ...ohif.seg(),
      referencedDisplaySetInstanceUID: 'before',
      referencedSeriesInstanceUID: SeriesInstanceUID,
    };
    ohif.displaySets.unshift(predecessor, corrected);
    await createOhifHost(ohif.managers).show(storedResult, { openSource: false });
    expect(corrected.referencedDisplaySetInstanceUID).toBe('ct');
    expect([...ohif.drawn]).toEqual(['right|seg']);
  });

  it('asks again where OHIF has dropped the layer while it laid out its viewports', async () => {
    ohif.dropsLayers = 1;
    await createOhifHost(ohif.managers).show(storedResult, { openSource: false });
    expect(ohif.calls.filter((call) => call.startsWith('addDisplaySetAsLayer'))).toHaveLength(2);
    expect([...ohif.drawn]).toEqual(['right|seg']);
  });

  it('leaves the viewports alone where none shows its images, unless it is asked to open them', async () => {
    ohif.viewports = new Map([['left', ['other']]]);
    const host = createOhifHost(ohif.managers);
    await expect(host.show(storedResult, { openSource: false })).rejects.toBeInstanceOf(SourceNotInViewport);
    expect(ohif.drawn.size).toBe(0);
    await host.show(storedResult, { openSource: true });
    expect([...ohif.drawn]).toEqual(['left|seg']);
  });

  it('shows the next one after one that failed', async () => {
    const host = createOhifHost(ohif.managers);
    ohif.loadFails = new Error('Fractional segmentations are not yet supported');
    const [first, second] = await Promise.allSettled([
      host.show(storedResult, { openSource: false }),
      host.show(storedResult, { openSource: false }).finally(() => (ohif.loadFails = undefined)),
    ]);
    expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
    await host.show(storedResult, { openSource: false });
    expect([...ohif.drawn]).toEqual(['right|seg']);
  });

  it('is reported to the panel, which jumps in the viewport that draws it', async () => {
    const host = createOhifHost(ohif.managers);
    const before = host.view();
    expect(host.view()).toBe(before);
    await host.show(storedResult, { openSource: false });
    expect(host.view().shown).toEqual([
      { seriesInstanceUID: storedResult.seriesInstanceUID, hiddenSegments: [], edited: false, overlapLost: false },
    ]);
    host.jumpToSegment(storedResult.seriesInstanceUID, 3);
    expect(ohif.calls.at(-1)).toBe('jump seg 3 right');
    host.jumpTo(storedResult.seriesInstanceUID, [1, 2, 3]);
    expect(ohif.calls.at(-1)).toBe('look at 1,2,3');
  });
});

describe('the active series', () => {
  it('is the images of the active viewport', () => {
    ohif.active = 'right';
    expect(activeSeries(ohif.managers.servicesManager.services)).toEqual({
      studyInstanceUID: '1.2.3',
      seriesInstanceUID: '1.2.3.4',
      modality: 'CT',
      description: 'Chest',
      numberOfImages: 102,
    });
  });

  it('is the referenced images where the viewport shows a SEG', () => {
    ohif.displaySets.push(ohif.seg());
    ohif.viewports.set('left', ['seg']);
    expect(activeSeries(ohif.managers.servicesManager.services)?.seriesInstanceUID).toBe('1.2.3.4');
  });

  it('is none where a SEG has lost its images, or nothing is open', () => {
    ohif.displaySets = [ohif.seg()];
    ohif.viewports.set('left', ['seg']);
    expect(activeSeries(ohif.managers.servicesManager.services)).toBeUndefined();
    ohif.active = null;
    expect(activeSeries(ohif.managers.servicesManager.services)).toBeUndefined();
  });
});

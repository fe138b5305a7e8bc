import { beforeEach, describe, expect, it } from '@jest/globals';
import { SourceNotInViewport } from '../panel/host.js';
import { storedResult } from '../testing/jobs.js';
import { activeSeries } from './activeSeries.js';
import type { DisplaySet, Managers } from './ohif.js';
import { createOhifHost } from './ohifHost.js';

const ct: DisplaySet = {
  displaySetInstanceUID: 'ct',
  StudyInstanceUID: '1.2.3',
  SeriesInstanceUID: '1.2.3.4',
  Modality: 'CT',
  SeriesDescription: 'Chest',
  numImageFrames: 102,
};

let calls: string[];
let displaySets: DisplaySet[];
let viewports: Map<string, string[]>;
let active: string | null;
let drawn: Set<string>;
let managers: Managers;
let loadFails: Error | undefined;

const seg = (): DisplaySet => ({
  displaySetInstanceUID: 'seg',
  StudyInstanceUID: '1.2.3',
  SeriesInstanceUID: storedResult.seriesInstanceUID,
  Modality: 'SEG',
  referencedDisplaySetInstanceUID: 'ct',
  load: async ({ headers }) => {
    calls.push(`load with ${headers.Authorization}`);
    if (loadFails) throw loadFails;
  },
});

/** OHIF 3.13.2 as far as it matters here: its cache of metadata, its layers, and the display set that fetching creates. */
beforeEach(() => {
  calls = [];
  displaySets = [ct];
  viewports = new Map([
    ['left', ['other']],
    ['right', ['ct']],
  ]);
  active = 'left';
  drawn = new Set();
  loadFails = undefined;
  const cached = new Set(['archive:1.2.3']);
  const pubSub = {
    EVENTS: new Proxy({}, { get: (_, name) => name }) as never,
    subscribe: () => ({ unsubscribe() {} }),
  };
  managers = {
    servicesManager: {
      services: {
        displaySetService: {
          ...pubSub,
          getActiveDisplaySets: () => displaySets,
          getDisplaySetByUID: (uid) => displaySets.find((set) => set.displaySetInstanceUID === uid),
        },
        viewportGridService: {
          ...pubSub,
          getActiveViewportId: () => active,
          getDisplaySetsUIDsForViewport: (id) => viewports.get(id),
          getState: () => ({ viewports }),
        },
        segmentationService: {
          ...pubSub,
          getSegmentationRepresentations: (id, filter) =>
            [...drawn]
              .map((key) => key.split('|'))
              .filter(([viewport, seg]) => viewport === id && (!filter || seg === filter.segmentationId))
              .map(([, segmentationId]) => ({ segmentationId: segmentationId! })),
          addSegmentationRepresentation: async (id, { segmentationId }) => {
            calls.push(`represent ${segmentationId} in ${id}`);
            drawn.add(`${id}|${segmentationId}`);
          },
          jumpToSegmentCenter: (...to) => calls.push(`jump ${to.join(' ')}`),
        },
        userAuthenticationService: { getAuthorizationHeader: () => ({ Authorization: 'Bearer token' }) },
      },
    },
    commandsManager: {
      runCommand(name, options) {
        calls.push(`${name} ${JSON.stringify(options)}`);
        if (name === 'addDisplaySetAsLayer') drawn.add(`${options.viewportId}|${options.displaySetInstanceUID}`);
        if (name === 'setDisplaySetsForViewports') viewports.set('left', ['ct']);
      },
    },
    extensionManager: {
      getActiveDataSource: () => [
        {
          getConfig: () => ({ name: 'archive' }),
          deleteStudyMetadataPromise: (key) => cached.delete(key),
          retrieve: {
            series: {
              async metadata({ StudyInstanceUID, filters }) {
                const key = `archive:${StudyInstanceUID}`;
                if (cached.has(key)) return;
                cached.add(key);
                calls.push(`metadata ${filters.seriesInstanceUID.join()}`);
                setTimeout(() => displaySets.push(seg()));
              },
            },
          },
        },
      ],
    },
  };
});

const metadataIsCached = async () => {
  const before = calls.length;
  await managers.extensionManager.getActiveDataSource()[0]!.retrieve.series.metadata({
    StudyInstanceUID: '1.2.3',
    filters: { seriesInstanceUID: ['probe'] },
  });
  return calls.length === before;
};

describe('showing a stored segmentation', () => {
  it('fetches its series past the cache, loads it and adds it to the viewport that shows its images', async () => {
    await createOhifHost(managers).show(storedResult, { openSource: false });
    expect(calls).toEqual([
      'metadata 1.2.3.9',
      'load with Bearer token',
      'addDisplaySetAsLayer {"viewportId":"right","displaySetInstanceUID":"seg"}',
    ]);
  });

  it('does not leave the one series in the cache as if it were the whole study', async () => {
    await createOhifHost(managers).show(storedResult, { openSource: false });
    expect(await metadataIsCached()).toBe(false);
  });

  it('does nothing more where it is drawn already', async () => {
    const host = createOhifHost(managers);
    await host.show(storedResult, { openSource: false });
    const before = calls.length;
    await host.show(storedResult, { openSource: false });
    expect(calls.slice(before)).toEqual(['load with Bearer token']);
  });

  it('draws it again where it was removed from view but is still a layer, which OHIF refuses to add twice', async () => {
    displaySets.push(seg());
    viewports.set('right', ['ct', 'seg']);
    await createOhifHost(managers).show(storedResult, { openSource: false });
    expect(calls).toEqual(['load with Bearer token', 'represent seg in right']);
  });

  it('leaves the viewports alone where none shows its images, unless it is asked to open them', async () => {
    viewports = new Map([['left', ['other']]]);
    const host = createOhifHost(managers);
    await expect(host.show(storedResult, { openSource: false })).rejects.toBeInstanceOf(SourceNotInViewport);
    expect(drawn.size).toBe(0);
    await host.show(storedResult, { openSource: true });
    expect([...drawn]).toEqual(['left|seg']);
  });

  it('shows the next one after one that failed', async () => {
    const host = createOhifHost(managers);
    loadFails = new Error('Fractional segmentations are not yet supported');
    const [first, second] = await Promise.allSettled([
      host.show(storedResult, { openSource: false }),
      host.show(storedResult, { openSource: false }).finally(() => (loadFails = undefined)),
    ]);
    expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
    await host.show(storedResult, { openSource: false });
    expect([...drawn]).toEqual(['right|seg']);
  });

  it('is told to the panel, which jumps in the viewport that draws it', async () => {
    const host = createOhifHost(managers);
    const before = host.view();
    expect(host.view()).toBe(before);
    await host.show(storedResult, { openSource: false });
    expect(host.view().shownSeries).toEqual([storedResult.seriesInstanceUID]);
    host.jumpToSegment(storedResult.seriesInstanceUID, 3);
    expect(calls.at(-1)).toBe('jump seg 3 right');
  });
});

describe('the active series', () => {
  it('is the images of the active viewport', () => {
    active = 'right';
    expect(activeSeries(managers.servicesManager.services)).toEqual({
      studyInstanceUID: '1.2.3',
      seriesInstanceUID: '1.2.3.4',
      modality: 'CT',
      description: 'Chest',
      numberOfImages: 102,
    });
  });

  it('is the referenced images where the viewport shows a SEG', () => {
    displaySets.push(seg());
    viewports.set('left', ['seg']);
    expect(activeSeries(managers.servicesManager.services)?.seriesInstanceUID).toBe('1.2.3.4');
  });

  it('is none where a SEG has lost its images, or nothing is open', () => {
    displaySets = [seg()];
    viewports.set('left', ['seg']);
    expect(activeSeries(managers.servicesManager.services)).toBeUndefined();
    active = null;
    expect(activeSeries(managers.servicesManager.services)).toBeUndefined();
  });
});

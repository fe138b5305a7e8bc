import { beforeEach, describe, expect, it } from '@jest/globals';
import { laterStrings } from '../client/laterStrings.js';
import type { DisplaySet, GridViewport, Managers, Viewport } from './ohif.js';
import { showSideBySide } from './sideBySide.js';

const texts = laterStrings.overTime;

/** Axial slices of 5 mm from z upward; OHIF's image ids name them. */
function series(name: string, count: number, z: number, change: object = {}): DisplaySet {
  return {
    displaySetInstanceUID: name,
    StudyInstanceUID: `1.${name.length}`,
    SeriesInstanceUID: `1.2.${name.length}`,
    Modality: 'CT',
    numImageFrames: count,
    instances: Array.from({ length: count }, (_, n) => ({
      SOPInstanceUID: `1.2.${name.length}.${n}`,
      FrameOfReferenceUID: '1.9',
      ImagePositionPatient: [0, 0, z + 5 * n],
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
      PixelSpacing: [1, 1],
      Rows: 11,
      Columns: 11,
      ...change,
    })),
  };
}

const now = series('now', 4, 0);
const toShow = (set: DisplaySet, resultSeries?: string) => ({
  studyInstanceUID: set.StudyInstanceUID,
  seriesInstanceUID: set.SeriesInstanceUID,
  resultSeries,
});

/** OHIF as far as it lays out its grid and turns its stacks; `before` is in the archive only. */
function fakeOhif(before: DisplaySet, archive: readonly DisplaySet[] = [before]) {
  const whole: GridViewport = {
    displaySetInstanceUIDs: ['now'],
    displaySetOptions: [{}],
    viewportOptions: { viewportId: 'default', viewportType: 'stack' },
    positionId: '0-0',
  };
  const state = {
    displaySets: [now],
    viewports: new Map([['default', whole]]),
    indexes: new Map<string, number>(),
    held: [] as (string | undefined)[],
    ended: 0,
    changed: undefined as (() => void) | undefined,
  };
  const setOf = (id: string) =>
    state.displaySets.find((each) => each.displaySetInstanceUID === state.viewports.get(id)?.displaySetInstanceUIDs[0]);
  const idsOf = (id: string) =>
    (setOf(id)?.instances ?? []).map(({ SOPInstanceUID }) => `wadors:/instances/${SOPInstanceUID}/frames/1`);
  const viewportOf = (id: string): Viewport => ({
    type: 'stack',
    getImageIds: () => idsOf(id),
    getCurrentImageId: () => idsOf(id)[state.indexes.get(id) ?? 0],
    getProperties: () => ({ voiRange: undefined }),
    getCornerstoneImage: () => ({ windowCenter: 40, windowWidth: 400 }),
    async setImageIdIndex(index) {
      if (index === (state.indexes.get(id) ?? 0)) return;
      state.indexes.set(id, index);
      const detail = { viewportId: id, imageId: idsOf(id)[index] };
      document.dispatchEvent(Object.assign(new Event('CORNERSTONE_STACK_NEW_IMAGE'), { detail }));
    },
  });
  const services = {
    displaySetService: {
      getActiveDisplaySets: () => state.displaySets,
      getDisplaySetByUID: (uid: string) => state.displaySets.find((each) => each.displaySetInstanceUID === uid),
      deleteDisplaySet(uid: string) {
        state.displaySets = state.displaySets.filter((each) => each.displaySetInstanceUID !== uid);
      },
    },
    viewportGridService: {
      EVENTS: { GRID_STATE_CHANGED: 'changed' },
      subscribe(_: string, listener: () => void) {
        state.changed = listener;
        return { unsubscribe: () => (state.changed = undefined) };
      },
      getActiveViewportId: () => [...state.viewports.keys()][0],
      getDisplaySetsUIDsForViewport: (id: string) => state.viewports.get(id)?.displaySetInstanceUIDs,
      getState: () => ({ viewports: state.viewports, layout: { numRows: 1, numCols: state.viewports.size } }),
      setLayout(layout: { numCols: number; findOrCreateViewport(n: number, id: string): GridViewport }) {
        const all = Array.from({ length: layout.numCols }, (_, n) => layout.findOrCreateViewport(n, `${n}-0`));
        state.viewports = new Map(all.map((each) => [String(each.viewportOptions.viewportId), each]));
        state.changed?.();
      },
    },
    cornerstoneViewportService: {
      getCornerstoneViewport: (id: string) => (state.viewports.has(id) ? viewportOf(id) : undefined),
    },
    userAuthenticationService: { getAuthorizationHeader: () => ({}) },
    segmentationService: { remove() {}, getSegmentationRepresentations: () => [] },
  };
  const dataSource = {
    getConfig: () => ({ name: 'archive' }),
    deleteStudyMetadataPromise() {},
    retrieve: {
      series: {
        async metadata({ filters }: { filters: { seriesInstanceUID: readonly string[] } }) {
          const found = archive.filter((each) => filters.seriesInstanceUID.includes(each.SeriesInstanceUID));
          if (found.length === 0) throw new Error('request failed');
          state.displaySets = [...state.displaySets, ...found];
        },
      },
    },
  };
  const managers = {
    servicesManager: { services },
    extensionManager: { getActiveDataSource: () => [dataSource] },
  } as unknown as Managers;
  const show = (resultSeries?: string) =>
    showSideBySide(
      managers,
      (images) => state.held.push(images?.displaySetInstanceUID),
      toShow(now),
      toShow(before, resultSeries),
      () => state.ended++,
    );
  const turn = (id: string, index: number) => viewportOf(id).setImageIdIndex!(index);
  return { state, services, show, turn, whole };
}

beforeEach(() => {
  Object.assign(globalThis, { document: new EventTarget() });
});

describe('two series side by side', () => {
  it('are fetched, laid out, scrolled together by the places of one frame of reference, and put back', async () => {
    const { state, show, turn, whole } = fakeOhif(series('before', 6, -10));
    state.indexes.set('default', 2);
    const both = await show();
    expect([...state.viewports.values()].map(({ displaySetInstanceUIDs: [uid] }) => uid)).toEqual(['now', 'before']);
    expect([both.hasOneFrame, state.held]).toEqual([true, ['now']]);
    // On the image that it was on.
    expect(state.indexes.get('promptseg-now')).toBe(2);
    await turn('promptseg-now', 1);
    both.link({ by: 'place' });
    expect(state.indexes.get('promptseg-before')).toBe(3);
    await turn('promptseg-before', 5);
    expect(state.indexes.get('promptseg-now')).toBe(3);
    both.link(undefined);
    await turn('promptseg-before', 2);
    expect(state.indexes.get('promptseg-now')).toBe(3);
    await both.end();
    expect([[...state.viewports.values()], state.displaySets]).toEqual([[whole], [now]]);
    expect([state.held, state.ended]).toEqual([['now', undefined], 0]);
  });

  it('are not, where the earlier one is gone from the archive: a sentence, and the layout stays', async () => {
    const { state, show, whole } = fakeOhif(series('before', 6, 0), []);
    await expect(show()).rejects.toThrow(texts.priorNotInArchive);
    expect([[...state.viewports.values()], state.held]).toEqual([[whole], []]);
  });

  it('are not, in a viewer that cannot be laid out', async () => {
    const { services, show } = fakeOhif(series('before', 6, 0));
    Object.assign(services.viewportGridService, { setLayout: undefined });
    await expect(show()).rejects.toThrow(texts.notBeside);
  });

  it('go back where the result of one cannot be drawn, which is said', async () => {
    const before = series('before', 6, 0);
    const result: DisplaySet = {
      ...series('of before', 1, 0),
      Modality: 'SEG',
      StudyInstanceUID: before.StudyInstanceUID,
      referencedDisplaySetInstanceUID: 'before',
      load: async () => {
        throw new Error('It cannot be read.');
      },
    };
    const { state, show, whole } = fakeOhif(before, [before, result]);
    await expect(show(result.SeriesInstanceUID)).rejects.toThrow('It cannot be read.');
    expect([[...state.viewports.values()], state.displaySets]).toEqual([[whole], [now]]);
    expect(state.held).toEqual(['now', undefined]);
  });

  it.each<[string, object, string]>([
    ['run across each other', { ImageOrientationPatient: [0, 1, 0, 0, 0, -1] }, texts.notParallel],
    ['do not say where they are', { ImagePositionPatient: undefined }, texts.noPlaces],
  ])('whose slices %s are scrolled one by one', async (_, change, sentence) => {
    const { state, show, turn } = fakeOhif(series('before', 6, 0, change));
    const both = await show();
    expect(() => both.link({ by: 'place' })).toThrow(sentence);
    await turn('promptseg-now', 2);
    expect(state.indexes.get('promptseg-before')).toBeUndefined();
  });

  it('of frames of their own have places of their own', async () => {
    const { show } = fakeOhif(series('before', 6, 0, { FrameOfReferenceUID: '1.8' }));
    expect((await show()).hasOneFrame).toBe(false);
  });

  it('end where the reader chooses another layout, which stays', async () => {
    const { state, services, show, whole } = fakeOhif(series('before', 6, 0));
    const both = await show();
    services.viewportGridService.setLayout({ numCols: 1, findOrCreateViewport: () => whole });
    expect([state.ended, state.held]).toEqual([1, ['now', undefined]]);
    const own: GridViewport = { ...whole, viewportOptions: { viewportId: 'own' } };
    services.viewportGridService.setLayout({ numCols: 1, findOrCreateViewport: () => own });
    await both.end();
    expect([...state.viewports.keys()]).toEqual(['own']);
    expect(state.ended).toBe(1);
  });
});

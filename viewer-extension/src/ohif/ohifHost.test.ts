import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createFakeOhif, ct, image } from '../testing/fakeOhif.js';
import { storedResult } from '../testing/jobs.js';
import { createOhifHost } from './ohifHost.js';

let ohif: ReturnType<typeof createFakeOhif>;

beforeEach(() => {
  ohif = createFakeOhif();
});

describe('a shown segmentation', () => {
  const series = storedResult.seriesInstanceUID;
  const showIt = async () => {
    const host = createOhifHost(ohif.managers);
    await host.show(storedResult, { openSource: false });
    return host;
  };

  it('has segments that are hidden in every viewport that draws it, and drawn again', async () => {
    const host = await showIt();
    ohif.drawn.add('left|seg');
    host.setVisible(series, [1, 3], false);
    expect([...ohif.hidden].sort()).toEqual(['left|seg|1', 'left|seg|3', 'right|seg|1', 'right|seg|3']);
    expect(host.view().shown[0]?.hiddenSegments).toEqual([1, 3]);
    host.setVisible(series, [3], true);
    expect(host.view().shown[0]?.hiddenSegments).toEqual([1]);
  });

  it('reports a change made in the panel of OHIF', async () => {
    const host = await showIt();
    let reported = 0;
    const unsubscribe = host.subscribe(() => (reported += 1));
    ohif.hidden.add('right|seg|2');
    ohif.listeners.get('SEGMENTATION_REPRESENTATION_MODIFIED')!({});
    expect(reported).toBe(1);
    expect(host.view().shown[0]?.hiddenSegments).toEqual([2]);
    unsubscribe();
  });

  it('keeps overlapping segments in layers of their own', async () => {
    ohif.overlapping = true;
    await showIt();
    const { labelmaps, segmentBindings, primaryLabelmapId } = ohif.segmentation.representationData.Labelmap!;
    expect(Object.values(labelmaps!).map(({ imageIds, storageKind }) => [imageIds, storageKind])).toEqual([
      [['a'], 'stack'],
      [['b'], 'stack'],
    ]);
    expect(segmentBindings).toEqual({
      1: { labelmapId: 'seg-storage-0', labelValue: 1 },
      2: { labelmapId: 'seg-storage-1', labelValue: 2 },
      3: { labelmapId: 'seg-storage-1', labelValue: 3 },
    });
    expect(primaryLabelmapId).toBe('seg-storage-0');
  });

  it('stays one layer where nothing overlaps', async () => {
    await showIt();
    expect(Object.keys(ohif.segmentation.representationData.Labelmap!.labelmaps!)).toEqual(['seg-storage-0']);
  });

  it.each([
    ['stack', true, false],
    ['orthographic', true, false],
    ['orthographic', false, true],
    ['volume3d', true, true],
  ])('that overlaps says whether a %s view (layers known: %s) loses something: %s', async (type, layers, lost) => {
    ohif.overlapping = true;
    ohif.viewportType = type;
    if (!layers) delete ohif.segmentation.representationData.Labelmap!.labelmaps;
    const host = await showIt();
    expect(host.view().shown[0]?.overlapLost).toBe(lost);
  });

  it('is edited once a voxel is another one, and not before', async () => {
    const host = await showIt();
    jest.useFakeTimers();
    let reported = 0;
    const unsubscribe = host.subscribe(() => (reported += 1));
    const touch = async () => {
      ohif.listeners.get('SEGMENTATION_DATA_MODIFIED')!({ segmentationId: 'seg' });
      await jest.runAllTimersAsync();
    };
    await touch();
    expect([reported, host.view().shown[0]?.edited]).toEqual([0, false]);
    ohif.groups[0]![0] = image('a', [1, 1, 0, 1]);
    ohif.displaySets = [ct, ohif.seg()];
    await touch();
    expect([reported, host.view().shown[0]?.edited]).toEqual([1, true]);
    // Every stroke was taken back.
    ohif.groups[0]![0] = image('a', [1, 1, 1, 1]);
    ohif.displaySets = [ct, ohif.seg()];
    await touch();
    expect([reported, host.view().shown[0]?.edited]).toEqual([2, false]);
    unsubscribe();
    jest.useRealTimers();
  });

  const locked = () =>
    Object.values(ohif.segmentation.segments).flatMap((each) => (each.locked ? each.segmentIndex : []));

  it('is handed to the brush, where the mode has one, with its size and the other segments locked', async () => {
    const host = await showIt();
    expect(await host.edit!(series, 2, { radiusMm: 3, lockOthers: true })).toBe(true);
    expect(ohif.calls.slice(-4)).toEqual([
      'active segmentation right seg',
      'active segment seg 2',
      'setToolActiveToolbar {"toolName":"CircularBrush","toolGroupIds":["default"]}',
      'setBrushSize {"value":3}',
    ]);
    expect(locked()).toEqual([1, 3]);
    await host.edit!(series, 3, { radiusMm: 3, lockOthers: true });
    expect(locked()).toEqual([1, 2]);
    await host.edit!(series, 3, { radiusMm: 3, lockOthers: false });
    expect(locked()).toEqual([]);
    ohif.tools = [];
    expect(await host.edit!(series, 2, { radiusMm: 3, lockOthers: true })).toBe(false);
  });

  it('is given back by the brush, unlocked', async () => {
    const host = await showIt();
    ohif.tools = ['CircularBrush', 'WindowLevel'];
    await host.edit!(series, 2, { radiusMm: 3, lockOthers: true });
    await host.endEdit!(series);
    expect(locked()).toEqual([]);
    expect(ohif.calls.at(-1)).toBe('setToolActiveToolbar {"toolName":"WindowLevel","toolGroupIds":["default"]}');
  });

  it('is drawn as thick as somebody wants it, also while another one is active', async () => {
    const host = await showIt();
    expect(host.style!.of(series)).toEqual({ opacity: 0.5, hasOutline: true });
    host.style!.set(series, { opacity: 0.2, hasOutline: false });
    expect(ohif.style).toEqual({
      fillAlpha: 0.2,
      fillAlphaInactive: 0.2,
      renderOutline: false,
      renderOutlineInactive: false,
    });
    expect(host.style!.of(series)).toEqual({ opacity: 0.2, hasOutline: false });
  });

  it('gives its voxels, each segment on each image, also where they overlap', async () => {
    const host = await showIt();
    const plane = {
      imagePositionPatient: [1, 2, 3],
      imageOrientationPatient: [1, 0, 0, 0, 1, 0],
      pixelSpacing: [2, 1],
    };
    const { imagePositionPatient, imageOrientationPatient, pixelSpacing } = plane;
    ohif.displaySets[0] = {
      ...ct,
      instances: [
        {
          SOPInstanceUID: '1.2.3.4.1',
          ImagePositionPatient: imagePositionPatient,
          ImageOrientationPatient: imageOrientationPatient,
          PixelSpacing: pixelSpacing,
        },
      ],
    };
    const frame = (segmentNumber: number, bits: number) => ({
      segmentNumber,
      sopInstanceUID: '1.2.3.4.1',
      plane,
      bits: Uint8Array.of(bits),
    });
    expect(host.pixels!(series)).toEqual({
      rows: 2,
      columns: 2,
      segments: [
        { number: 1, label: 'Body' },
        { number: 2, label: 'Bone' },
        { number: 3, label: 'Lung' },
      ],
      frames: [frame(1, 0b1111), frame(2, 0b0001), frame(3, 0b0100)],
      planes: [plane, plane],
    });
  });

  it('gives the voxels of a segment that Cornerstone moved to a layer of its own, under another label', async () => {
    const host = await showIt();
    const place = {
      ImagePositionPatient: [1, 2, 3],
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
      PixelSpacing: [2, 1],
    };
    ohif.displaySets[0] = { ...ct, instances: [{ SOPInstanceUID: '1.2.3.4.1', ...place }] };
    ohif.groups[1]![0] = image('b', [0, 0, 3, 0]);
    ohif.displaySets[1] = ohif.seg();
    ohif.cached.set('moved', image('moved', [1, 0, 0, 1]));
    const labelmap = ohif.segmentation.representationData.Labelmap!;
    labelmap.labelmaps!.moved = { labelmapId: 'moved', storageKind: 'stack', imageIds: ['moved'] };
    labelmap.segmentBindings = { 2: { labelmapId: 'moved', labelValue: 1 } };
    const { frames } = host.pixels!(series);
    expect(frames.map(({ segmentNumber, bits }) => [segmentNumber, ...bits])).toEqual([
      [1, 0b1111],
      [3, 0b0100],
      [2, 0b1001],
    ]);
  });

  it('is taken out, label maps and all, and comes from the archive when it is shown again', async () => {
    const host = await showIt();
    ohif.viewports.set('right', ['ct', 'seg']);
    await host.remove(series);
    expect(host.view().shown).toEqual([]);
    expect(ohif.calls.slice(-2)).toEqual([
      'removeDisplaySetLayer {"viewportId":"right","displaySetInstanceUID":"seg"}',
      'remove seg',
    ]);
    await host.show(storedResult, { openSource: false });
    expect(ohif.calls.filter((call) => call.startsWith('metadata'))).toHaveLength(2);
  });
});

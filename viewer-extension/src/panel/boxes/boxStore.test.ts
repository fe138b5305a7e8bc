import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RefinementRequest } from '../../../../server/contract/refinements.js';
import { ApiError } from '../../client/trouble.js';
import { aCompletedJob } from '../../testing/jobs.js';
import type { ActiveSeries, DrawnBox, Host } from '../host.js';
import { resultsOf } from '../results/results.js';
import { BoxStore } from './boxStore.js';

const series: ActiveSeries = {
  studyInstanceUID: '1.2.3',
  seriesInstanceUID: '1.2.3.4',
  modality: 'CT',
  description: '',
  numberOfImages: 102,
};
const box: DrawnBox = {
  corners: [
    [-80, -40, 1052],
    [-20, 30, 1052],
  ],
  normal: [0, 0, 1],
  frameOfReferenceUID: '1.2.9',
};
const [result] = resultsOf(aCompletedJob());

let sent: RefinementRequest[];
let refusal: Error | undefined;
/** Finishes a rectangle; undefined while the viewer's tool is not active. */
let draw: ((box: DrawnBox) => void) | undefined;
let boxes: BoxStore;

const host: Pick<Host, 'drawBox'> = {
  drawBox: async (onBox) => {
    draw = onBox;
    return () => {
      draw = undefined;
    };
  },
};
const storeFor = (viewer: Pick<Host, 'drawBox'>) =>
  new BoxStore({ listBoxModalities: async () => ['CT', 'MR'] }, viewer, async (request) => {
    if (refusal !== undefined) throw refusal;
    sent.push(request);
  });
beforeEach(() => {
  sent = [];
  refusal = undefined;
  draw = undefined;
  boxes = storeFor(host);
});

describe('a box that a reader draws', () => {
  it('is offered for what installed models read, and not where the viewer has no rectangle', async () => {
    await boxes.learn();
    expect(boxes.state().modalities).toEqual(['CT', 'MR']);
    const without = storeFor({});
    await without.learn();
    expect(without.state().modalities).toEqual([]);
  });

  it('marks something new under a name, and the rectangle goes', async () => {
    await boxes.begin({ series, stack: 'b' });
    await boxes.send({ name: 'cyst', throughSlices: true });
    expect(sent).toEqual([]);
    draw!(box);
    await boxes.send({ name: 'cyst', throughSlices: true });
    const { studyInstanceUID, seriesInstanceUID } = series;
    expect(sent).toEqual([
      {
        studyInstanceUID,
        seriesInstanceUID,
        stack: 'b',
        name: 'cyst',
        boxes: [{ kind: 'box', ...box }],
        throughSlices: true,
      },
    ]);
    expect([boxes.state().boxing, draw]).toEqual([undefined, undefined]);
  });

  it('corrects a segment of the result that is shown', async () => {
    await boxes.begin({ result: result!, segmentNumber: 3 });
    draw!(box);
    await boxes.send({ throughSlices: false });
    const corrects = { job: result!.address.jobId, segmentNumber: 3 };
    expect(sent).toEqual([{ corrects, boxes: [{ kind: 'box', ...box }], throughSlices: false }]);
    await boxes.begin({
      result: { ...result!, address: { ...result!.address, editedSopInstanceUID: '1.2.7' } },
      segmentNumber: 3,
    });
    draw!(box);
    await boxes.send({ throughSlices: false });
    expect(sent[1]).toMatchObject({ corrects: { ...corrects, result: '1.2.7' } });
  });

  it('stays, with the reason, where the server refuses it or is down', async () => {
    await boxes.begin({ series });
    draw!(box);
    refusal = new ApiError(404, { detail: 'The archive has no such study.', code: 'study-not-found' });
    await boxes.send({ name: 'cyst', throughSlices: true });
    expect(boxes.state().boxing).toMatchObject({ box, sending: false, trouble: { code: 'study-not-found' } });
    refusal = new TypeError('Failed to fetch');
    await boxes.send({ name: 'cyst', throughSlices: true });
    expect(boxes.state().boxing?.trouble?.sentence).toBe('The Promptseg server does not respond.');
    refusal = undefined;
    await boxes.send({ name: 'cyst', throughSlices: true });
    expect([sent.length, boxes.state().boxing]).toEqual([1, undefined]);
  });

  it('is sent once, however often Enter is pressed', async () => {
    await boxes.begin({ series });
    draw!(box);
    const order = { name: 'cyst', throughSlices: true };
    await Promise.all([boxes.send(order), boxes.send(order)]);
    expect(sent).toHaveLength(1);
  });

  it('is dropped by Escape and by another one', async () => {
    await boxes.begin({ series });
    const first = draw!;
    await boxes.begin({ result: result!, segmentNumber: 3 });
    first(box);
    expect(boxes.state().boxing?.box).toBeUndefined();
    boxes.cancel();
    expect([boxes.state().boxing, draw]).toEqual([undefined, undefined]);
  });

  it('that was cancelled before the tool was there leaves no tool behind', async () => {
    const begun = boxes.begin({ series });
    boxes.cancel();
    await begun;
    expect(draw).toBeUndefined();
  });

  it('says where the mode has no rectangle', async () => {
    const without = storeFor({ drawBox: async () => undefined });
    await without.begin({ series });
    expect(without.state().boxing?.withoutTool).toBe(true);
  });
});

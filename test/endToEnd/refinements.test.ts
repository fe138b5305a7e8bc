import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Problem } from '../../server/contract/problem.js';
import { call } from './productClient.js';
import { aroundLung, describeBoxes } from './refinements/boxes.js';
import { describeClicks } from './refinements/clicks.js';
import { add, begun, describeDrafts, maskOf } from './refinements/drafts.js';
import { click, deleteStudy, lungs, product, refine, series, startLungs, stopLungs } from './refinements/lungs.js';

// One product for all of them: boxes, clicks and drafts begin with the same result.
beforeAll(startLungs);
afterAll(stopLungs);

describe('boxes', describeBoxes);
describe('clicks', describeClicks);
describe('drafts', describeDrafts);

// The last: all others need the study.
describe('of a study that was deleted', () => {
  it('boxes and clicks are refused; the clicks of a draft are not lost, and nothing is shown', async () => {
    const { box, first: inside } = aroundLung(1);
    const draft = await begun();
    await add(draft.id, click(inside, false));
    await maskOf(draft.id);
    await deleteStudy();

    const corrects = { job: lungs.id, segmentNumber: 1 };
    for (const request of [
      { ...series, name: 'liver', boxes: [box] },
      { clicks: [click(inside, false)], corrects },
    ]) {
      const { status, body } = await refine(request);
      expect([status, (body as unknown as Problem).code]).toEqual([404, 'study-not-found']);
    }
    const { body } = await call<Problem>(product, 'GET', `/drafts/${draft.id}/mask`);
    expect(body.code).toBe('study-not-found');
    expect((await call<{ clicks: unknown[] }>(product, 'GET', `/drafts/${draft.id}`)).body.clicks).toHaveLength(1);
  });
});

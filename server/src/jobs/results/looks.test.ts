import { describe, expect, it } from '@jest/globals';
import { PromptsegError } from '../../platform/errors.js';
import type { SurelyShown } from '../../story/imageShows/surelyShown.js';
import type { SeriesToLookAt } from '../../story/lookAtSeries.js';
import { createLooks } from './looks.js';

const ofHead: SurelyShown = { names: ['head'], regions: ['head'] };
const series = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', modality: 'CT', description: '' };
const request: SeriesToLookAt = { series: { ...series, numberOfInstances: 9 }, stack: undefined };
const down = new PromptsegError('archive-unreachable', 'The archive does not respond.');

/** Tasks that end when the test says so. */
function tasks() {
  const begun: { resolve: (shown: SurelyShown) => void; reject: (error: Error) => void }[] = [];
  const look = () =>
    new Promise<SurelyShown>((resolve, reject) => {
      begun.push({ resolve, reject });
    });
  return { begun, look };
}

describe('what a series shows', () => {
  it('is looked at once for two requests at the same time, and kept for the next one', async () => {
    const { begun, look } = tasks();
    const looks = createLooks(look);
    const both = [looks(request), looks(request)];
    expect(begun).toHaveLength(1);
    begun[0]!.resolve(ofHead);
    expect(await Promise.all(both)).toEqual([ofHead, ofHead]);
    expect(await looks(request)).toEqual(ofHead);
    expect(begun).toHaveLength(1);
  });

  it('is looked at again after a while, for another stack, and once images were added', async () => {
    let time = 0;
    let count = 0;
    const look = async () => {
      count++;
      return ofHead;
    };
    const looks = createLooks(look, { now: () => time });
    await looks(request);
    await looks({ ...request, stack: 'phase-2' });
    await looks({ ...request, series: { ...series, numberOfInstances: 10 } });
    expect(count).toBe(3);
    time = 3_600_000;
    await looks(request);
    expect(count).toBe(4);
  });

  it('is not kept where the archive does not count images', async () => {
    let count = 0;
    const looks = createLooks(async () => {
      count++;
      return ofHead;
    });
    await looks({ series, stack: undefined });
    await looks({ series, stack: undefined });
    expect(count).toBe(2);
  });

  it('is an error where the task fails, and the next request tries again', async () => {
    const { begun, look } = tasks();
    const looks = createLooks(look);
    const first = looks(request);
    begun[0]!.reject(down);
    await expect(first).rejects.toBe(down);
    const second = looks(request);
    begun[1]!.resolve(ofHead);
    expect(await second).toEqual(ofHead);
  });

  it('is an error for who waits too long, but kept once it is known', async () => {
    const { begun, look } = tasks();
    const looks = createLooks(look, { longestMs: 1 });
    await expect(looks(request)).rejects.toMatchObject({ code: 'answer-interrupted' });
    begun[0]!.resolve(ofHead);
    expect(await looks(request)).toEqual(ofHead);
    expect(begun).toHaveLength(1);
  });
});

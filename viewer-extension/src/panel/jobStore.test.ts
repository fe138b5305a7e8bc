import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Job } from '../../../server/src/jobs/job.js';
import type { Api } from '../api/api.js';
import type { FollowOptions } from '../api/events.js';
import { ApiError } from '../api/trouble.js';
import { aCompletedJob, aJob, storedResult } from '../testing/jobs.js';
import { SourceNotInViewport } from './host.js';
import { JobStore } from './jobStore.js';

type Followed = Omit<FollowOptions, 'headers'> & { readonly jobId: string };

let calls: string[];
let followed: Followed[];
let listed: Job[];
let api: Api;
let showFails: Error | undefined;
let store: JobStore;

/** Lets every promise that is ready run. */
const settle = () => new Promise((resolve) => setTimeout(resolve));
const only = () => store.state().jobs[0]!;

beforeEach(() => {
  calls = [];
  followed = [];
  listed = [];
  showFails = undefined;
  api = {
    listJobs: async (study) => {
      calls.push(`list ${study}`);
      return listed;
    },
    submit: async ({ prompts }) => {
      calls.push(`submit ${prompts.join()}`);
      return aJob();
    },
    cancel: async () => aJob({ state: 'cancelled', lastEventId: 5 }),
    followJob: (jobId, options) => {
      followed.push({ jobId, ...options });
      return new Promise(() => {});
    },
    resolve: () => Promise.reject(new Error('not asked here')),
    listModels: async () => [],
  };
  store = new JobStore(api, {
    show: async ({ seriesInstanceUID }, { openSource }) => {
      calls.push(`show ${seriesInstanceUID} ${openSource ? 'opening its images' : 'where its images are'}`);
      if (showFails) throw showFails;
    },
    jumpToSegment: (series, segment) => calls.push(`jump ${series} ${segment}`),
  });
});

describe('a job from the panel', () => {
  const request = { studyInstanceUID: '1.2.3', seriesInstanceUID: '1.2.3.4', prompts: ['left lung'] };

  it('is followed, drawn when it is completed, and turned to its first found segment', async () => {
    await store.submit(request);
    expect(store.state().sending).toBe(0);
    expect(followed[0]).toMatchObject({ jobId: aJob().id, lastEventId: 1 });
    followed[0]!.onJob(aJob({ state: 'segmenting', lastEventId: 4 }), 4);
    expect(only().job.state).toBe('segmenting');
    followed[0]!.onJob(aCompletedJob(), 9);
    expect(only().drawing).toBe(true);
    await settle();
    expect(calls.slice(1)).toEqual(['show 1.2.3.9 where its images are', 'jump 1.2.3.9 3']);
    expect(only().drawing).toBe(false);
  });

  it('that found nothing is not drawn', async () => {
    await store.submit(request);
    const { result: _, ...withoutResult } = aCompletedJob({ findings: [] });
    followed[0]!.onJob(withoutResult, 9);
    await settle();
    expect(calls).toEqual(['submit left lung']);
  });

  it('says so where its images left the viewport, and opens them when asked to', async () => {
    await store.submit(request);
    showFails = new SourceNotInViewport();
    followed[0]!.onJob(aCompletedJob(), 9);
    await settle();
    expect(only().trouble?.sentence).toMatch(/not in a viewport/);
    showFails = undefined;
    await store.show(only().job.id, true);
    expect(only().trouble).toBeUndefined();
    expect(calls.slice(-2)).toEqual(['show 1.2.3.9 opening its images', 'jump 1.2.3.9 3']);
  });

  it('is one job where the server answers with one that is open already', async () => {
    await store.submit(request);
    await store.submit(request);
    expect(store.state().jobs).toHaveLength(1);
    expect(followed).toHaveLength(1);
  });

  it('never goes back to an older state', async () => {
    await store.submit(request);
    followed[0]!.onJob(aJob({ state: 'segmenting', lastEventId: 4 }), 4);
    followed[0]!.onJob(aJob({ state: 'retrieving', lastEventId: 2 }), 2);
    expect(only().job.state).toBe('segmenting');
  });

  it('is cancelled by the answer to the cancellation', async () => {
    await store.submit(request);
    const cancelling = store.cancel(only().job.id);
    expect(only().cancelling).toBe(true);
    await cancelling;
    expect(only().job.state).toBe('cancelled');
  });

  it('keeps running, with the reason, where it cannot be cancelled', async () => {
    await store.submit(request);
    api.cancel = () => Promise.reject(new TypeError('Failed to fetch'));
    await store.cancel(only().job.id);
    expect(only()).toMatchObject({
      cancelling: false,
      trouble: { sentence: expect.stringMatching(/does not answer/) },
    });
  });

  it('shows a broken connection and its recovery', async () => {
    await store.submit(request);
    followed[0]!.onConnection(false);
    expect(only().connected).toBe(false);
    followed[0]!.onConnection(true);
    expect(only().connected).toBe(true);
  });

  it('that was refused stays on the list with its reason until it is dismissed', async () => {
    const trouble = { sentence: 'No such series.', nextStep: 'Check the series.' };
    api.submit = () => Promise.reject(new ApiError(404, trouble));
    await store.submit(request);
    const [refused] = store.state().refused;
    expect(refused).toMatchObject({ request, trouble });
    store.dismiss(refused!.key);
    expect(store.state()).toMatchObject({ refused: [], sending: 0 });
  });
});

describe('opening a study', () => {
  it('lists its jobs newest first, follows those that run, and draws none unasked', async () => {
    const running = aJob({ id: 'b', state: 'segmenting', lastEventId: 4 });
    listed = [running, aCompletedJob({ id: 'a', result: storedResult })];
    await store.openStudy('1.2.3');
    await store.openStudy('1.2.3');
    expect(store.state().jobs.map(({ job }) => job.id)).toEqual(['b', 'a']);
    expect(followed.map(({ jobId, lastEventId }) => [jobId, lastEventId])).toEqual([['b', 4]]);
    expect(calls).toEqual(['list 1.2.3']);
  });

  it('stops following the jobs of the study before', async () => {
    listed = [aJob()];
    await store.openStudy('1.2.3');
    listed = [];
    await store.openStudy('1.2.4');
    expect(followed[0]!.signal.aborted).toBe(true);
    expect(store.state().jobs).toEqual([]);
  });

  it('takes no answer that arrives after the study was left', async () => {
    let answer = (_: Job[]) => {};
    api.listJobs = () => new Promise((resolve) => (answer = resolve));
    const opening = store.openStudy('1.2.3');
    store.closeStudy();
    answer([aJob()]);
    await opening;
    expect(store.state().jobs).toEqual([]);
  });

  it('can be tried again after it failed', async () => {
    api.listJobs = () => Promise.reject(new TypeError('Failed to fetch'));
    await store.openStudy('1.2.3');
    expect(store.state().listingTrouble?.sentence).toMatch(/does not answer/);
    api.listJobs = async () => [aCompletedJob()];
    await store.openStudy('1.2.3');
    expect(store.state().listingTrouble).toBeUndefined();
    expect(store.state().jobs).toHaveLength(1);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job } from '../../../../server/contract/job.js';
import type { Api } from '../../client/api.js';
import type { FollowOptions } from '../../client/events.js';
import { ApiError } from '../../client/trouble.js';
import { aCompletedJob, aJob } from '../../testing/jobs.js';
import { JobStore } from './jobStore.js';

type Followed = Omit<FollowOptions, 'headers'> & { readonly study: string };

let calls: string[];
let followed: Followed[];
let listed: Job[];
let api: Pick<Api, 'listJobs' | 'followJobs' | 'submit' | 'refine' | 'repeat' | 'cancel'>;
let completed: Job[];
let store: JobStore;

const request = { studyInstanceUID: '1.2.3', seriesInstanceUID: '1.2.3.4', prompts: ['left lung'] };
const only = () => store.state().jobs[0]!;
/** Lets every promise that is ready run. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  calls = [];
  followed = [];
  listed = [];
  completed = [];
  api = {
    listJobs: async (study, { onlyQueued = false } = {}) => {
      calls.push(`list ${onlyQueued ? 'queued of ' : ''}${study}`);
      return listed;
    },
    submit: async ({ prompts }) => {
      calls.push(`submit ${prompts.join()}`);
      return aJob();
    },
    refine: async () => aJob(),
    repeat: async (id) => {
      calls.push(`repeat ${id}`);
      return aJob();
    },
    cancel: async () => aJob({ state: 'cancelled', lastEventId: 5 }),
    followJobs: (study, options) => {
      followed.push({ study, ...options });
      return new Promise(() => {});
    },
  };
  store = new JobStore(api, (job) => completed.push(job));
});

afterEach(() => store.closeStudy());

describe('a job from the panel', () => {
  beforeEach(() => store.openStudy('1.2.3'));

  it('is reported when it has found something, once', async () => {
    await store.submit(request);
    expect(store.state().sending).toBe(0);
    followed[0]!.onJob(aJob({ state: 'segmenting', lastEventId: 4 }));
    expect(only().job.state).toBe('segmenting');
    followed[0]!.onJob(aCompletedJob());
    followed[0]!.onJob(aCompletedJob({ lastEventId: 10 }));
    expect(completed.map(({ id }) => id)).toEqual([aJob().id]);
  });

  it('is reported even if it ended before the response to the request was read', async () => {
    api.submit = async () => {
      followed[0]!.onJob(aCompletedJob());
      return aJob();
    };
    await store.submit(request);
    expect(only().job.state).toBe('completed');
    expect(completed).toHaveLength(1);
  });

  it('that found nothing is not reported', async () => {
    await store.submit(request);
    const { result: _, ...withoutResult } = aCompletedJob({ findings: [] });
    followed[0]!.onJob(withoutResult);
    expect(completed).toEqual([]);
  });

  it('is one job if the server returns one that is already open', async () => {
    await store.submit(request);
    await store.submit(request);
    expect(store.state().jobs).toHaveLength(1);
  });

  it('never goes back to an older state, nor to one before an amendment', async () => {
    await store.submit(request);
    followed[0]!.onJob(aJob({ state: 'segmenting', lastEventId: 4 }));
    followed[0]!.onJob(aJob({ state: 'retrieving', lastEventId: 2 }));
    expect(only().job.state).toBe('segmenting');
    followed[0]!.onJob(aCompletedJob({ amendedAt: '2026-01-02T00:00:00.000Z', feedback: [] }));
    followed[0]!.onJob(aCompletedJob());
    expect(only().job.amendedAt).toBeDefined();
  });

  it('leaves the queue with whatever number: one that waits has the last of all jobs', async () => {
    await store.submit(request);
    followed[0]!.onJob(aJob({ state: 'queued', lastEventId: 9 }));
    followed[0]!.onJob(aJob({ state: 'retrieving', lastEventId: 8 }));
    expect(only().job.state).toBe('retrieving');
  });

  it('with boxes is repeated with them, by the server', async () => {
    const { prompts: _, ...images } = request;
    await store.refine({ ...images, name: 'cyst', boxes: [] });
    const { job } = only();
    await store.repeat(job);
    expect(calls).toContain(`repeat ${job.id}`);
    followed[0]!.onJob(aCompletedJob());
    expect(completed).toHaveLength(1);
    api.repeat = () => Promise.reject(new TypeError('Failed to fetch'));
    await store.repeat(job);
    expect(only().trouble?.sentence).toBe('The Promptseg server does not respond.');
  });

  it('is cancelled by the response to the cancellation', async () => {
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
      trouble: { sentence: expect.stringMatching(/does not respond/) },
    });
  });

  it('that was refused stays on the list with its reason until it is dismissed', async () => {
    const trouble = { sentence: 'No such series.', nextStep: 'Check the series.' };
    const problem = { detail: trouble.sentence, nextStep: trouble.nextStep };
    api.submit = () => Promise.reject(new ApiError(404, problem));
    await store.submit(request);
    const [refused] = store.state().refused;
    expect(refused).toMatchObject({ request, trouble });
    store.dismiss(refused!.key);
    expect(store.state()).toMatchObject({ refused: [], sending: 0 });
  });
});

describe('a job of somebody else', () => {
  beforeEach(() => store.openStudy('1.2.3'));

  it('appears when it is accepted, in its place by age, and is not drawn unasked', () => {
    followed[0]!.onJob(aCompletedJob({ id: 'mine', createdAt: '2026-01-01T00:00:00.000Z' }));
    followed[0]!.onJob(aJob({ id: 'new', createdAt: '2026-01-01T00:01:00.000Z', rule: { name: 'CT', version: 1 } }));
    followed[0]!.onJob(aCompletedJob({ id: 'old', createdAt: '2025-12-31T00:00:00.000Z' }));
    expect(store.state().jobs.map(({ job }) => job.id)).toEqual(['new', 'mine', 'old']);
    expect(completed).toEqual([]);
  });

  it('is of no interest where it belongs to another study', () => {
    followed[0]!.onJob(aJob({ request: { ...request, studyInstanceUID: '1.2.9' } }));
    expect(store.state().jobs).toEqual([]);
  });
});

describe('the connection', () => {
  beforeEach(() => store.openStudy('1.2.3'));
  const at = (hour: number) => `2026-01-01T0${hour}:00:00.000Z`;

  it('is lost and reconnects automatically; what happened meanwhile is listed', async () => {
    followed[0]!.onConnected(at(1));
    expect(store.state().connection).toBe('connected');
    followed[0]!.onLost();
    expect(store.state().connection).toBe('lost');
    listed = [aCompletedJob()];
    followed[0]!.onConnected(at(1));
    expect(store.state().connection).toBe('back');
    await settle();
    expect(only().job.state).toBe('completed');
  });

  it('says when the server is another process than before', () => {
    followed[0]!.onConnected(at(1));
    followed[0]!.onLost();
    followed[0]!.onLost();
    followed[0]!.onConnected(at(2));
    expect(store.state().connection).toBe('restarted');
  });

  it('brings the changes of drafts, and says after each return that any may have changed', () => {
    const heard: (string | undefined)[] = [];
    store.followDrafts((id) => heard.push(id));
    followed[0]!.onConnected(at(1));
    followed[0]!.onDraft!('a');
    followed[0]!.onLost();
    followed[0]!.onConnected(at(1));
    store.closeStudy();
    followed[0]!.onDraft!('b');
    expect(heard).toEqual([undefined, 'a', undefined]);
  });

  it('takes jobs off the list whose records are gone', async () => {
    followed[0]!.onJob(aCompletedJob());
    followed[0]!.onConnected(at(1));
    await settle();
    expect(store.state().jobs).toEqual([]);
  });
});

describe('opening a study', () => {
  it('lists its jobs newest first and follows them, once', async () => {
    const running = aJob({ id: 'b', state: 'segmenting', createdAt: '2026-01-01T00:01:00.000Z' });
    listed = [running, aCompletedJob({ id: 'a' })];
    await store.openStudy('1.2.3');
    await store.openStudy('1.2.3');
    expect(store.state().jobs.map(({ job }) => job.id)).toEqual(['b', 'a']);
    expect(store.state().isListed).toBe(true);
    expect(followed.map(({ study }) => study)).toEqual(['1.2.3']);
    expect(calls).toEqual(['list 1.2.3']);
    expect(completed).toEqual([]);
  });

  it('stops following the jobs of the study before', async () => {
    listed = [aJob()];
    await store.openStudy('1.2.3');
    listed = [];
    await store.openStudy('1.2.4');
    expect(followed[0]!.signal.aborted).toBe(true);
    expect(store.state().jobs).toEqual([]);
  });

  it('takes no response that arrives after the study was left', async () => {
    let respond = (_: Job[]) => {};
    api.listJobs = () => new Promise((resolve) => (respond = resolve));
    const opening = store.openStudy('1.2.3');
    store.closeStudy();
    respond([aJob()]);
    await opening;
    expect(store.state().jobs).toEqual([]);
  });

  it('can be tried again after it failed', async () => {
    api.listJobs = () => Promise.reject(new TypeError('Failed to fetch'));
    await store.openStudy('1.2.3');
    expect(store.state().listingTrouble?.sentence).toMatch(/does not respond/);
    api.listJobs = async () => [aCompletedJob()];
    await store.openStudy('1.2.3');
    expect(store.state().listingTrouble).toBeUndefined();
    expect(store.state().jobs).toHaveLength(1);
  });
});

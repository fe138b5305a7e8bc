import { beforeEach, describe, expect, it } from '@jest/globals';
import type { EditedResult, Job } from '../../../../server/contract/job.js';
import type { ResultsApi } from '../../client/results.js';
import { ApiError } from '../../client/trouble.js';
import { editedPixels } from '../../testing/editedPixels.js';
import { aCompletedJob, storedResult } from '../../testing/jobs.js';
import { type Host, type ShownResult, SourceNotInViewport } from '../host.js';
import { ResultStore } from './resultStore.js';
import { type JobResult, resultsOf } from './results.js';

let calls: string[];
let shown: ShownResult[];
let showFails: Error | undefined;
let taken: Job[];
let uploaded: Uint8Array | undefined;
let hasBrush: boolean;
let results: ResultStore;
let all: JobResult[];

const job = aCompletedJob();
const [result] = resultsOf(job);
const uid = storedResult.sopInstanceUID;

const found = job.findings.find((finding) => finding.status === 'found')!;
const edited: EditedResult = {
  ...storedResult,
  seriesInstanceUID: '1.2.3.10',
  sopInstanceUID: '1.2.3.10.1',
  predecessor: uid,
  createdAt: '2026-01-01T01:00:00.000Z',
  findings: [{ ...found, change: 'edited', findingIndex: 1 }],
  removed: [],
};

beforeEach(() => {
  calls = [];
  shown = [];
  showFails = undefined;
  taken = [];
  uploaded = undefined;
  hasBrush = true;
  const api: ResultsApi = {
    picture: async () => new Blob(),
    export: async (_, kind) => {
      calls.push(`export ${kind}`);
      throw new ApiError(410, { detail: 'It was deleted.', nextStep: 'Run it again.' });
    },
    deleteResult: async ({ editedSopInstanceUID = 'own' }) => {
      calls.push(`delete ${editedSopInstanceUID}`);
      return { ...job, resultDeletedAt: '2026-01-02T00:00:00.000Z' };
    },
    giveFeedback: async (_, index, feedback) => {
      const at = '2026-01-02T00:00:00.000Z';
      return { ...job, feedback: [{ ...feedback, findingIndex: index, at }] };
    },
    giveFeedbackToAll: async (_, feedback) => {
      calls.push(`all ${feedback.verdict}`);
      return job;
    },
    takeFeedbackBack: async () => job,
    priors: async () => ({ priors: [], leftOut: [] }),
    startComparison: () => Promise.reject(new ApiError(404, { detail: 'None.', nextStep: '' })),
    comparison: () => Promise.reject(new ApiError(404, { detail: 'None.', nextStep: '' })),
    cancelEarlier: async () => {},
    storeEdited: async (_, part10) => {
      uploaded = part10;
      return { edited, job: { ...job, editedResults: [edited] } };
    },
  };
  const host: Host = {
    view: () => ({ shown }),
    subscribe: () => () => {},
    authorization: () => ({}),
    show: async ({ seriesInstanceUID }, { openSource }) => {
      calls.push(`show ${seriesInstanceUID}${openSource ? ' opening its images' : ''}`);
      if (showFails) throw showFails;
      if (!shown.some((each) => each.seriesInstanceUID === seriesInstanceUID)) {
        shown = [...shown, { seriesInstanceUID, hiddenSegments: [], edited: false, overlapLost: false }];
      }
    },
    setVisible: (series, segments, visible) => {
      calls.push(`${visible ? 'draw' : 'hide'} ${series} ${segments}`);
    },
    jumpToSegment: (series, segment) => calls.push(`jump ${series} ${segment}`),
    jumpTo: (series, position) => calls.push(`look at ${position} in ${series}`),
    remove: async (series) => {
      calls.push(`remove ${series}`);
      shown = shown.filter((each) => each.seriesInstanceUID !== series);
    },
    pixels: () => editedPixels,
    edit: async (series, segment, { radiusMm, lockOthers }) => {
      calls.push(`brush ${series} ${segment}, ${radiusMm} mm${lockOthers ? ', others locked' : ''}`);
      return hasBrush;
    },
    endEdit: async (series) => {
      calls.push(`no brush ${series}`);
    },
  };
  all = [];
  results = new ResultStore(
    api,
    host,
    (changed) => taken.push(changed),
    () => all,
  );
});

describe('showing a result', () => {
  it('draws it and turns to its first segment', async () => {
    await results.show(result!, { openSource: true });
    expect(calls).toEqual(['show 1.2.3.9 opening its images', 'jump 1.2.3.9 3']);
    expect(results.state().work).toEqual({});
  });

  it('only draws what was hidden again where it is in the viewer already, and leaves the view', async () => {
    shown = [{ seriesInstanceUID: '1.2.3.9', hiddenSegments: [3], edited: true, overlapLost: false }];
    await results.show(result!, { openSource: true });
    expect(calls).toEqual(['show 1.2.3.9 opening its images', 'draw 1.2.3.9 3']);
  });

  it('takes the place of what earlier results drew of the same structures on the same images', async () => {
    const [lung] = result!.findings;
    const bone = {
      ...lung!,
      segmentNumber: 4,
      target: { ...lung!.target, code: { ...lung!.target.code, value: '2' } },
    };
    const right = { ...lung!, segmentNumber: 5, target: { ...lung!.target, laterality: 'right' as const } };
    const earlier = (series: string, change: Partial<JobResult> = {}): JobResult => ({
      ...result!,
      stored: { ...result!.stored, seriesInstanceUID: series, sopInstanceUID: `${series}.1` },
      findings: [lung!, bone, right],
      ...change,
    });
    all = [result!, earlier('1.2.3.20'), earlier('1.2.3.21', { imageSeries: '1.2.3.5' }), earlier('1.2.3.22')];
    shown = ['1.2.3.20', '1.2.3.21'].map((seriesInstanceUID) => ({
      seriesInstanceUID,
      hiddenSegments: [],
      edited: false,
      overlapLost: false,
    }));
    await results.show(result!, { openSource: true });
    expect(calls).toEqual(['show 1.2.3.9 opening its images', 'hide 1.2.3.20 3', 'jump 1.2.3.9 3']);
    calls = [];
    shown = shown.filter(({ seriesInstanceUID }) => seriesInstanceUID !== '1.2.3.9');
    await results.compare([result!]);
    expect(calls).toEqual(['show 1.2.3.9', 'jump 1.2.3.9 3']);
  });

  it('turns to a hidden segment and draws it', async () => {
    shown = [{ seriesInstanceUID: '1.2.3.9', hiddenSegments: [3], edited: false, overlapLost: false }];
    await results.show(result!, { openSource: true, segmentNumber: 3 });
    expect(calls.slice(1)).toEqual(['draw 1.2.3.9 3', 'jump 1.2.3.9 3']);
  });

  it('of a new job leaves the viewports alone, and says so where its images left them', async () => {
    showFails = new SourceNotInViewport();
    results.showNew(job);
    await new Promise((resolve) => setTimeout(resolve));
    expect(calls).toEqual(['show 1.2.3.9']);
    expect(results.state().trouble[uid]?.sentence).toMatch(/not in a viewport/);
    showFails = undefined;
    await results.show(result!, { openSource: true });
    expect(results.state().trouble).toEqual({});
  });

  it('is of the newest version that the archive still holds, until another is chosen', () => {
    const withEdit = { ...job, editedResults: [edited] };
    expect(results.chosenOf(withEdit)?.stored.sopInstanceUID).toBe(edited.sopInstanceUID);
    results.choose(resultsOf(withEdit)[0]!);
    expect(results.chosenOf(withEdit)?.stored.sopInstanceUID).toBe(uid);
    const gone = { ...job, id: 'other', editedResults: [{ ...edited, deletedAt: '2026-01-03T00:00:00.000Z' }] };
    expect(results.chosenOf(gone)?.stored.sopInstanceUID).toBe(uid);
  });
});

describe('drawing one segment only', () => {
  const two = { ...result!, findings: [result!.findings[0]!, { ...result!.findings[0]!, segmentNumber: 4 }] };
  const other = resultsOf({
    ...job,
    result: { ...storedResult, seriesInstanceUID: '1.9', sopInstanceUID: '1.9.1' },
  })[0]!;

  it('hides the others of the result and all of the other results', () => {
    results.isolate(two, 4, [two, other]);
    expect(calls).toEqual(['hide 1.9 3', 'hide 1.2.3.9 3', 'draw 1.2.3.9 4']);
  });

  it('is undone by drawing all of the result', () => {
    results.drawAll(two);
    expect(calls).toEqual(['draw 1.2.3.9 3,4']);
  });
});

describe('an edited result', () => {
  it('is handed to the brush on its segment, sized to it, with the others locked unless asked', async () => {
    await results.edit(result!);
    expect(calls.at(-1)).toBe('brush 1.2.3.9 3, 13.5 mm, others locked');
    expect(results.state().editing).toEqual({
      sopInstanceUID: uid,
      seriesInstanceUID: '1.2.3.9',
      segmentNumber: 3,
      lockOthers: true,
    });
    calls = [];
    await results.edit(result!, 3, { lockOthers: false, turn: false });
    expect(calls).toEqual(['brush 1.2.3.9 3, 13.5 mm']);
  });

  it('is painted no more once another one is drawn', async () => {
    await results.edit(result!);
    calls = [];
    await results.show(resultsOf({ ...job, editedResults: [edited] })[1]!, { openSource: true });
    expect(results.state().editing).toBeUndefined();
    expect(calls).toContain('no brush 1.2.3.9');
  });

  it('says so where the viewer has no brush', async () => {
    hasBrush = false;
    await results.edit(result!);
    expect(results.state().editing).toBeUndefined();
    expect(results.state().trouble[uid]?.nextStep).toMatch(/Segment by text/);
  });

  it('is sent as a DICOM file, and what the server stored takes the place of what was edited', async () => {
    await results.edit(result!);
    await results.storeEdited(result!);
    // A Part 10 file; test/conformance/panelEdits.test.ts has the server read one.
    expect(new TextDecoder().decode(uploaded!.subarray(128, 132))).toBe('DICM');

    expect(calls.slice(-4)).toEqual([
      'no brush 1.2.3.9',
      'remove 1.2.3.9',
      'show 1.2.3.10 opening its images',
      'jump 1.2.3.10 3',
    ]);
    expect(results.state().editing).toBeUndefined();
    expect(results.chosenOf(taken[0]!)?.stored.sopInstanceUID).toBe(edited.sopInstanceUID);
  });

  it('comes from the archive again when the changes are discarded', async () => {
    shown = [{ seriesInstanceUID: '1.2.3.9', hiddenSegments: [], edited: true, overlapLost: false }];
    await results.discardEdits(result!);
    expect(calls.slice(0, 2)).toEqual(['remove 1.2.3.9', 'show 1.2.3.9 opening its images']);
  });
});

describe('a link to a result', () => {
  const jobs = [{ job: { ...job, editedResults: [edited] } }];

  it('draws it, older versions too, and the newest one of a job', async () => {
    await results.open(uid, jobs);
    expect(calls[0]).toBe('show 1.2.3.9 opening its images');
    expect(results.chosenOf(jobs[0]!.job)?.stored.sopInstanceUID).toBe(uid);
    calls = [];
    await results.open(job.id, jobs);
    expect(calls[0]).toBe('show 1.2.3.10 opening its images');
  });

  it('says so where the result is not there, or was deleted, until the study is left', async () => {
    await results.open('1.2.3', jobs);
    expect(results.state().linkTrouble?.sentence).toMatch(/not in this study/);
    results.forgetStudy();
    expect(results.state().linkTrouble).toBeUndefined();
    await results.open(uid, [{ job: { ...job, resultDeletedAt: '2026-01-02T00:00:00.000Z' } }]);
    expect(results.state().linkTrouble).toBeDefined();
    expect(calls).toEqual([]);
  });
});

describe('a result of before', () => {
  it('is drawn as it was, turning to nothing, and left out where its images are not on screen', async () => {
    await results.drawAgain(result!, [3]);
    expect(calls).toEqual(['show 1.2.3.9', 'hide 1.2.3.9 3']);
    showFails = new SourceNotInViewport();
    await results.drawAgain(result!, []);
    expect(results.state().trouble).toEqual({});
  });
});

describe('what readers do with a result', () => {
  it('deletes it, takes it out of the viewer and out of the comparison', async () => {
    await results.compare([result!, resultsOf({ ...job, editedResults: [edited] })[1]!]);
    expect(results.state().compared).toEqual([uid, edited.sopInstanceUID]);
    await results.delete(result!);
    expect(calls.slice(-2)).toEqual(['delete own', 'remove 1.2.3.9']);
    expect(results.state()).toMatchObject({ compared: [], announcement: 'The result was deleted.' });
    expect(taken[0]?.resultDeletedAt).toBeDefined();
  });

  it('keeps feedback and takes it back', async () => {
    expect(await results.judge(result!, 1, { verdict: 'rejected', reason: 'too large' })).toBe(true);
    expect(taken[0]?.feedback).toMatchObject([{ findingIndex: 1, verdict: 'rejected', reason: 'too large' }]);
    expect(await results.judge(result!, 1, undefined)).toBe(true);
    expect(taken[1]?.feedback).toBeUndefined();
    await results.judgeAll(result!, { verdict: 'accepted' });
    expect(calls).toEqual(['all accepted']);
    expect([taken.length, results.state().announcement]).toEqual([3, 'The feedback was stored.']);
  });

  it('says why a file cannot be had', async () => {
    await results.export(result!, 'rt-structure-set');
    expect(calls).toEqual(['export rt-structure-set']);
    expect(results.state().trouble[uid]?.sentence).toBe('It was deleted.');
    expect(results.state().work).toEqual({});
  });
});

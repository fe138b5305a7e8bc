import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Draft, DraftMask, DraftRequest, NewDraft } from '../../../../server/contract/drafts.js';
import type { Neighbours, RegionPrompt } from '../../../../server/contract/imagePrompts.js';
import { laterStrings } from '../../client/laterStrings.js';
import { ApiError } from '../../client/trouble.js';
import { aCompletedJob, leftLung } from '../../testing/jobs.js';
import type { ActiveSeries, ClickedOn, ClickListener, Place, PlacedClick } from '../host.js';
import { type JobResult, resultsOf } from '../results/results.js';
import { clicksAfter, targetOf } from './clicking.js';
import { ClickStore } from './clickStore.js';

const texts = laterStrings.clicks;
const [result] = resultsOf(aCompletedJob()) as [JobResult];
const [successor] = resultsOf(aCompletedJob({ id: '2' })) as [JobResult];
const id = '0b5fd6a0-1f9e-4d0a-9d62-1d6a3b9a4c11';

/** The server's draft, and what is asked of the server while it is so. */
let draft: Draft | undefined;
let asked: string[];
/** Places (x) that the images do not have. */
let unsuitable: number[];
/** Of the draft. */
let modelId: string;
/** What a mask waits for. */
let delay: Promise<void>;
/** What the server refuses next. */
let failure: Error | undefined;
/** Announces to the store that a draft changed. */
let announce: (draftId: string | undefined) => void;
let listener: ClickListener | undefined;
/** What the viewer shows: x of the marks, with their sign, and x of the clicks in the mask. */
let marks: string;
let drawn: string | undefined;
let calls: string[];
let isEdited: boolean;
let clicks: ClickStore;

const gone = () => new ApiError(404, { code: 'draft-not-found', detail: 'There is no draft with this id.' });
const changed = (made: readonly RegionPrompt[]): Draft => {
  if (draft === undefined) throw gone();
  draft = { ...draft, clicks: [...made], version: draft.version + 1 };
  return draft;
};
const now = (): Draft => {
  if (draft === undefined) throw gone();
  return draft;
};
/** x of a click; x of the first point of a scribble, and of a lasso, in brackets. */
const xOf = (prompt: RegionPrompt): number | string => {
  if (prompt.kind === 'click') return prompt.place[0];
  return prompt.kind === 'scribble' ? `line(${prompt.line[0]![0]})` : `lasso(${prompt.outline[0]![0]})`;
};
const placesOf = (made: readonly RegionPrompt[]): string =>
  made.map((prompt) => `${prompt.part ? '+' : '-'}${xOf(prompt)}`).join(' ');

const api = {
  listClickModels: async () => [
    { id: 'regions', modalities: ['CT'], strokes: true },
    { id: 'nninteractive', modalities: ['CT', 'MR'], strokes: false },
  ],
  list: async () => (draft === undefined ? [] : [draft]),
  async begin({ model: _chosen, ...request }: DraftRequest) {
    asked.push('begin');
    draft = {
      id,
      studyInstanceUID: '1.2.3',
      seriesInstanceUID: '1.2.3.4',
      ...('corrects' in request ? request : { ...request, target: leftLung }),
      model: { id: modelId, version: '1.0.0', sha256: '' },
      clicks: [],
      version: 1,
      createdAt: '2026-01-01T00:00:00.000Z',
      changedAt: '2026-01-01T00:00:00.000Z',
    };
    return draft;
  },
  async addClick(_id: string, click: RegionPrompt) {
    asked.push(`add ${xOf(click)}`);
    if (failure !== undefined) throw failure;
    return changed([...now().clicks, click]);
  },
  async undo() {
    asked.push('undo');
    return changed(now().clicks.slice(0, -1));
  },
  async setNeighbours(_id: string, neighbours: Neighbours) {
    asked.push(`neighbours ${neighbours.policy}`);
    draft = { ...now(), neighbours, version: now().version + 1 } as Draft;
    return draft;
  },
  async mask(): Promise<DraftMask> {
    const { clicks: made, version } = now();
    asked.push('mask');
    await delay;
    if (made.some((prompt) => unsuitable.includes(Number(xOf(prompt)))))
      throw new ApiError(422, { code: 'click-unsuitable', detail: 'A click is outside of the images.' });
    return { version, block: placesOf(made) as never };
  },
  async accept() {
    asked.push('accept');
    if (failure !== undefined) throw failure;
    now();
    draft = undefined;
    announce(id);
    return aCompletedJob({ id: '2' });
  },
  async discard() {
    asked.push('discard');
    now();
    draft = undefined;
    announce(id);
  },
  async get(asks: string) {
    asked.push('get');
    if (asks !== id) throw new Error(`another draft: ${asks}`);
    return now();
  },
};

const host = {
  async refine(of: ClickedOn, heard: ClickListener) {
    listener = heard;
    calls.push(`click on ${'label' in of ? `${of.label} in ${of.imageSeries}` : of.segmentNumber}`);
    return {
      draw: (block: unknown) => {
        drawn = block as string;
      },
      mark: (made: readonly RegionPrompt[]) => {
        marks = placesOf(made);
      },
      takeMouse: (kind: string) => void calls.push(`mouse for ${kind}`),
      stop: () => void calls.push('stop'),
      end: () => {
        calls.push('end');
        drawn = undefined;
      },
    };
  },
};
const storeFor = (viewer: Pick<typeof host, 'refine'> | object = host) =>
  new ClickStore({
    api,
    host: viewer,
    show: async ({ address }) => void calls.push(`show ${address.jobId === '2' ? 'successor' : 'result'}`),
    isEdited: () => isEdited,
    followDrafts(hear) {
      announce = hear;
    },
    stored: async () => {
      calls.push('follow');
      return [successor];
    },
  });

beforeEach(() => {
  draft = undefined;
  asked = [];
  unsuitable = [];
  modelId = 'regions';
  delay = Promise.resolve();
  failure = undefined;
  listener = undefined;
  marks = '';
  drawn = undefined;
  calls = [];
  isEdited = false;
  clicks = storeFor();
});

const clicking = () => clicks.state().clicking;
const click = (x: number, change: Partial<PlacedClick> = {}) =>
  listener!.onClick({ place: [x, 0, 0], isOutside: false, isOpposite: false, ...change });
/** Once nothing is under way. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await undefined;
}
async function begun(): Promise<void> {
  await clicks.begin(result, 3, { frameOfReferenceUID: '1.9' });
  await rest();
}

describe('clicks on a result', () => {
  it('are sent in order, and masks that newer clicks made stale are skipped', async () => {
    await begun();
    for (let x = 1; x <= 10; x++) click(x);
    expect(marks).toBe('+1 +2 +3 +4 +5 +6 +7 +8 +9 +10');
    await rest();
    expect(placesOf(draft!.clicks)).toBe(marks);
    expect(drawn).toBe(marks);
    expect(asked.filter((each) => each === 'mask').length).toBeLessThan(3);
    expect(clicking()).toMatchObject({ steps: [], work: undefined });
  });

  it('mean the other kind with a modifier key, and after the panel changed over', async () => {
    await begun();
    click(1);
    click(2, { isOpposite: true });
    clicks.choose(false);
    click(3);
    click(4, { isOpposite: true });
    await rest();
    expect(drawn).toBe('+1 -2 -3 +4');
    expect(calls).toContain('mouse for click');
  });

  it('are undone and done again, also while one is on its way', async () => {
    await begun();
    click(1);
    click(2);
    clicks.undo();
    expect(marks).toBe('+1');
    await rest();
    expect(drawn).toBe('+1');
    clicks.undo();
    await rest();
    expect(drawn).toBe('');
    clicks.redo();
    clicks.redo();
    await rest();
    expect(drawn).toBe('+1 +2');
    clicks.undo();
    click(3);
    expect(clicking()!.undone).toEqual([]);
    await rest();
    expect([drawn, marks]).toEqual(['+1 +3', '+1 +3']);
  });

  it('become a new result, which is drawn before the old one is drawn as it was', async () => {
    await begun();
    click(1);
    await clicks.accept();
    expect(asked).not.toContain('accept');
    await rest();
    await clicks.accept();
    expect(calls).toEqual(['show result', 'click on 3', 'follow', 'stop', 'show successor', 'end']);
    expect(clicks.state()).toMatchObject({ clicking: undefined, drafts: [] });
  });

  it('are asked about before Escape discards them', async () => {
    await begun();
    click(1);
    await rest();
    clicks.reject();
    expect(clicking()).toMatchObject({ asksToDiscard: true });
    clicks.keep();
    expect(asked).not.toContain('discard');
    clicks.reject();
    await clicks.discard();
    expect([draft, clicking(), drawn]).toEqual([undefined, undefined, undefined]);
    // The server announces the end to this window too, which does not look for what it has ended.
    expect(asked).not.toContain('get');
  });

  it('stay on the server for later, and are continued', async () => {
    await begun();
    click(1);
    await rest();
    clicks.pause();
    expect([clicking(), drawn]).toEqual([undefined, undefined]);
    expect(clicks.state().drafts).toEqual([draft]);
    await begun();
    expect(asked.filter((each) => each === 'begin')).toHaveLength(1);
    expect([drawn, marks]).toEqual(['+1', '+1']);
    expect(clicks.state().drafts).toEqual([]);
  });

  it('of another window are drawn', async () => {
    await begun();
    changed([{ kind: 'click', place: [7, 0, 0], part: true }]);
    announce('another draft');
    await rest();
    expect(drawn).toBe('');
    announce(id);
    await rest();
    expect([drawn, marks]).toEqual(['+7', '+7']);
  });
});

describe('scribbles and lassos on a result', () => {
  const draw = (kind: 'scribble' | 'lasso', x: number, change: object = {}, count = 3) => {
    const points = Array.from({ length: count }, (_, n): Place => [x, n, 0]);
    listener!.onStroke({ kind, points, isOutside: false, ...change });
  };

  it('are drawn by the mouse once it is theirs, mean what is chosen, and are sent in order with clicks', async () => {
    await begun();
    expect(clicking()!.tool).toBe('click');
    click(1);
    clicks.take('lasso');
    expect([clicking()!.tool, calls.at(-1)]).toEqual(['lasso', 'mouse for lasso']);
    draw('lasso', 2, { frameOfReferenceUID: '1.9' });
    clicks.choose(false);
    expect(calls.at(-1)).toBe('mouse for lasso');
    clicks.take('scribble');
    draw('scribble', 3);
    await rest();
    expect([drawn, marks]).toEqual(['+1 +lasso(2) -line(3)', '+1 +lasso(2) -line(3)']);
    expect(draft!.clicks[1]).toEqual({
      kind: 'lasso',
      outline: [
        [2, 0, 0],
        [2, 1, 0],
        [2, 2, 0],
      ],
      part: true,
      frameOfReferenceUID: '1.9',
    });
    expect(draft!.clicks[2]).not.toHaveProperty('frameOfReferenceUID');
    clicks.undo();
    await rest();
    expect(drawn).toBe('+1 +lasso(2)');
    clicks.redo();
    await rest();
    expect(drawn).toBe('+1 +lasso(2) -line(3)');
  });

  it('beside the images, on other images and beyond the number of points are not sent: a sentence each', async () => {
    await begun();
    draw('scribble', 1, { isOutside: true });
    expect(clicking()!.notTaken).toBe(texts.outside);
    draw('lasso', 1, { frameOfReferenceUID: '1.8' });
    expect(clicking()!.notTaken).toBe(texts.elsewhere);
    for (let n = 0; n < 5; n++) draw('lasso', n, {}, 1000);
    expect(clicking()!.notTaken).toBeUndefined();
    draw('scribble', 9, {}, 2);
    expect(clicking()!.notTaken).toBe(texts.fullOfPoints(5000));
    click(7);
    await rest();
    expect(drawn).toBe('+lasso(0) +lasso(1) +lasso(2) +lasso(3) +lasso(4) +7');
  });
});

describe('a model that takes clicks alone', () => {
  it('is offered neither scribbles nor lassos, and has the mouse click where one was chosen before', async () => {
    modelId = 'nninteractive';
    await clicks.learn('1.2.3');
    const beginning = clicks.begin(result, 3, { frameOfReferenceUID: '1.9' });
    expect(clicking()!.tools).toEqual(['click', 'scribble', 'lasso']);
    clicks.take('lasso');
    await beginning;
    await rest();
    expect([clicking()!.tool, clicking()!.tools, calls.at(-1)]).toEqual(['click', ['click'], 'mouse for click']);
    clicks.take('scribble');
    expect(clicking()!.tool).toBe('click');
    clicks.pause();
    modelId = 'regions';
    draft = undefined;
    await begun();
    expect(clicking()!.tools).toEqual(['click', 'scribble', 'lasso']);
  });

  it('is not sent again what the server refuses of it, and the clicks after it are', async () => {
    await begun();
    click(1);
    await rest();
    failure = new ApiError(422, { code: 'click-unsuitable', detail: 'The model takes no lassos.' });
    click(2);
    await rest();
    expect(clicking()).toMatchObject({ notTaken: 'The model takes no lassos.', steps: [] });
    expect([clicking()!.trouble, marks, drawn]).toEqual([undefined, '+1', '+1']);
    failure = undefined;
    click(3);
    await rest();
    expect(drawn).toBe('+1 +3');
  });
});

it('a mask that takes long says how many tasks of the server come first, until it is there', async () => {
  jest.useFakeTimers();
  try {
    await begun();
    draft = { ...now(), maskPosition: 2 } as Draft;
    let finish: () => void = () => undefined;
    delay = new Promise((resolve) => {
      finish = resolve;
    });
    click(1);
    await rest();
    expect(clicking()!.before).toBeUndefined();
    jest.advanceTimersByTime(2000);
    await rest();
    expect(clicking()).toMatchObject({ work: 'computing', before: 2 });
    finish();
    await rest();
    expect([drawn, clicking()!.before]).toEqual(['+1', undefined]);
    const { length } = asked;
    jest.advanceTimersByTime(10_000);
    await rest();
    expect(asked).toHaveLength(length);
  } finally {
    jest.useRealTimers();
  }
});

describe('the neighbours of what is clicked on', () => {
  it('are chosen on the server, which keeps locked ones, and the mask is drawn again', async () => {
    await begun();
    click(1);
    await rest();
    draft = { ...now(), neighbours: { policy: 'overlapping', locked: [7] }, version: now().version + 1 } as Draft;
    announce(id);
    await rest();
    asked = [];
    await clicks.setNeighbours({ policy: 'onlyEmpty' });
    await rest();
    expect(asked).toEqual(['neighbours onlyEmpty', 'mask']);
    expect(draft).toMatchObject({ neighbours: { policy: 'onlyEmpty', locked: [7] } });
    await clicks.setNeighbours({ locked: [7, 8] });
    expect(draft).toMatchObject({ neighbours: { policy: 'onlyEmpty', locked: [7, 8] } });
  });

  it('are locked before a policy is chosen', async () => {
    await begun();
    await clicks.setNeighbours({ locked: [2] });
    expect(draft).toMatchObject({ neighbours: { policy: 'overlapping', locked: [2] } });
  });
});

describe('clicks on something new', () => {
  const series = {
    studyInstanceUID: '1.2.3',
    seriesInstanceUID: '1.2.3.4',
    frameOfReferenceUID: '1.9',
  } as ActiveSeries;
  const beginNew = async () => {
    clicks.name({ series, stack: 'phase-2' });
    await clicks.beginNew(clicks.state().naming!, 'left lung');
    await rest();
  };

  it('begin with its name, and are stored once something is part of it', async () => {
    await beginNew();
    expect(draft).toMatchObject({ name: 'left lung', stack: 'phase-2', seriesInstanceUID: '1.2.3.4' });
    expect(calls).toEqual(['click on Left lung in 1.2.3.4']);
    expect([clicks.state().naming, targetOf(clicking()!)]).toEqual([undefined, leftLung]);
    click(1, { frameOfReferenceUID: '1.8' });
    expect(clicking()!.notTaken).toBe(texts.elsewhere);
    click(1, { isOpposite: true });
    await rest();
    await clicks.accept();
    expect(asked).not.toContain('accept');
    click(2);
    await rest();
    expect(drawn).toBe('-1 +2');
    await clicks.accept();
    expect(calls.slice(1)).toEqual(['follow', 'stop', 'show successor', 'end']);
  });

  it('stay on the server for later, and go on with what another window made of them', async () => {
    await beginNew();
    click(1);
    await rest();
    clicks.pause();
    expect(clicks.state().drafts).toEqual([draft]);
    const [kept] = clicks.state().drafts as [NewDraft];
    changed([...kept.clicks, { kind: 'click', place: [2, 0, 0], part: true }]);
    await clicks.goOn(kept, series);
    await rest();
    expect([drawn, marks, clicks.state().drafts]).toEqual(['+1 +2', '+1 +2', []]);
    draft = undefined;
    announce(id);
    await rest();
    expect(clicks.state()).toMatchObject({ clicking: undefined, ended: { sentence: texts.endedElsewhere } });
  });
});

describe('what goes wrong with clicks', () => {
  it('outside of the images, in another frame of reference: a sentence, and nothing is sent', async () => {
    await begun();
    click(1, { isOutside: true });
    expect(clicking()!.notTaken).toBe(texts.outside);
    click(2, { frameOfReferenceUID: '1.8' });
    expect(clicking()!.notTaken).toBe(texts.elsewhere);
    await rest();
    expect(draft!.clicks).toEqual([]);
    click(3, { frameOfReferenceUID: '1.9' });
    await rest();
    expect([clicking()!.notTaken, drawn]).toEqual([undefined, '+3']);
  });

  it('one of many that the server cannot use is taken back, and no other', async () => {
    unsuitable = [3];
    await begun();
    for (const x of [1, 2, 3, 4, 5]) click(x);
    await rest();
    expect([placesOf(draft!.clicks), drawn, marks]).toEqual(['+1 +2 +4 +5', '+1 +2 +4 +5', '+1 +2 +4 +5']);
    expect([clicking()!.steps, clicking()!.trouble]).toEqual([[], undefined]);
  });

  it('one of another window that cannot be used is left to that window', async () => {
    unsuitable = [3];
    await begun();
    changed([{ kind: 'click', place: [3, 0, 0], part: true }]);
    announce(undefined);
    await rest();
    expect(asked).not.toContain('undo');
    expect(clicking()).toMatchObject({ notTaken: 'A click is outside of the images.', work: undefined });
  });

  it('while the server is down they wait, and go on', async () => {
    await begun();
    failure = new TypeError('Failed to fetch');
    click(1);
    click(2);
    await rest();
    expect(clicking()!.trouble?.sentence).toBe('The Promptseg server does not respond.');
    expect(placesOf(clicksAfter(clicking()!))).toBe('+1 +2');
    failure = undefined;
    clicks.retry();
    await rest();
    expect([drawn, clicking()!.trouble]).toEqual(['+1 +2', undefined]);
  });

  it('a study that was deleted is named, and the clicks are kept', async () => {
    await begun();
    failure = new ApiError(404, { code: 'study-not-found', detail: 'The archive has no such study.' });
    click(1);
    await rest();
    expect(clicking()).toMatchObject({ trouble: { code: 'study-not-found' }, work: undefined });
    expect(placesOf(clicksAfter(clicking()!))).toBe('+1');
  });

  it('an end in another window is said, and the result is drawn as it was', async () => {
    await begun();
    click(1);
    await rest();
    draft = undefined;
    announce(id);
    await rest();
    expect(clicks.state()).toMatchObject({ clicking: undefined, ended: { sentence: texts.endedElsewhere } });
    expect(drawn).toBeUndefined();
  });

  it('an end in another window before this one stores is said', async () => {
    await begun();
    click(1);
    await rest();
    draft = undefined;
    await clicks.accept();
    expect(clicks.state()).toMatchObject({ clicking: undefined, ended: { sentence: texts.endedElsewhere } });
    expect(drawn).toBeUndefined();
  });

  it('what another window changed while storing failed is drawn', async () => {
    await begun();
    click(1);
    await rest();
    failure = new ApiError(503, { code: 'archive-busy', detail: 'The server is busy.' });
    const accepting = clicks.accept();
    changed([...draft!.clicks, { kind: 'click', place: [7, 0, 0], part: true }]);
    announce(id);
    await accepting;
    await rest();
    expect([clicking()?.trouble?.sentence, marks]).toEqual(['The server is busy.', '+1 +7']);
    failure = undefined;
    clicks.retry();
    await rest();
    expect(drawn).toBe('+1 +7');
  });

  it('unsaved changes of the brush and a layout without views are named first', async () => {
    isEdited = true;
    await begun();
    expect([clicking()!.trouble, listener]).toEqual([texts.edited, undefined]);
    isEdited = false;
    clicks = storeFor({ refine: async () => undefined });
    await begun();
    expect(clicking()!.trouble).toEqual(texts.withoutView);
    expect(asked).toEqual([]);
  });
});

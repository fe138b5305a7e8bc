import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { FoundFinding } from '../../../server/contract/finding.js';
import type { Job } from '../../../server/contract/job.js';
import { laterStrings } from '../client/laterStrings.js';
import { strings } from '../client/strings.js';
import { ada, buttonsFor, researcher, viewer } from '../testing/buttons.js';
import { aCompletedJob, aJob, storedResult } from '../testing/jobs.js';
import { PromptSetRow } from './ask/PromptSetRow.js';
import { PromptSets } from './ask/PromptSets.js';
import { UnknownParts } from './ask/UnknownParts.js';
import { JobCard } from './cards/JobCard.js';
import { StackChoice } from './cards/StackChoice.js';
import type { ActiveSeries } from './host.js';
import { RecognitionList } from './recognize/RecognitionList.js';
import { EditBar } from './results/EditBar.js';
import { Judgement } from './results/Judgement.js';
import type { JobStore } from './results/jobStore.js';
import { ResultStore } from './results/resultStore.js';
import { resultsOf } from './results/results.js';

const nothing = () => undefined;

// React warns that effects of layout do not run where there is no layout.
beforeAll(() => void jest.spyOn(console, 'error').mockImplementation(nothing));
afterAll(() => void jest.restoreAllMocks());

const results = new ResultStore({} as never, {} as never, nothing);
const store = { state: () => ({ jobs: [] }) } as unknown as JobStore;
const images = { modality: 'CT' } as ActiveSeries;
const host = { edit: () => true, pixels: nothing, refine: nothing } as never;

const card = (job: Job, boxModality = 'CT') => (
  <JobCard
    tracked={{ job, since: 0, readAt: 0, cancelling: false }}
    isNewest
    store={store}
    results={results}
    state={results.state()}
    boxes={{} as never}
    boxState={{ modalities: [boxModality] }}
    clicks={{} as never}
    clickState={{ modalities: [boxModality], withoutStrokes: [], drafts: [] }}
    images={images}
    host={host}
    ofOtherSeries={false}
    result={resultsOf(job)[0]}
    shown={[]}
    drawn={[]}
    others={[
      {
        result: { ...resultsOf(aCompletedJob())[0]!, stored: { ...storedResult, sopInstanceUID: '1' } },
        title: 'Bone',
      },
    ]}
    onSuggestion={nothing}
  />
);

describe('a card offers what the account may do', () => {
  const { cancel, retry, runAgain } = strings.job;
  const named = (label: string, job: Job) => `${label}: ${job.request.prompts.join(', ')}`;

  it.each([
    ['cancelling', cancel, aJob({ state: 'segmenting' })],
    ['trying again', retry, aJob({ state: 'failed', endedAt: '2026-01-01T00:00:08.000Z' })],
    ['running again', runAgain, aCompletedJob({ resultDeletedAt: '2026-01-02T00:00:00.000Z' })],
  ])('%s', (_what, label, job) => {
    expect(buttonsFor(researcher, card(job))).toContain(named(label, job));
    expect(buttonsFor(viewer, card(job))).not.toContain(named(label, job));
  });

  it('looking at a result, comparing and taking it along, and no more', () => {
    const job = aCompletedJob({ createdBy: ada });
    const { show } = strings.show;
    const { askDelete } = strings.result;
    const seen = buttonsFor(viewer, card(job));
    expect(seen).toEqual(
      expect.arrayContaining([
        named(show, job),
        laterStrings.compare.with,
        strings.export.segmentation,
        strings.export.measurements,
      ]),
    );
    for (const label of [laterStrings.clicks.menu, laterStrings.edit.open, laterStrings.box.menu, askDelete]) {
      expect(seen).not.toContain(label);
      expect(buttonsFor(researcher, card(job))).toContain(label);
    }
  });

  it.each([
    ['a box', laterStrings.box],
    ['clicks', laterStrings.clicks],
  ])('correcting by %s where a model takes them on these images', (_what, { menu }) => {
    expect(buttonsFor(researcher, card(aCompletedJob()))).toContain(menu);
    expect(buttonsFor(researcher, card(aCompletedJob(), 'MR'))).not.toContain(menu);
    expect(buttonsFor(researcher, card(aCompletedJob({ resultDeletedAt: '2026-01-02T00:00:00.000Z' })))).not.toContain(
      menu,
    );
  });

  it('deleting what is one’s own', () => {
    const { askDelete } = strings.result;
    const ofBob = aCompletedJob({ createdBy: { ...ada, subject: 'bob' } });
    expect(buttonsFor(researcher, card(ofBob))).not.toContain(askDelete);
    expect(buttonsFor([...researcher, 'results:delete'], card(ofBob))).toContain(askDelete);
    const edited = {
      ...aCompletedJob().result!,
      sopInstanceUID: '1.2.3.9.2',
      predecessor: '1.2.3.9.1',
      createdAt: '2026-01-02T00:00:00.000Z',
      findings: [],
      removed: [],
      by: ada,
    };
    const [own, byAda] = resultsOf({ ...ofBob, editedResults: [edited] });
    expect([own?.maker?.subject, byAda?.maker?.subject]).toEqual(['bob', 'ada']);
  });

  it('judging a finding', () => {
    const { accept, reject, takeBack } = strings.feedback;
    const given = { findingIndex: 0, verdict: 'accepted', at: '2026-01-01T00:00:00.000Z' } as const;
    const part = (feedback?: typeof given) => (
      <Judgement name="Left lung" feedback={feedback} onJudge={async () => true} />
    );
    expect(buttonsFor(researcher, part())).toEqual([accept, reject]);
    expect(buttonsFor(researcher, part(given))).toEqual([takeBack]);
    for (const feedback of [undefined, given]) expect(buttonsFor(viewer, part(feedback))).toEqual([]);
  });

  it('storing what the viewer’s brush changed, or dropping it', () => {
    const [result] = resultsOf(aCompletedJob());
    const bar = (asked: boolean) => (
      <EditBar
        result={result!}
        title="left lung"
        results={results}
        editing={undefined}
        edited
        asked={asked}
        work={undefined}
      />
    );
    const { store: keep, discard, goOn } = laterStrings.edit;
    expect(buttonsFor(researcher, bar(false))).toEqual([keep, discard, goOn]);
    // Not even where the viewer's own button was pressed.
    for (const asked of [false, true]) expect(buttonsFor(viewer, bar(asked))).toEqual([discard, goOn]);
  });

  it('running with another stack', () => {
    const stacks = [
      { id: 'a', description: 'A', numberOfSlices: 3, chosen: true },
      { id: 'b', description: 'B', numberOfSlices: 3 },
    ] as unknown as NonNullable<Job['stacks']>;
    const choice = <StackChoice job={aCompletedJob({ stacks })} onRun={nothing} />;
    expect(buttonsFor(researcher, choice, true)).toEqual([strings.stacks.run]);
    expect(buttonsFor(viewer, choice, true)).toEqual([]);
  });

  it('storing what was recognised', () => {
    const [, found] = aCompletedJob().findings as [unknown, FoundFinding];
    const recognition = { answered: 1, unanswered: ['t1'] };
    const { result: _, ...job } = aCompletedJob({ findings: [found], recognition });
    const request = { ...job.request, recognize: { withinSeconds: 300, store: false } };
    const list = <RecognitionList job={{ ...job, request }} jobs={[]} onRun={nothing} results={results} shown={[]} />;
    const { storeAndShow, askRest } = strings.recognition;
    const changing = [storeAndShow('Left lung'), askRest(1)];
    expect(buttonsFor(researcher, list)).toEqual(expect.arrayContaining(changing));
    for (const label of changing) expect(buttonsFor(viewer, list)).not.toContain(label);
  });
});

describe('the question offers what the account may do', () => {
  const set = { id: '1', name: 'Lungs', prompts: ['lungs'], createdAt: '', changedAt: '' };

  it('using sets of prompts, and changing them', () => {
    const row = (mayChange: boolean) => (
      <ul>
        <PromptSetRow set={set} actions={{} as never} onApply={nothing} onRemoved={nothing} mayChange={mayChange} />
      </ul>
    );
    const { renameSet, removeSet, save } = strings.sets;
    expect(buttonsFor(researcher, row(true))).toEqual(expect.arrayContaining([renameSet('Lungs'), removeSet('Lungs')]));
    expect(buttonsFor(viewer, row(false))).toHaveLength(1);
    const sets = <PromptSets api={{} as never} prompts={['lungs']} modality="CT" of={{} as never} onApply={nothing} />;
    expect(buttonsFor(researcher, sets)).toContain(strings.sets.import);
    for (const label of [save, strings.sets.import]) expect(buttonsFor(viewer, sets)).not.toContain(label);
  });

  it('asking another model for a part', () => {
    const part = {
      promptIndex: 0,
      prompt: 'putamen',
      targets: [],
      nearest: [],
      code: 'not-in-model' as const,
      knownBy: {
        installed: [{ id: 'head', name: 'Head', modalities: ['CT'], servesSeries: true }],
        published: [],
      },
    };
    const parts = (
      <UnknownParts
        parts={[part]}
        model={undefined}
        modality="CT"
        onBrowse={nothing}
        onAskOther={nothing}
        onReplace={nothing}
      />
    );
    expect(buttonsFor(researcher, parts)).toHaveLength(1);
    expect(buttonsFor(viewer, parts)).toEqual([]);
  });
});

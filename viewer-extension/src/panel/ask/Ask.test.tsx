import { describe, expect, it } from '@jest/globals';
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import type { ModelView } from '../../../../server/contract/models.js';
import type { ResolutionView } from '../../../../server/contract/prompts.js';
import { strings } from '../../client/strings.js';
import { leftLung } from '../../testing/jobs.js';
import { ConnectionNotice } from '../frame/ConnectionNotice.js';
import { choiceForSeries, chosenModel } from './chosenModel.js';
import { Marked } from './Marked.js';
import { ModelChoice } from './ModelChoice.js';
import { OutputOptions } from './OutputOptions.js';
import { usualOutput } from './output.js';
import { partsInWords, UnderstoodParts } from './Parts.js';
import { PromptChip } from './PromptChip.js';
import { PromptHints } from './PromptHints.js';
import { RecentList } from './RecentList.js';
import { SeriesHeader } from './SeriesHeader.js';
import { StackSelect } from './StackSelect.js';
import { SuggestionList } from './SuggestionList.js';
import { UnknownParts } from './UnknownParts.js';
import { UnreadableSeries, type UnreadableSeriesProps } from './UnreadableSeries.js';
import { isCurrent, partsOf } from './useResolution.js';

const nothing = () => undefined;
const textOf = (element: ReactElement) =>
  renderToStaticMarkup(element)
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

const model: ModelView = {
  id: 'head',
  name: 'Head',
  version: '0.1.0',
  modalities: ['MR', 'CT'],
  intendedUse: 'Research.',
  licence: 'Apache-2.0',
  sha256: 'f'.repeat(64),
  numberOfTargets: 67,
  examples: ['left hippocampus', 'ventricles'],
  givesProbabilities: true,
  readsFreeText: true,
  bodyRegions: ['head'],
  evaluation: [
    { dataset: 'one real T1', target: 'mean of 17 structures', metric: 'Dice', value: 0.7851, source: 'x' },
    { dataset: 'one real T1', target: 'thalamus', metric: 'Dice', value: 0.89, source: 'x' },
  ],
  fit: 'here',
};
const other: ModelView = {
  ...model,
  id: 'other',
  name: 'Other',
  evaluation: [],
  fit: 'elsewhere',
  givesProbabilities: false,
};

const understood: ResolutionView = { promptIndex: 0, prompt: 'left lung', targets: [leftLung], nearest: [] };
const unknown: ResolutionView = {
  promptIndex: 1,
  prompt: 'splean',
  targets: [],
  nearest: [leftLung],
  reason: 'This model knows nothing named “splean”.',
};
const about = { model, modality: 'MR', onBrowse: nothing, onAskOther: nothing };
const chip = (parts: readonly ResolutionView[] | undefined) => (
  <PromptChip
    prompt={{ key: 1, text: 'the left lung' }}
    parts={parts}
    about={about}
    reachable
    onEdit={nothing}
    onRemove={nothing}
    onReplace={nothing}
    onMove={nothing}
    onLeave={nothing}
  />
);

describe('a chip', () => {
  it('shows what it was understood as, with its code, and says so to a screen reader', () => {
    expect(textOf(chip([understood]))).toBe('Left lung SCT 44029006 ×');
    const markup = renderToStaticMarkup(chip([understood]));
    expect(markup).toContain('aria-description="the left lung: Left lung, SCT 44029006. Enter edits,');
    expect(markup).toContain('aria-label="Remove “the left lung”"');
    expect(markup).toContain('data-state="understood"');
  });

  it('shows its own text while it is read, and strikes through what is not known', () => {
    expect(textOf(chip(undefined))).toBe('the left lung ×');
    expect(textOf(chip([understood, unknown]))).toBe('the left lung Left lung SCT 44029006 ×');
    expect(partsInWords([understood, unknown])).toBe('Left lung, SCT 44029006; “splean” not known');
    expect(renderToStaticMarkup(<Marked text="left lung, splean" parts={[understood, unknown]} />)).toBe(
      'left lung, <s data-promptseg="struck">splean</s>',
    );
  });

  it('says of free text that it is such', () => {
    const words = { ...leftLung, name: 'fluid', freeText: 'fluid' };
    const asked = { promptIndex: 0, prompt: 'fluid', targets: [words], nearest: [] };
    expect(textOf(chip([asked]))).toBe('fluid free text ×');
    expect(renderToStaticMarkup(chip([asked]))).toContain('title="Not in the model’s vocabulary');
    expect(partsInWords([asked])).toBe('fluid, free text');
  });

  it('says what the series contradicts, once, and to a screen reader too', () => {
    const contradiction = 'The text says “chest MRI”, but the series is of modality CT.';
    const parts = [understood, { ...understood, contradiction }, { ...understood, contradiction }];
    expect(textOf(chip(parts)).split(contradiction)).toHaveLength(2);
    expect(partsInWords(parts)).toMatch(new RegExp(`${contradiction}$`));
  });

  it('says how a typing error was read, and counts what is too much to list', () => {
    expect(
      textOf(<UnderstoodParts parts={[{ ...understood, correctedTo: 'left lung', prompt: 'left lugn' }]} />),
    ).toContain('“left lugn” read as “left lung”');
    const everything = { ...understood, targets: Array.from({ length: 67 }, () => leftLung) };
    expect(textOf(<UnderstoodParts parts={[everything]} />)).toMatch(/\+ 61 structures$/);
  });
});

describe('the response of the server', () => {
  const resolution = {
    prompts: ['left lung', 'splean'],
    view: { model: 'head', because: 'only' as const, reason: '', resolutions: [understood, unknown] },
  };

  it('is taken apart by prompt', () => {
    expect(partsOf(resolution, ' left lung ')).toEqual([understood]);
    expect(partsOf(resolution, 'splean')).toEqual([unknown]);
    expect(partsOf(resolution, 'fat')).toBeUndefined();
    expect(partsOf({ prompts: ['fat'] }, 'fat')).toBeUndefined();
  });

  it('is only about what was asked', () => {
    expect(isCurrent(resolution, ['left lung', 'splean'])).toBe(true);
    expect(isCurrent(resolution, ['left lung'])).toBe(false);
  });
});

describe('what is not understood', () => {
  const said = (part: Partial<ResolutionView>, modality = 'MR') =>
    textOf(
      <UnknownParts
        {...about}
        modality={modality}
        parts={[{ ...unknown, nearest: [], reason: 'As the server says.', ...part }]}
        onReplace={nothing}
      />,
    );

  it('is said to be no structure of the model, with what comes near', () => {
    expect(said({ code: 'unknown-words', nearest: [leftLung] })).toBe(
      '“splean” is not among the 67 structures of Head. Browse How to add one Did you mean Left lung',
    );
  });

  it('is said to be in no installed model, with the models that can', () => {
    const published = [
      { name: 'SAT', modalities: ['CT', 'MR'] },
      { name: 'Other', modalities: ['CT'] },
      { name: 'Third' },
    ];
    expect(said({ prompt: 'liver', code: 'not-in-model', knownBy: { installed: [], published } })).toBe(
      'No installed model segments “liver” on MR. Models that can: SAT, Other (CT), Third. Browse How to add one',
    );
    const body = { id: 'body', name: 'Body', modalities: ['CT'], servesSeries: false };
    expect(said({ prompt: 'liver', code: 'not-in-model', knownBy: { installed: [body], published: [] } })).toBe(
      'No installed model segments “liver” on MR. Body does, on CT. Browse How to add one',
    );
    expect(said({ prompt: 'liver', code: 'not-in-model' }, '')).toBe(
      'No installed model segments “liver”. Browse How to add one',
    );
  });

  it('is run with another model that knows it', () => {
    const body = { id: 'body', name: 'Body', modalities: ['CT'], servesSeries: true };
    expect(said({ prompt: 'liver', code: 'not-in-model', knownBy: { installed: [body], published: [] } })).toBe(
      '“liver” is in the model Body. Segment “liver” with Body',
    );
  });

  it('is offered in its own words where a model reads free text, and explained by the server otherwise', () => {
    expect(said({ code: 'negation', mayBeFreeText: true })).toBe('As the server says. Use “splean” as free text');
  });
});

describe('the choice of a model', () => {
  const choice = (chosen?: string) => (
    <ModelChoice
      models={[model, other]}
      chosen={chosen}
      resolved={{ model: 'head', because: 'body-part' }}
      onChoose={nothing}
    />
  );

  it('is automatic, with the reason', () => {
    expect(textOf(choice())).toContain('Automatic Head: It is made for the body part that the series shows.');
    expect(chosenModel([model, other], undefined, { model: 'head' })).toBe('Head (automatic)');
    expect(chosenModel([model, other], undefined, undefined)).toBe('Automatic');
    expect(chosenModel([model], undefined, undefined)).toBe('Head (automatic)');
    expect(chosenModel([model, other], 'other', { model: 'other' })).toBe('Other');
  });

  it('is waited for until the list of models says whether it stands for the series', () => {
    const known = { served: { models: [model, other] }, isLoading: false };
    expect(choiceForSeries('other', { served: undefined, isLoading: true })).toEqual({ model: undefined, wait: true });
    expect(choiceForSeries('other', known)).toEqual({ model: 'other', wait: false });
    expect(choiceForSeries('of-ct', known)).toEqual({ model: undefined, wait: false });
    // The list could not be loaded: the server says whether the model serves the series.
    expect(choiceForSeries('other', { served: undefined, isLoading: false })).toEqual({ model: 'other', wait: false });
    // Nobody waits for a list that nothing depends on.
    expect(choiceForSeries(undefined, { served: undefined, isLoading: true })).toEqual({
      model: undefined,
      wait: false,
    });
  });

  it('shows what each knows, its measured accuracy and its purpose', () => {
    expect(textOf(choice('other'))).toMatch(
      /Head 0\.1\.0 67 structures in MR, CT Dice 0\.785, mean of 17 structures on .* T1 1 more figure .* Research\./,
    );
    expect(textOf(choice('other'))).toContain(
      'Made for the head; the series is tagged as another body part. Accuracy not measured.',
    );
    expect(renderToStaticMarkup(choice('other'))).toMatch(
      /data-promptseg="model"><input type="radio"[^>]*checked=""\/?><span><b>Other/,
    );
  });
});

describe('the series', () => {
  const series = {
    studyInstanceUID: '1',
    seriesInstanceUID: '2',
    modality: 'US',
    description: 'Liver',
    numberOfImages: 3,
  };

  it('is shown by name, or it is said that there is none', () => {
    expect(textOf(<SeriesHeader series={series} />)).toBe('US Liver 3 images');
    expect(textOf(<SeriesHeader series={{ ...series, description: '' }} />)).toContain('Series without description');
    expect(textOf(<SeriesHeader series={undefined} />)).toBe(strings.series.none);
  });

  it('says why nothing can be run on it, and what would help', () => {
    const ct = { ...series, seriesInstanceUID: '3', modality: 'CT', description: 'Chest', numberOfImages: 102 };
    const scout = { ...ct, seriesInstanceUID: '4', unsuited: 'localizer' as const };
    const problem = (props: Partial<UnreadableSeriesProps>) =>
      textOf(
        <UnreadableSeries
          problem="not-served"
          view={{ series, others: [series, ct, scout] }}
          served={{ servedModalities: ['CT', 'MR'], published: ['BiomedParse'] }}
          onOpen={nothing}
          {...props}
        />,
      );
    expect(problem({})).toBe(
      'No installed model reads US; the installed ones read CT, MR. BiomedParse can be added for US. ' +
        'How to add a model In this study, models read: CT Chest 102 images',
    );
    expect(problem({ problem: 'no-model-installed', served: { servedModalities: [], published: [] } })).toBe(
      'No model is installed on the server. How to add a model',
    );
    expect(problem({ problem: 'no-images', view: { noImages: { modality: 'SR' } } })).toBe(
      'SR: this holds no images that could be segmented. This study has no other series that an installed model reads.',
    );
    expect(problem({ problem: 'localizer', view: { series: scout, others: [scout, ct] } })).toMatch(
      /^This is a scout of the CT, a projection\. Models read slices\. In this study, models read: CT Chest/,
    );
  });
});

describe('the rest', () => {
  it('lists names as options, the chosen one marked, with synonym, code and number', () => {
    const suggestions = [
      { name: 'Left lung', targets: [leftLung], models: ['head'] },
      { name: 'Lungs', also: 'pulmones', targets: [leftLung, leftLung], models: ['head'] },
    ];
    const list = <SuggestionList id="names" suggestions={suggestions} active={1} onChoose={nothing} />;
    expect(textOf(list)).toBe('Left lung Lungs also: pulmones 2 structures');
    expect(renderToStaticMarkup(list)).toContain('id="names-1" role="option" tabindex="-1" aria-selected="true"');
  });

  it('offers stacks where there are several, and nothing where there is one', () => {
    const stacks = [
      { id: 'a', description: 'echo time 4.6 ms' },
      { id: 'b', description: 'echo time 9.2 ms' },
    ];
    expect(textOf(<StackSelect stacks={stacks} chosen="b" onChoose={nothing} />)).toBe(
      'The series has 2 stacks of slices Automatic: most images echo time 4.6 ms echo time 9.2 ms',
    );
    expect(textOf(<StackSelect stacks={stacks.slice(1)} chosen={undefined} onChoose={nothing} />)).toBe('');
    const images = [
      { id: 'image-1', description: 'image 1 (PA)' },
      { id: 'image-2', description: 'image 2 (LL)' },
    ];
    expect(textOf(<StackSelect stacks={images} chosen={undefined} onChoose={nothing} />)).toBe(
      'The series has 2 single images The image shown image 1 (PA) image 2 (LL)',
    );
  });

  it('offers no probabilities of a model that gives none', () => {
    const options = (without: string | undefined) =>
      renderToStaticMarkup(<OutputOptions output={usualOutput} onOutput={nothing} withoutProbabilities={without} />);
    expect(options('CT tissues')).toMatch(/disabled="" value="fractional"|value="fractional"[^>]*disabled=""/);
    expect(options('CT tissues')).toContain('CT tissues gives no probabilities.');
    expect(options(undefined)).not.toContain('disabled');
  });

  it('lists what was asked, or says that nothing was', () => {
    const recent = (questions: string[][]) =>
      textOf(<RecentList recent={questions} modality="CT" onUse={nothing} onForget={nothing} />);
    expect(recent([['bone', 'fat'], ['lungs']])).toBe('bone, fat lungs Forget all');
    expect(recent([])).toBe('No prompts for CT in this browser yet.');
  });

  it('says that the server is down, and that it is back', () => {
    expect(textOf(<ConnectionNotice connection="lost" />)).toContain('Reconnecting automatically.');
    expect(textOf(<ConnectionNotice connection="restarted" />)).toBe(strings.connection.restarted);
    expect(textOf(<ConnectionNotice connection="connected" />)).toBe('');
  });
});

it('a prompt that seems to name a patient is hinted at, any other is not', () => {
  const hint = (prompts: readonly string[], view?: Parameters<typeof PromptHints>[0]['view']) =>
    textOf(<PromptHints prompts={prompts} view={view} />);
  expect(hint(['bone', 'liver of Mrs Jones'])).toBe(strings.prompt.personal);
  expect(hint(['liver of Mueller'], { seemToNameSomebody: [0] })).toBe(strings.prompt.personal);
  expect(hint(['bone', 'liver'])).toBe('');
  expect(hint(['liver now and before'], { comparesWithPrior: true })).toBe('and compares with the study before');
});

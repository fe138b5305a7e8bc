import { describe, expect, it } from '@jest/globals';
import type { BodyRegion } from '#contract/bodyRegions.js';
import { PromptsegError } from '../platform/errors.js';
import { headVocabulary, tissueVocabulary } from '../prompts/testing/exampleVocabularies.js';
import type { ModelLibrary, ModelPackage } from '../segmenter/packages/modelPackage.js';
import type { Vocabulary } from '../values/vocabulary.js';
import { chooseModel, findModel } from './chooseModel.js';

const model = (
  id: string,
  modalities: string[],
  vocabulary: Vocabulary,
  bodyRegions?: BodyRegion[],
  evaluation: Partial<ModelPackage['manifest']['evaluation'][number]>[] = [],
) =>
  ({
    folder: `models/${id}`,
    manifest: { family: 'text-query', id, modalities, bodyRegions, evaluation },
    vocabulary,
  }) as unknown as ModelPackage;

const tissues = model('ct-tissues', ['CT'], tissueVocabulary);
const head = model('head', ['CT', 'MR'], headVocabulary, ['head']);
const secondHead = model('head-2', ['CT', 'MR'], headVocabulary, ['head']);
const library: ModelLibrary = { packages: [tissues, head], promptable: [], refused: [] };

const chosen = (question: Parameters<typeof chooseModel>[1], from = library) => {
  const { model, reason } = chooseModel(from, question);
  return [model.manifest.id, reason];
};
const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (error) {
    return error instanceof PromptsegError ? error.code : String(error);
  }
  return undefined;
};

describe('without a named model', () => {
  it.each([
    [['bone'], 'HEAD', 'ct-tissues'],
    [['left hippocampus'], 'HEAD', 'head'],
    [['left hippocampus'], undefined, 'head'],
    [['hippocampus, bone and putamen'], 'BRAIN', 'head'],
    [['lungs', 'hippocampus'], undefined, 'ct-tissues'],
  ])('%j on a CT of %s goes to the model that understands the most: %s', (prompts, bodyPartExamined, id) => {
    const question = { modality: 'CT', prompts, ...(bodyPartExamined !== undefined && { bodyPartExamined }) };
    expect(chosen(question)[0]).toBe(id);
  });

  it('where nobody understands the text, takes the one that has something like it to offer', () => {
    const headFirst: ModelLibrary = { packages: [head, tissues], promptable: [], refused: [] };
    const because = 'No model for CT understands the text.';
    expect(chosen({ modality: 'CT', prompts: ['left bone'] }, headFirst)).toEqual(['ct-tissues', because]);
    expect(chosen({ modality: 'CT', prompts: ['umbrella'] }, headFirst)).toEqual(['ct-tissues', because]);
  });

  it('where nobody understands the text, takes the one that was taught it and says why it does not offer it', () => {
    const taught = { ...headVocabulary, notOffered: [{ name: 'umbrella', synonyms: [], why: 'it is too wide.' }] };
    const trunk = model('trunk', ['CT'], taught, ['trunk']);
    const two: ModelLibrary = { packages: [tissues, trunk], promptable: [], refused: [] };
    expect(chosen({ modality: 'CT', prompts: ['umbrella'] }, two)[0]).toBe('trunk');
  });

  it('says why', () => {
    expect(chosen({ modality: 'MR', prompts: ['hippocampus'] })).toEqual(['head', 'It is the only model for MR.']);
    expect(chosen({ modality: 'CT', prompts: ['hippocampus'] })).toEqual([
      'head',
      'Of the models for CT it understands most of the text.',
    ]);
  });

  it('lets the body part decide between models that understand the text equally, and then the order', () => {
    const limbs = model('limbs', ['MR'], headVocabulary, ['limbs']);
    const two: ModelLibrary = { packages: [limbs, head, secondHead], promptable: [], refused: [] };
    const ask = (question: object) => chosen({ modality: 'MR', prompts: ['hippocampus'], ...question }, two);
    expect(ask({})[0]).toBe('limbs');
    expect(ask({ description: 'T1 knee left' })[0]).toBe('limbs');
    expect(ask({ description: 'head routine' })[0]).toBe('head');
    expect(ask({ bodyPartExamined: 'KNEE', description: 'head coil' })[0]).toBe('limbs');
    expect(ask({ bodyPartExamined: 'BRAIN' })).toEqual([
      'head',
      'Others understand the text equally well; this one comes first.',
    ]);
  });

  it('prefers one that knows the text in the modality to one that knows it in others only', () => {
    const knownIn = (modality: string): Vocabulary => ({
      ...headVocabulary,
      targets: headVocabulary.targets.map((target) => ({ ...target, modalities: [modality] })),
    });
    const [ofCt, ofMr] = [model('of-ct', ['CT', 'MR'], knownIn('CT')), model('of-mr', ['CT', 'MR'], knownIn('MR'))];
    const ask = (modality: string, ...packages: ModelPackage[]) =>
      chosen({ modality, prompts: ['hippocampus'] }, { packages, promptable: [], refused: [] })[0];
    expect(ask('MR', ofCt, ofMr)).toBe('of-mr');
    expect(ask('CT', ofMr, ofCt)).toBe('of-ct');
    // It can still say that it knows the target elsewhere.
    expect(ask('MR', tissues, ofCt)).toBe('of-ct');
  });

  it('asks one that reads free text only for what no vocabulary has', () => {
    const sat = model('sat', ['CT'], headVocabulary);
    const reader = {
      ...sat,
      manifest: { ...sat.manifest, family: 'sat', queries: { kind: 'text-graph' } },
    } as ModelPackage;
    const ask = (...prompts: string[]) =>
      chosen({ modality: 'CT', prompts }, { packages: [reader, tissues], promptable: [], refused: [] })[0];
    expect(ask('"perihepatic fluid"')).toBe('sat');
    expect(ask('"bone"')).toBe('ct-tissues');
    expect(ask('bone', '"perihepatic fluid"')).toBe('ct-tissues');
    expect(ask('hippocampus', '"perihepatic fluid"')).toBe('sat');
  });

  it('prefers a model for any part of the body if the body part is unknown', () => {
    const [anywhere, ofTheHead] = [
      model('any', ['CT'], tissueVocabulary),
      model('head', ['CT'], tissueVocabulary, ['head']),
    ];
    const ask = (question: object) =>
      chosen(
        { modality: 'CT', prompts: ['everything'], ...question },
        { packages: [ofTheHead, anywhere], promptable: [], refused: [] },
      )[0];
    expect(ask({})).toBe('any');
    expect(ask({ bodyPartExamined: 'HEAD' })).toBe('head');
  });

  it('takes the one that knows the most where everything is asked for, after the body part', () => {
    expect(headVocabulary.targets.length).not.toBe(tissueVocabulary.targets.length);
    const larger = headVocabulary.targets.length > tissueVocabulary.targets.length ? 'head' : 'ct-tissues';
    const wholeBody = model('head', ['CT'], headVocabulary);
    const question = { modality: 'CT', prompts: ['everything'] };
    expect(chosen(question, { packages: [tissues, wholeBody], promptable: [], refused: [] })).toEqual([
      larger,
      'Others understand the text equally well; this one knows the most structures.',
    ]);
    const ofTheHead = model('small-head', ['CT'], tissueVocabulary, ['head']);
    const both: ModelLibrary = { packages: [wholeBody, ofTheHead], promptable: [], refused: [] };
    expect(chosen({ ...question, bodyPartExamined: 'BRAIN' }, both)[0]).toBe('small-head');
  });

  describe('prefers measured quality among models that understand the text equally', () => {
    const figure = (dataset: string, value: number, metric = 'Dice') => ({ dataset, target: 'mean', metric, value });
    const measured = (id: string, ...figures: ReturnType<typeof figure>[]) =>
      model(id, ['MR'], headVocabulary, ['head'], figures);
    const ask = (...packages: ModelPackage[]) =>
      chosen({ modality: 'MR', prompts: ['hippocampus'] }, { packages, promptable: [], refused: [] });
    const sentence = (why: string) => `Others understand the text equally well; ${why}.`;

    it('over none', () => {
      expect(ask(measured('a'), measured('b', figure('scan', 0.2)))).toEqual([
        'b',
        sentence('this is the only one with measured accuracy'),
      ]);
    });

    it('the better on the same data', () => {
      const [good, better] = [measured('a', figure('scan', 0.7)), measured('b', figure('scan', 0.8))];
      expect(ask(good, better, measured('c'))).toEqual(['b', sentence('this one is more accurate on the same data')]);
    });

    it.each([
      ['other data', figure('another scan', 0.9)],
      ['another figure', figure('scan', 0.9, 'NSD')],
    ])('and compares nothing of %s', (_, other) => {
      const first = measured('a', figure('scan', 0.7));
      const second = measured('b', other, figure('third scan', 0.9));
      expect(ask(first, second)).toEqual(['a', sentence('this one comes first')]);
    });
  });

  it('refuses parts of the head in an abdomen, by the body part and by a description that leaves no doubt', () => {
    const prompts = ['left hippocampus'];
    expect(codeOf(() => chooseModel(library, { modality: 'CT', prompts, bodyPartExamined: 'ABDOMEN' }))).toBe(
      'body-part-not-served',
    );
    expect(chosen({ modality: 'CT', prompts, bodyPartExamined: 'WHOLEBODY' })[0]).toBe('head');
    expect(codeOf(() => chooseModel(library, { modality: 'CT', prompts, description: 'abdomen' }))).toBe(
      'body-part-not-served',
    );
    expect(chosen({ modality: 'CT', prompts, description: 'abdomen', anyway: true })[0]).toBe('head');
    expect(
      chosen({ modality: 'CT', prompts: ['bone', 'hippocampus', 'putamen'], bodyPartExamined: 'ABDOMEN' })[0],
    ).toBe('ct-tissues');
  });

  it('gives one that serves the modality where none understands the text, so that it can say what it knows', () => {
    expect(chosen({ modality: 'CT', prompts: ['umbrella'] })).toEqual([
      'ct-tissues',
      'No model for CT understands the text.',
    ]);
  });

  it('refuses a modality that none serves', () => {
    expect(codeOf(() => chooseModel(library, { modality: 'PT', prompts: ['bone'] }))).toBe('modality-not-served');
  });
});

describe('a named model', () => {
  const ofTheHead = { model: 'head', modality: 'CT', prompts: ['hippocampus'] };

  it.each([
    { bodyPartExamined: 'ABDOMEN' },
    { bodyPartExamined: 'EXTREMITY', description: 'head coil' },
    { anatomicRegion: 'Knee' },
    { description: 'T2 Abdomen axial' },
    { description: 'survey', protocolName: 'Oberbauch nativ' },
    { protocolName: 'ABDOMINAL_MRA' },
  ])('is not taken for a series of another part of the body, unless the request insists: %j', (place) => {
    expect(codeOf(() => chooseModel(library, { ...ofTheHead, ...place }))).toBe('body-part-not-served');
    expect(chosen({ ...ofTheHead, ...place, anyway: true })).toEqual([
      'head',
      expect.stringMatching(/^The request names it and insists, although by its .* the series shows \w+/),
    ]);
    const { model: _, ...unnamed } = ofTheHead;
    expect(codeOf(() => chooseModel(library, { ...unnamed, ...place }))).toBe('body-part-not-served');
  });

  it.each([
    {},
    { bodyPartExamined: 'HEAD', description: 'abdomen' },
    { bodyPartExamined: 'WHOLEBODY' },
    { anatomicRegion: 'Brain', description: 'knee' },
    { description: 'HIP T2 hires, arm up, back' },
    { description: 'head and abdomen' },
    { protocolName: 'Schädel nativ' },
  ])('is taken where the series says nothing against it: %j', (place) => {
    expect(chosen({ ...ofTheHead, ...place })).toEqual(['head', 'The request names it.']);
  });

  it('for any region is taken anywhere', () => {
    expect(chosen({ model: 'ct-tissues', prompts: ['bone'], bodyPartExamined: 'KNEE' })[0]).toBe('ct-tissues');
  });

  it('must serve the modality, and be there', () => {
    expect(codeOf(() => chooseModel(library, { model: 'ct-tissues', modality: 'MR', prompts: ['bone'] }))).toBe(
      'modality-not-served',
    );
    expect(codeOf(() => findModel(library, 'nobody'))).toBe('model-not-found');
  });

  it('that was refused does not look as if it were missing', () => {
    const error = new PromptsegError('model-package-corrupt', 'CARD.md was changed.');
    const damaged: ModelLibrary = { packages: [], promptable: [], refused: [{ folder: 'models/head', error }] };
    expect(codeOf(() => findModel(damaged, 'head'))).toBe('model-package-corrupt');
    expect(codeOf(() => chooseModel(damaged, { prompts: ['bone'] }))).toBe('model-package-corrupt');
    expect(codeOf(() => findModel(damaged, 'other'))).toBe('model-not-found');
  });
});

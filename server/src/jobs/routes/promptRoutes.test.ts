import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import type { BodyRegion } from '#contract/bodyRegions.js';
import { type ModelsView, modelsViewSchema } from '#contract/models.js';
import { resolveViewSchema, type SuggestRequest, type SuggestView, suggestViewSchema } from '#contract/prompts.js';
import { type StructuresView, structuresViewSchema } from '#contract/structures.js';
import { sendProblems } from '../../http/problems.js';
import { routerOf } from '../../http/route.js';
import { shippedPresets } from '../../prompts/presets.js';
import { headVocabulary, tissueVocabulary } from '../../prompts/testing/exampleVocabularies.js';
import type { ModelPackage } from '../../segmenter/packages/modelPackage.js';
import type { Vocabulary } from '../../values/vocabulary.js';
import { modelRoutes } from './modelRoutes.js';
import { promptRoutes } from './promptRoutes.js';
import { structureRoutes } from './structureRoutes.js';

const measured = { dataset: 'one scan', target: 'mean', metric: 'Dice', value: 0.785, source: 'measured here' };

const model = (
  id: string,
  family: string,
  modalities: string[],
  vocabulary: Vocabulary,
  bodyRegions?: BodyRegion[],
  more: object = {},
) =>
  ({
    folder: `models/${id}`,
    sha256: 'f'.repeat(64),
    vocabulary,
    manifest: {
      id,
      family,
      name: id,
      version: '1.0.0',
      modalities,
      bodyRegions,
      intendedUse: 'Tests.',
      licence: { spdx: 'Apache-2.0' },
      evaluation: id === 'head' ? [measured] : [],
      ...more,
    },
  }) as unknown as ModelPackage;

const library = {
  packages: [
    model('ct-tissues', 'tissue-regions', ['CT'], tissueVocabulary),
    model('head', 'text-query', ['MR', 'CT'], headVocabulary, ['head']),
    model('second-head', 'text-query', ['MR'], headVocabulary, ['head']),
    model('sat', 'sat', ['PT'], tissueVocabulary, undefined, { queries: { kind: 'text-graph' } }),
  ],
  promptable: [],
  refused: [],
};

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer(
    express().use(
      express.json(),
      routerOf([...modelRoutes(library), ...promptRoutes(library), ...structureRoutes(library, shippedPresets)]),
      sendProblems,
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function post(path: string, body: object): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

async function suggest(request: SuggestRequest): Promise<SuggestView> {
  return suggestViewSchema.parse((await post('/prompts/suggest', request)).json);
}
const names = ({ suggestions }: SuggestView) => suggestions.map(({ name }) => name);

describe('suggestions', () => {
  it('come from all models that serve the series, each with its code and who knows it', async () => {
    const view = await suggest({ text: 'left', modality: 'CT', limit: 50 });
    expect(names(view)).toContain('left lung');
    expect(names(view)).toContain('left hippocampus');
    expect(view.suggestions[0]).toMatchObject({
      models: [expect.any(String)],
      targets: [{ code: { scheme: '99PROMPTSEG', value: '1' }, laterality: 'left' }],
    });
  });

  it('are one where two models mean the same', async () => {
    const { suggestions } = await suggest({ text: 'left hippocampus', modality: 'MR' });
    expect(suggestions).toMatchObject([{ name: 'left hippocampus', models: ['head', 'second-head'] }]);
  });

  it('leave out models for other modalities and for other parts of the body', async () => {
    expect(names(await suggest({ text: 'lung', modality: 'MR' }))).toEqual([]);
    expect(names(await suggest({ text: 'hippocampus', modality: 'CT', bodyPartExamined: 'CHEST' }))).toEqual([]);
    expect(names(await suggest({ text: 'bone', modality: 'US' }))).toEqual([]);
  });

  it('hold to the model that is named', async () => {
    expect(names(await suggest({ text: 'left', model: 'ct-tissues', modality: 'CT' }))).toEqual(['left lung']);
    expect((await post('/prompts/suggest', { text: 'left', model: 'none' })).status).toBe(404);
  });

  it('show the synonym that matches, and the members of a group', async () => {
    expect((await suggest({ text: 'skel', modality: 'CT' })).suggestions).toMatchObject([
      { name: 'bone', also: 'skeleton' },
    ]);
    const [lungs] = (await suggest({ text: 'lungs', modality: 'CT' })).suggestions;
    expect(lungs).toMatchObject({ name: 'lungs', targets: [{ name: 'left lung' }, { name: 'right lung' }] });
  });

  it('correct typing errors, and say that these only come near', async () => {
    const mistyped = await suggest({ text: 'left hipocampus', modality: 'MR' });
    expect([names(mistyped), mistyped.near]).toEqual([['left hippocampus'], true]);
    expect((await suggest({ text: 'left hipp', modality: 'MR' })).near).toBe(false);
    expect(await suggest({ text: 'spectrometer', modality: 'MR' })).toEqual({ suggestions: [], near: false });
  });

  it('are few: eight by default, fifty at most', async () => {
    expect(names(await suggest({ text: '', modality: 'CT' }))).toHaveLength(8);
    expect(names(await suggest({ text: '', modality: 'CT', limit: 2 }))).toHaveLength(2);
    expect((await post('/prompts/suggest', { text: '', limit: 51 })).status).toBe(400);
    expect((await post('/prompts/suggest', { text: 'x'.repeat(201) })).status).toBe(400);
  });
});

describe('resolving', () => {
  it('says which prompt each part is of, which model would run and why', async () => {
    const { json } = await post('/prompts/resolve', {
      prompts: ['left hippocampus and spectrometer', 'thalamus'],
      modality: 'MR',
      bodyPartExamined: 'HEAD',
      description: '',
    });
    const view = resolveViewSchema.parse(json);
    expect(view).toMatchObject({ model: 'head', because: 'measured' });
    expect(view.reason).toMatch(/measured accuracy/);
    expect(view.resolutions.map(({ promptIndex, prompt, targets }) => [promptIndex, prompt, targets.length])).toEqual([
      [0, 'left hippocampus', 1],
      [0, 'spectrometer', 0],
      [1, 'thalamus', 2],
    ]);
  });

  it('says of anatomy that no installed model segments it, and which models can', async () => {
    const { json } = await post('/prompts/resolve', { prompts: ['liver and thalamus', 'bone'], modality: 'MR' });
    const [liver, , bone] = resolveViewSchema.parse(json).resolutions;
    expect(liver).toMatchObject({
      prompt: 'liver',
      code: 'not-in-model',
      reason: 'No installed model segments “liver” on MR.',
      nearest: [],
    });
    expect(liver!.knownBy!.installed).toEqual([]);
    expect(liver!.knownBy!.published).toContainEqual({ name: 'SAT', modalities: ['CT', 'MR'] });
    expect(bone).toMatchObject({ knownBy: { installed: [{ id: 'ct-tissues', servesSeries: false }, { id: 'sat' }] } });
  });

  it('takes the body part into account', async () => {
    const { status, json } = await post('/prompts/resolve', {
      prompts: ['hippocampus'],
      modality: 'CT',
      bodyPartExamined: 'CHEST',
    });
    expect([status, json.code]).toEqual([422, 'body-part-not-served']);
    const bone = await post('/prompts/resolve', { prompts: ['bone'], modality: 'CT', bodyPartExamined: 'CHEST' });
    expect(bone.json).toMatchObject({ model: 'ct-tissues', because: 'understands-most' });
  });
});

describe('resolving free text', () => {
  const resolve = async (prompt: string, series: object) =>
    resolveViewSchema.parse((await post('/prompts/resolve', { prompts: [prompt], ...series })).json).resolutions;

  it('offers it where a model for the series reads it, and nowhere else', async () => {
    const fluid = { prompt: 'perihepatic fluid', targets: [] };
    expect(await resolve('perihepatic fluid', { modality: 'PT' })).toMatchObject([{ ...fluid, mayBeFreeText: true }]);
    for (const series of [{ modality: 'CT' }, { model: 'ct-tissues', modality: 'CT' }])
      expect((await resolve('perihepatic fluid', series))[0]).not.toHaveProperty('mayBeFreeText');
  });

  it('says of a target that it is in the words of who asked, with a private code', async () => {
    expect(await resolve('bone, "perihepatic fluid"', { modality: 'PT' })).toMatchObject([
      { prompt: 'bone', targets: [{ name: 'bone' }] },
      {
        prompt: 'perihepatic fluid',
        targets: [{ name: 'perihepatic fluid', freeText: 'perihepatic fluid', code: { scheme: '99PROMPTSEG' } }],
      },
    ]);
    expect((await resolve('bone', { modality: 'PT' }))[0]!.targets[0]).not.toHaveProperty('freeText');
  });
});

describe('models', () => {
  async function models(query = ''): Promise<ModelsView> {
    return modelsViewSchema.parse(await (await fetch(`${url}/models${query}`)).json());
  }

  it('say what they know, what was measured, and what all of them read', async () => {
    const { models: all, servedModalities } = await models();
    expect(servedModalities).toEqual(['CT', 'MR', 'PT']);
    expect(all[1]).toMatchObject({
      id: 'head',
      numberOfTargets: headVocabulary.targets.length,
      examples: ['left hippocampus', 'ventricles'],
      evaluation: [measured],
      bodyRegions: ['head'],
      givesProbabilities: true,
      readsFreeText: false,
    });
    expect(all[3]).toMatchObject({ id: 'sat', readsFreeText: true });
    expect(all[0]).toMatchObject({ examples: ['left lung', 'bone'], evaluation: [], givesProbabilities: false });
    expect(all[0]!.fit).toBeUndefined();
  });

  it('are those for a series, the best fitting first', async () => {
    const fits = async (query: string) => (await models(query)).models.map(({ id, fit }) => [id, fit]);
    expect(await fits('?modality=CT&bodyPartExamined=HEAD')).toEqual([
      ['head', 'here'],
      ['ct-tissues', 'anywhere'],
    ]);
    expect(await fits('?modality=CT&bodyPartExamined=CHEST')).toEqual([
      ['ct-tissues', 'anywhere'],
      ['head', 'elsewhere'],
    ]);
    expect(await models('?modality=US')).toEqual({
      models: [],
      servedModalities: ['CT', 'MR', 'PT'],
      promptable: [],
      published: ['BiomedParse'],
      refused: [],
    });
  });
});

describe('what can be asked for', () => {
  async function structures(query: string): Promise<StructuresView> {
    return structuresViewSchema.parse(await (await fetch(`${url}/structures?${query}`)).json());
  }
  const namesIn = ({ regions }: StructuresView) => regions.flatMap((each) => each.structures.map(({ name }) => name));

  it('is what the models that read the series know, each structure once with its models', async () => {
    const ofHead = await structures('modality=CT&bodyPartExamined=HEAD');
    expect(namesIn(ofHead)).toContain('Bone');
    const hippocampus = ofHead.regions.flatMap((each) => each.structures).find(({ name }) => name === 'Hippocampus');
    expect(hippocampus).toMatchObject({ models: ['head'], targets: [{ laterality: 'left' }, { laterality: 'right' }] });
    expect(namesIn(await structures('modality=CT&bodyPartExamined=CHEST'))).not.toContain('Hippocampus');
    expect(namesIn(await structures('modality=US'))).toEqual([]);
  });

  it('is what one model knows, where that is named', async () => {
    expect(namesIn(await structures('model=ct-tissues&modality=CT'))).toContain('Bone');
    expect((await fetch(`${url}/structures?model=none`)).status).toBe(404);
  });

  it('names only presets that one of these models understands in full', async () => {
    const ids = async (query: string) => (await structures(query)).presets.map(({ id }) => id);
    expect(await ids('modality=CT')).toEqual(expect.arrayContaining(['body-composition', 'lungs-and-airways']));
    expect(await ids('modality=MR')).not.toContain('lungs-and-airways');
    expect((await structures('modality=CT')).presets.find(({ id }) => id === 'lungs-and-airways')).toMatchObject({
      names: { en: 'Both lungs and airways', de: 'Beide Lungen und Atemwege' },
      structures: 3,
    });
  });
});

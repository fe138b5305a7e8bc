import { describe, expect, it } from '@jest/globals';
import type { BodyRegion } from '#contract/bodyRegions.js';
import { headVocabulary, tissueVocabulary } from '../prompts/testing/exampleVocabularies.js';
import type { ModelLibrary, ModelPackage } from '../segmenter/packages/modelPackage.js';
import type { Vocabulary } from '../values/vocabulary.js';
import { lookElsewhere, type Refusal } from './knownElsewhere.js';

const model = (name: string, modalities: string[], vocabulary: Vocabulary, bodyRegions?: BodyRegion[]) =>
  ({
    manifest: { family: 'text-query', id: name.toLowerCase(), name, modalities, bodyRegions },
    vocabulary,
  }) as unknown as ModelPackage;

const tissues = model('Tissues', ['CT'], tissueVocabulary);
const head = model('Head', ['MR', 'CT'], headVocabulary, ['head']);
const library: ModelLibrary = { packages: [tissues, head], promptable: [], refused: [] };

const look = async (chosen: ModelPackage, refusal: Partial<Refusal>, series: object) => {
  const refused: Refusal = { prompt: 'liver', code: 'not-in-model', reason: 'As the model says.', ...refusal };
  const [looked] = await lookElsewhere([refused], chosen, library, series);
  return [looked!.reason, looked!.others.map(({ id, servesSeries }) => [id, servesSeries])];
};

describe('a structure that the chosen model does not know', () => {
  it('is said to be in no installed model, with the kind of images', async () => {
    expect(await look(head, {}, { modality: 'MR' })).toEqual(['No installed model segments “liver” on MR.', []]);
    expect(await look(head, {}, {})).toEqual(['No installed model segments “liver”.', []]);
  });

  it('is said to be in another model that reads the series: it can be asked for separately', async () => {
    expect(await look(tissues, { prompt: 'left hippocampus' }, { modality: 'CT' })).toEqual([
      '“left hippocampus” is not in the model Tissues, but in Head: ask for it separately.',
      [['head', true]],
    ]);
  });

  it('is said to be in another model that does not read the series, with what that reads', async () => {
    expect(await look(head, { prompt: 'bone', code: 'unknown-words' }, { modality: 'MR' })).toEqual([
      'No installed model segments “bone” on MR. Tissues does, on CT.',
      [['tissues', false]],
    ]);
    const chest = { modality: 'CT', bodyPartExamined: 'CHEST' };
    expect((await look(tissues, { prompt: 'left hippocampus' }, chest))[1]).toEqual([['head', false]]);
  });

  it('keeps its own reason where the word is unknown everywhere, or where more than the word is wrong', async () => {
    const series = { modality: 'CT' };
    expect(await look(tissues, { prompt: 'umbrella', code: 'unknown-words' }, series)).toEqual([
      'As the model says.',
      [],
    ]);
    expect(await look(tissues, { prompt: 'left hippocampus', code: 'negation' }, series)).toEqual([
      'As the model says.',
      [],
    ]);
  });
});

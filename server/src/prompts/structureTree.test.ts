import { describe, expect, it } from '@jest/globals';
import { shippedPresets } from './presets.js';
import { resolvePrompts } from './resolvePrompts.js';
import { structureTree } from './structureTree.js';
import { shippedVocabulary } from './testing/shippedVocabulary.js';

const known = (model: string) => {
  const { targets, groups } = shippedVocabulary(model);
  return { model, targets, groups };
};
const treeOf = (...models: string[]) => structureTree(models.map(known));
const find = (name: string, ...models: string[]) =>
  treeOf(...models)
    .flatMap(({ structures }) => structures)
    .find((structure) => structure.name === name);

describe('the list of what can be asked for', () => {
  it('has every structure of every model once, its sides together', () => {
    for (const model of ['head', 'body', 'ct-tissues']) {
      const listed = treeOf(model).flatMap(({ structures }) => structures.flatMap(({ targets }) => targets));
      expect(listed.map(({ id }) => id).sort()).toEqual(
        known(model)
          .targets.map(({ id }) => id)
          .sort(),
      );
    }
    expect(find('Hippocampus', 'head')?.targets.map(({ name }) => name)).toEqual([
      'Left hippocampus',
      'Right hippocampus',
    ]);
    expect(find('Cerebellum', 'head')?.targets.map(({ laterality }) => laterality)).toEqual(['both', 'left', 'right']);
  });

  it('is by region, each in its place, none left over for the shipped models', () => {
    const regions = (...models: string[]) => treeOf(...models).map(({ region }) => region);
    expect(regions('head')).toEqual(['brain', 'head-and-neck', 'tissues']);
    expect(regions('body', 'ct-tissues')).toEqual([
      'chest',
      'abdomen',
      'pelvis',
      'spine',
      'bones',
      'muscles',
      'vessels',
      'tissues',
    ]);
    const [brain] = treeOf('head');
    expect(brain?.structures.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Brain', 'Ventricles', 'Thalamus']),
    );
  });

  it('names both models of what two models code alike, and finds it by either synonym', () => {
    const tissue = find('Soft tissue', 'ct-tissues', 'head');
    expect(tissue?.models).toEqual(['ct-tissues', 'head']);
    expect(tissue?.targets).toHaveLength(1);
    expect(find('Hippocampus', 'head')?.synonyms).toEqual(expect.arrayContaining(['hippocampus']));
  });
});

describe('the presets that ship', () => {
  const understoodBy = (prompts: readonly string[]) =>
    ['head', 'body', 'ct-tissues'].filter((model) =>
      resolvePrompts(prompts, shippedVocabulary(model)).every(({ status }) => status === 'understood'),
    );

  it.each(shippedPresets.map(({ id, prompts }) => [id, prompts] as const))('%s', (id, prompts) => {
    // These two are for published models that know the lobes of the lung, and all of these organs.
    const isForOthers = ['lungs-and-lobes', 'abdominal-organs'].includes(id);
    expect([id, understoodBy(prompts).length]).toEqual([id, isForOthers ? 0 : 1]);
  });

  it.each(shippedPresets.map(({ id, prompts, germanPrompts = [] }) => [id, prompts, germanPrompts] as const))(
    '%s asks for the same in German',
    (_id, prompts, germanPrompts) => {
      for (const model of ['head', 'body', 'ct-tissues']) {
        const named = (texts: readonly string[]) =>
          resolvePrompts(texts, shippedVocabulary(model)).map((part) =>
            part.status === 'understood' ? part.targets.map(({ name }) => name) : part.status,
          );
        expect([model, named(germanPrompts)]).toEqual([model, named(prompts)]);
      }
    },
  );
});

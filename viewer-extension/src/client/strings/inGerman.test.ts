import { describe, expect, it } from '@jest/globals';
import { errorTable } from '../../../../server/contract/errorTable.js';
import { germanErrors } from './errorsGerman.js';
import { inGerman } from './inGerman.js';

const lung = (laterality?: 'left' | 'right' | 'both') => ({
  id: `${laterality ?? ''}-lung`,
  name: `${laterality ?? ''} lung`.trim(),
  code: { value: '39607008', scheme: 'SCT', meaning: 'Lung' },
  ...(laterality && { laterality }),
  displayColour: [1, 2, 3],
});
const unknown = { ...lung(), name: 'Gizmo', code: { value: 'GIZMO', scheme: '99X', meaning: 'Gizmo' } };

describe('what the server sends, in German', () => {
  it('names structures wherever they are, with their side, and leaves the rest as it is', () => {
    const job = {
      id: '1',
      state: 'completed',
      findings: [{ status: 'found', target: lung('left'), volumeMl: 1 }],
      n: null,
    };
    expect(inGerman(job)).toEqual({
      ...job,
      findings: [{ status: 'found', target: { ...lung('left'), name: 'Lunge links' }, volumeMl: 1 }],
    });
    expect(inGerman([lung('both'), unknown])).toMatchObject([{ name: 'Lunge' }, { name: 'Gizmo' }]);
  });

  it('says where a text contradicts the series', () => {
    const contradiction = 'The text says “chest MRI”, but the series is of modality CT.';
    expect(inGerman({ prompt: 'lung in chest MRI', contradiction })).toEqual({
      prompt: 'lung in chest MRI',
      contradiction: 'Der Text sagt „chest MRI“, die Serie hat aber die Modalität CT.',
    });
  });

  it('says what speaks against a finding, with the German names of other structures', () => {
    const places = [{ slice: 4, sopInstanceUID: '1.2', position: [1, 2, 3] }];
    const { name, code, laterality } = lung('right');
    const cautions = [
      { code: 'few-slices', text: 'It is on 2 slices only, so its volume is rough.', count: 2, places },
      { code: 'overlap', text: 'It shares voxels.', other: { name, code, laterality }, share: 0.2 },
      { code: 'of-another-version', text: 'A sentence.' },
    ];
    expect(inGerman({ cautions }).cautions).toEqual([
      { ...cautions[0], text: 'Es ist nur auf 2 Schichten, das Volumen ist also ungenau.' },
      { ...cautions[1], text: 'Es teilt Voxel mit Lunge rechts: 20 % des kleineren der beiden.' },
      cautions[2],
    ]);
  });

  it('gives the examples of a model', () =>
    expect(inGerman({ id: 'body', examples: ['left kidney', 'gizmo'] }).examples).toEqual(['linke Niere', 'gizmo']));

  it('names a target of a region, and the words of a person, as they are named', () => {
    const nodule = { ...lung(), name: 'Lung nodule', anatomicRegion: lung().code };
    const own = { ...lung(), name: 'the spot', freeText: 'the spot' };
    expect(inGerman([nodule, own])).toEqual([nodule, own]);
  });

  it('names suggestions as their target, and structures without a side; English names are still found', () => {
    const suggestion = { name: 'Left lung', also: 'Lunge links', targets: [lung('left')], models: ['a'] };
    expect(inGerman(suggestion)).toMatchObject({ name: 'Lunge links' });
    expect(inGerman(suggestion)).not.toHaveProperty('also');
    const structure = { name: 'Lung', synonyms: ['pulmo'], targets: [lung('left'), lung('right')], models: ['a'] };
    expect(inGerman(structure)).toMatchObject({ name: 'Lunge', synonyms: expect.arrayContaining(['Lung', 'pulmo']) });
    const group = { name: 'Chest', targets: [lung('left'), unknown], models: ['a'] };
    expect(inGerman(group).name).toBe('Chest');
  });

  it('says what an error is and what to do in German, and what is special about it in English', () => {
    const problem = {
      code: 'archive-unreachable',
      detail: 'The archive at x does not respond.',
      nextStep: 'Check it.',
    };
    expect(inGerman({ problem }).problem).toEqual({
      code: 'archive-unreachable',
      detail: 'Das Archiv antwortet nicht. (The archive at x does not respond.)',
      nextStep: germanErrors['archive-unreachable'][1],
    });
    for (const [title, nextStep] of Object.values(germanErrors)) {
      expect(title).toMatch(/[^.]$/);
      expect(nextStep).toMatch(/\.$|\)\.$/);
    }
    expect(Object.keys(germanErrors)).toEqual(Object.keys(errorTable));
  });
});

import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadModelPackages, type ModelLibrary } from '../segmenter/packages/modelPackage.js';
import { targetOfName } from './nameOfSegment.js';

let library: ModelLibrary;
beforeAll(async () => {
  library = await loadModelPackages(path.resolve(import.meta.dirname, '../../../models'));
});

describe('the name of what somebody marked', () => {
  const named = (name: string, modality = 'CT') => targetOfName(name, library, { modality });

  it('has the code of a model that knows it, in words of one’s own', () => {
    expect(named('lefft kidney')).toMatchObject({
      name: 'Left kidney',
      prompt: 'lefft kidney',
      concept: { type: { scheme: 'SCT', value: '64033007' }, laterality: 'left' },
    });
    expect(named('linke Niere').name).toBe('Left kidney');
  });

  it('has it also where that model does not read such images', () => {
    expect(named('left hippocampus', 'PT')).toMatchObject({
      name: 'Left hippocampus',
      concept: { type: { scheme: 'SCT' }, laterality: 'left' },
    });
  });

  it('is free text with a private code where no model knows it, or in quotation marks', () => {
    const target = named('suture granuloma');
    expect(target).toMatchObject({
      name: 'suture granuloma',
      concept: { category: { scheme: '99PROMPTSEG' }, type: { scheme: '99PROMPTSEG', meaning: 'suture granuloma' } },
    });
    // What a model was asked in free text says that the model read it; here nothing did.
    expect(target).not.toHaveProperty('freeText');
    expect(named('"liver"').concept.type.scheme).toBe('99PROMPTSEG');
    expect(named('liver').concept.type.scheme).toBe('SCT');
  });

  it('is asked for again where it means several structures, or is none', () => {
    expect(() => named('kidneys')).toThrow(
      expect.objectContaining({
        code: 'name-ambiguous',
        message: expect.stringMatching(/^“kidneys” means several structures: .*Left kidney/),
      }),
    );
    expect(() => named('42')).toThrow(expect.objectContaining({ code: 'prompt-not-understood' }));
  });
});

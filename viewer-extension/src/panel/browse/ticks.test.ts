import { describe, expect, it } from '@jest/globals';
import type { Structure } from '../../../../server/contract/structures.js';
import { leftLung } from '../../testing/jobs.js';
import { addPrompts, nothingAsked, type Question } from '../ask/question.js';
import { askedNames, fittingSynonym, matchStructures, setSide, setTicks, tickOf } from './ticks.js';

const target = (name: string, laterality?: 'left' | 'right' | 'both') => {
  const { laterality: _, ...rest } = leftLung;
  return { ...rest, id: name, name, ...(laterality && { laterality }) };
};
const structure = (name: string, targets: Structure['targets'], synonyms: string[] = []): Structure => ({
  name,
  synonyms,
  targets,
  models: ['head'],
});
const hippocampus = structure(
  'Hippocampus',
  [target('Left hippocampus', 'left'), target('Right hippocampus', 'right')],
  ['ammon’s horn'],
);
const cerebellum = structure('Cerebellum', [
  target('Cerebellum', 'both'),
  target('Left cerebellum', 'left'),
  target('Right cerebellum', 'right'),
]);
const metal = structure('Metal or dense contrast', [target('Metal or dense contrast')]);

const texts = ({ prompts }: Question) => prompts.map(({ text }) => text);
const tick = (question: Question, of: Structure) => tickOf(of, askedNames(question));

describe('ticking structures', () => {
  it('asks for both sides of a pair, and for the whole where a model has it', () => {
    const asked = setTicks(nothingAsked, [hippocampus, cerebellum], true);
    expect(texts(asked)).toEqual(['Left hippocampus', 'Right hippocampus', 'Cerebellum']);
    expect([tick(asked, hippocampus), tick(asked, cerebellum)]).toEqual(['all', 'all']);
    expect(texts(setTicks(asked, [hippocampus, cerebellum], false))).toEqual([]);
  });

  it('asks for one side, which ticks the structure in part', () => {
    const asked = setSide(nothingAsked, hippocampus, 'Left hippocampus', true);
    expect([texts(asked), tick(asked, hippocampus)]).toEqual([['Left hippocampus'], 'some']);
    expect(texts(setSide(asked, hippocampus, 'Left hippocampus', false))).toEqual([]);
  });

  it('takes a whole apart where one of its sides is not wanted', () => {
    const asked = setTicks(nothingAsked, [cerebellum], true);
    expect(texts(setSide(asked, cerebellum, 'Left cerebellum', false))).toEqual(['Right cerebellum']);
  });

  it('replaces what was asked of a structure, and leaves everything else', () => {
    const before = addPrompts(nothingAsked, ['left hippocampus', 'bone']);
    expect(texts(setTicks(before, [hippocampus], true))).toEqual(['bone', 'Left hippocampus', 'Right hippocampus']);
    expect(texts(setTicks(before, [hippocampus], false))).toEqual(['bone']);
  });

  it('quotes a name that would be read as two, and knows it again', () => {
    const asked = setTicks(nothingAsked, [metal], true);
    expect([texts(asked), tick(asked, metal)]).toEqual([['"Metal or dense contrast"'], 'all']);
  });
});

describe('searching structures', () => {
  const found = (query: string) => matchStructures([hippocampus, cerebellum, metal], query).map(({ name }) => name);

  it('finds by parts of words in any order, by side and by synonym', () => {
    expect(found('hipp')).toEqual(['Hippocampus']);
    expect(found('CEREB left')).toEqual(['Cerebellum']);
    expect(found('horn ammon')).toEqual(['Hippocampus']);
    expect(found(' ')).toHaveLength(3);
    expect(found('liver')).toEqual([]);
  });

  it('says by which synonym, where the name does not say it', () => {
    expect(fittingSynonym(hippocampus, 'ammon')).toBe('ammon’s horn');
    expect(fittingSynonym(hippocampus, 'hippo')).toBeUndefined();
    expect(fittingSynonym(hippocampus, '')).toBeUndefined();
  });
});

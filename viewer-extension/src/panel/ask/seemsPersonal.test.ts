import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { seemsPersonal } from './seemsPersonal.js';

describe('a prompt that seems to hold a name or a date', () => {
  it.each([
    'bone of Frau Schmidt',
    'Leber von Herrn Müller',
    "liver of Mrs. O'Neil",
    'lungs, patient born 1944',
    'Lunge, geb. 29.02.1944',
    'liver 1944-02-29',
    'liver 2/29/1944',
    'Milz 3. März 1950',
    'spleen, March 3rd, 1950',
    'spleen 29 Feb 1944',
    'kidney 19440229',
    'MUELLER^HANS left lung',
    'left lung 12345678',
  ])('%j', (text) => expect(seemsPersonal(text)).toBe(true));

  it.each([
    'left lung and bone',
    'Leber und Milz',
    'linke Niere, Herz, Frauenbrust',
    'segment the L4/L5 disc',
    'T1/T2 vertebra',
    'lung nodules > 3.5 mm',
    'ribs 1-12',
    'May I have the liver?',
    'patient table',
    'MPFC BA 10/11/12',
    'fourth ventricle',
  ])('not %j', (text) => expect(seemsPersonal(text)).toBe(false));

  it.each(['ct-tissues', 'head'])('not a name that the model %s knows', (id) => {
    const file = path.resolve(import.meta.dirname, `../../../../models/${id}/vocabulary.json`);
    const { targets } = JSON.parse(readFileSync(file, 'utf8')) as { targets: { name: string; synonyms: string[] }[] };
    const names = targets.flatMap(({ name, synonyms }) => [name, ...synonyms]);
    expect(names.filter(seemsPersonal)).toEqual([]);
  });
});

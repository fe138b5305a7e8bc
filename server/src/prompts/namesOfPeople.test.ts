import { describe, expect, it } from '@jest/globals';
import { germanNames } from '#contract/germanNames.js';
import { seemsToNameSomebody } from './namesOfPeople.js';
import { shippedVocabulary } from './testing/shippedVocabulary.js';

const vocabularies = ['ct-tissues', 'head', 'body'].map((id) => shippedVocabulary(id));
const seemsSo = (text: string): boolean => seemsToNameSomebody(text, vocabularies);

describe('a prompt that seems to name somebody', () => {
  it.each([
    'liver of Müller',
    'Leber von Müller',
    'Segmentiere die Leber von Schmidt-Rottluff bitte',
    'left lung of Janina Nowak',
    "Kowalski's left kidney",
    'spleen for O’Neil',
    'bone, Kowalski',
    'please show the lungs of Nguyen in this CT',
    'lungs Yamamoto',
    'Niere bei Öztürk',
    'scan of Petrov: liver and spleen',
    '"liver lesion of Fernández"',
  ])('%j', (text) => expect(seemsSo(text)).toBe(true));

  it.each([
    'liver',
    'Liver',
    'Liver and spleen',
    'Left Upper Lobe',
    'Leber',
    'Leber und Milz, linke Niere',
    'Leber von Patient',
    'Müller',
    'Circle of Willis',
    'the circle of Willis',
    'pouch of Douglas',
    "Broca's area",
    "liver, Meckel's diverticulum",
    'hippocampus in T1 MPRAGE from Siemens',
    'CT of the Chest',
    'Segmentiere die Bauchspeicheldrüse',
    'Kopf des Oberschenkelknochens',
    'Läsion der Leber mit Zysten',
    'Segmentierung von Leberhämangiom und Nierenzyste',
    'Levator Scapulae',
    'tumour of Tympanic Cavity',
    'bone and Left Temporomandibular Joint',
    'left Levator scapulae',
    'Extensor carpi radialis longus',
    'Musculus flexor digitorum profundus',
    'L4/L5 disc',
    'lung nodules in RUL',
    'Pancreas',
    'the Pancreas, the Adrenals and the Uterus',
    'Hodgkin lymphoma, mediastinal mass',
    'brain, GM and WM',
  ])('not %j', (text) => expect(seemsSo(text)).toBe(false));

  const names = vocabularies.flatMap(({ targets, groups }) =>
    [...targets, ...groups].flatMap(({ name, synonyms }) => [name, ...synonyms]),
  );
  const inTitleCase = (name: string): string => name.replace(/(?<=^|\s)\p{Ll}/gu, (letter) => letter.toUpperCase());

  it('is none that asks for what a shipped model knows, however it is written', () => {
    expect(names.length).toBeGreaterThan(500);
    for (const written of [(name: string) => name, inTitleCase, (name: string) => `bone and ${inTitleCase(name)}`])
      expect(names.map(written).filter(seemsSo)).toEqual([]);
    const german = [...germanNames.values()].flat();
    for (const written of [(name: string) => name, (name: string) => `Segmentierung von ${name}`])
      expect(german.map(written).filter(seemsSo)).toEqual([]);
  });
});

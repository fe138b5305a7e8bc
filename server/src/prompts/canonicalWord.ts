import { germanBase } from './germanBase.js';

/** Plurals that follow no rule for endings. */
const irregularSingulars: ReadonlyMap<string, string> = new Map(
  Object.entries({
    apices: 'apex',
    appendices: 'appendix',
    atria: 'atrium',
    calves: 'calf',
    cervices: 'cervix',
    cortices: 'cortex',
    corpora: 'corpus',
    crania: 'cranium',
    crura: 'crus',
    feet: 'foot',
    femora: 'femur',
    foramina: 'foramen',
    ganglia: 'ganglion',
    gases: 'gas',
    halves: 'half',
    helices: 'helix',
    hila: 'hilum',
    irides: 'iris',
    larynges: 'larynx',
    lumina: 'lumen',
    matrices: 'matrix',
    meninges: 'meninx',
    metastases: 'metastasis',
    pallida: 'pallidum',
    pelves: 'pelvis',
    phalanges: 'phalanx',
    pharynges: 'pharynx',
    putamina: 'putamen',
    septa: 'septum',
    sterna: 'sternum',
    teeth: 'tooth',
    testes: 'testis',
    vertices: 'vertex',
    viscera: 'viscus',
  }),
);

/** Latin and English plural endings with their singulars; the first that fits wins. */
const pluralEndings: readonly (readonly [RegExp, string])[] = [
  [/(?<=\w{2})ae$/, 'a'],
  [/(?<=\w{3})i$/, 'us'],
  [/(?<=\w{2})ies$/, 'y'],
  [/(?<=ss|x|ch|sh|us)es$/, ''],
  [/(?<=\w{2}[^sui])s$/, ''],
];

const otherSpellings: ReadonlyMap<string, string> = new Map([
  ['grey', 'gray'],
  ['centre', 'center'],
  ['fibre', 'fiber'],
  ['first', '1st'],
  ['second', '2nd'],
  ['third', '3rd'],
  ['fourth', '4th'],
  ['fifth', '5th'],
  // FSL's Harvard-Oxford atlas spells it this way.
  ['ventrical', 'ventricle'],
]);

/**
 * The common form of a word's plurals, German cases and spellings, for comparison: "hippocampi" → "hippocampus",
 * "oesophagus" → "esophagus", "third" → "3rd", "mandelkerns" → "mandelkern". Both sides of a comparison use it, so it
 * need not be a real word ("pons" → "pon").
 * @param word folded as by `tokenize`
 */
export function canonicalWord(word: string): string {
  const singular = singularOf(germanBase(word) ?? word);
  const spelling = otherSpellings.get(singular);
  if (spelling !== undefined) return spelling;
  if (singular.length < 5) return singular;
  return singular.replace(/(?<=\w)our$/, 'or').replace(/[ao]e/g, 'e');
}

function singularOf(word: string): string {
  const irregular = irregularSingulars.get(word);
  if (irregular !== undefined) return irregular;
  for (const [ending, replacement] of pluralEndings) if (ending.test(word)) return word.replace(ending, replacement);
  return word;
}

import { canonicalWord } from './canonicalWord.js';

/** Nouns with their adjectives and genitives in names: "cerebellar cortex" is the "cortex of the cerebellum". */
const nouns: Readonly<Record<string, string>> = {
  abdomen: 'abdominal',
  amygdala: 'amygdaloid amygdalar',
  aorta: 'aortic',
  artery: 'arterial',
  bladder: 'vesical',
  bone: 'osseous',
  bronchus: 'bronchial',
  cerebellum: 'cerebellar cerebelli',
  cerebrum: 'cerebral cerebri',
  colon: 'colonic',
  cortex: 'cortical',
  cranium: 'cranial cranii',
  diencephalon: 'diencephalic',
  duodenum: 'duodenal',
  encephalon: 'encephalic encephali',
  esophagus: 'esophageal',
  eye: 'ocular',
  femur: 'femoral',
  heart: 'cardiac',
  hippocampus: 'hippocampal',
  kidney: 'renal',
  liver: 'hepatic',
  lung: 'pulmonary',
  nose: 'nasal nasi',
  pallidum: 'pallidal',
  pancreas: 'pancreatic',
  pelvis: 'pelvic',
  prostate: 'prostatic',
  putamen: 'putaminal',
  spleen: 'splenic',
  stomach: 'gastric',
  striatum: 'striatal',
  thalamus: 'thalamic',
  thyroid: 'thyroidal',
  trachea: 'tracheal',
  uterus: 'uterine',
  vein: 'venous',
  ventricle: 'ventricular',
  // Not an adjective, but a synonym in anatomy: grey substance.
  matter: 'substance',
};

const nounOf = new Map(
  Object.entries(nouns).flatMap(([noun, words]) =>
    words.split(' ').map((word) => [canonicalWord(word), canonicalWord(noun)] as const),
  ),
);

/**
 * The noun of an anatomical adjective, or the word itself.
 * @param canonical from `canonicalWord`
 */
export const rootWord = (canonical: string): string => nounOf.get(canonical) ?? canonical;

/** True for "cerebellar": alone it names nothing. */
export const standsForNoun = (canonical: string): boolean => nounOf.has(canonical);

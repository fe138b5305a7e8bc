import type { Laterality } from '../../values/concept.js';
import { type Vocabulary, type VocabularyTarget, vocabularySchema } from '../../values/vocabulary.js';

function target(name: string, synonyms: readonly string[], laterality?: Laterality): VocabularyTarget {
  const code = { value: '1', scheme: '99PROMPTSEG' as const, meaning: name };
  return {
    id: name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    name,
    synonyms: [...synonyms],
    modalities: ['CT'],
    concept: { category: code, type: code, displayColour: [200, 120, 90], ...(laterality && { laterality }) },
  };
}

function pair(name: string, synonyms: readonly string[] = []): VocabularyTarget[] {
  return (['left', 'right'] as const).map((side) =>
    target(
      `${side} ${name}`,
      synonyms.map((synonym) => `${side} ${synonym}`),
      side,
    ),
  );
}

const group = (name: string, members: readonly string[], synonyms: readonly string[] = []) => ({
  name,
  synonyms: [...synonyms],
  members: [...members],
});

/** Tissues of a whole-body CT. */
export const tissueVocabulary: Vocabulary = vocabularySchema.parse({
  targets: [
    target('body', ['whole body', 'body outline']),
    target('bone', ['skeleton', 'osseous tissue', 'cortical bone and marrow']),
    ...pair('lung', ['pulmo']),
    target('airways', ['trachea and bronchi', 'bronchial tree']),
    target('other air in the body', ['air outside the lungs', 'bowel gas']),
    target('fat', ['adipose tissue', 'body fat']),
    target('soft tissue', ['muscle and organs']),
    target('dense contrast or metal', ['contrast or metal', 'contrast', 'metal', 'contrast agent']),
  ],
  groups: [group('lungs', ['left-lung', 'right-lung'], ['lung parenchyma'])],
} satisfies Vocabulary);

/** Structures of a head. */
export const headVocabulary: Vocabulary = vocabularySchema.parse({
  targets: [
    target('brain', ['encephalon']),
    target('skull', ['cranium', 'calvaria']),
    target('brain stem', ['truncus encephali']),
    target('cerebral cortex', ['cortical grey matter']),
    target('basal ganglia', ['basal nuclei']),
    target('left hemisphere', ['left cerebral hemisphere'], 'left'),
    ...pair('hippocampus', ['hc']),
    ...pair('amygdala', ['amygdaloid body']),
    ...pair('thalamus'),
    ...pair('caudate', ['caudate nucleus']),
    ...pair('putamen'),
    ...pair('lateral ventricle', ['ventriculus lateralis']),
    target('3rd ventricle', ['ventriculus tertius']),
    target('tumour', ['oedematous lesion']),
  ],
  groups: [
    group('ventricles', ['left-lateral-ventricle', 'right-lateral-ventricle', '3rd-ventricle'], ['ventricular system']),
    group('striatum', ['left-caudate', 'right-caudate', 'left-putamen', 'right-putamen'], ['corpus striatum']),
  ],
} satisfies Vocabulary);

/** A single target. */
export const boneVocabulary = {
  targets: [
    {
      id: 'bone',
      name: 'bone',
      synonyms: ['skeleton'],
      modalities: ['CT'],
      concept: {
        category: { value: '91723000', scheme: 'SCT', meaning: 'Anatomical Structure' },
        type: { value: '272673000', scheme: 'SCT', meaning: 'Bone' },
        displayColour: [240, 230, 200],
      },
    },
  ],
  groups: [],
} as unknown as Vocabulary;

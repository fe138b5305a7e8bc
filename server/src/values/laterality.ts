import type { CodedConcept, Laterality } from './concept.js';

const codes: Readonly<Record<Laterality, CodedConcept>> = {
  left: { value: '7771000', scheme: 'SCT', meaning: 'Left' },
  right: { value: '24028007', scheme: 'SCT', meaning: 'Right' },
  both: { value: '51440002', scheme: 'SCT', meaning: 'Bilateral' },
};

/** The item of a Segmented Property Type Modifier Code Sequence (0062,0011) for a side (PS3.16 CID 244). */
export function lateralityCode(laterality: Laterality): CodedConcept {
  return codes[laterality];
}

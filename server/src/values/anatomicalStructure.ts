import type { Concept } from './concept.js';

/**
 * "Anatomical Structure" of CID 7150, 91723000, and 123037004, "Body structure", which dcmqi's and other mappings use
 * instead.
 */
const codeValues: ReadonlySet<string> = new Set(['123037004', '91723000']);

/** Whether a concept is a part of the body, rather than something in it or made of it. */
export const isAnatomicalStructure = ({ category }: Concept): boolean =>
  category.scheme === 'SCT' && codeValues.has(category.value);

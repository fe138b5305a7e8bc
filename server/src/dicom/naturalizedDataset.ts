/**
 * A dataset as dcmjs naturalises it: attributes by keyword, sequences as arrays of datasets, numbers as numbers,
 * one value bare and several as an array. `_meta` holds the file meta information, `_vrMap` VRs that differ from the dictionary.
 */
export interface NaturalizedDataset {
  readonly [keyword: string]: unknown;
}

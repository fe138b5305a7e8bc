/**
 * A dataset as naturalised by dcmjs: attributes by keyword, sequences as arrays of datasets, numbers as numbers, a
 * single value bare and several as an array. `_vrMap` holds VRs that differ from the dictionary.
 */
export interface NaturalizedDataset {
  readonly [keyword: string]: unknown;
}

/** A code triplet (PS3.3 section 8.1). */
export interface CodedConcept {
  /** Code Value (0008,0100) */
  readonly value: string;
  /** Coding Scheme Designator (0008,0102): SCT, DCM, or 99PROMPTSEG where no standard code has the true meaning. */
  readonly scheme: 'SCT' | 'DCM' | '99PROMPTSEG';
  /** Code Meaning (0008,0104), at most 64 characters */
  readonly meaning: string;
}

export type Laterality = 'left' | 'right' | 'both';

/** What a segment is, as DICOM SEG codes it, and how it is shown. */
export interface Concept {
  /** Segmented Property Category Code Sequence (0062,0003), from CID 7150 */
  readonly category: CodedConcept;
  /** Segmented Property Type Code Sequence (0062,000F) */
  readonly type: CodedConcept;
  /** Segmented Property Type Modifier Code Sequence (0062,0011): laterality (CID 244) */
  readonly laterality?: Laterality | undefined;
  /** sRGB, 0–255 each; becomes Recommended Display CIELab Value (0062,000D) */
  readonly displayColour: readonly [number, number, number];
}

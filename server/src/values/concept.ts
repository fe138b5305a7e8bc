/** A code triplet (PS3.3 section 8.1). */
export interface CodedConcept {
  /** Code Value (0008,0100) */
  readonly value: string;
  /**
   * Coding Scheme Designator (0008,0102): SNOMED CT, DICOM, the Foundational Model of Anatomy or NeuroNames (PS3.16
   * section 8), or 99PROMPTSEG if no standard code has the exact meaning.
   */
  readonly scheme: 'SCT' | 'DCM' | 'FMA' | 'NEU' | '99PROMPTSEG';
  /** Code Meaning (0008,0104), at most 64 characters */
  readonly meaning: string;
}

export type Laterality = 'left' | 'right' | 'both';

/** The meaning of a segment, as coded in DICOM SEG, and its display colour. */
export interface Concept {
  /** Segmented Property Category Code Sequence (0062,0003), from CID 7150 */
  readonly category: CodedConcept;
  /** Segmented Property Type Code Sequence (0062,000F) */
  readonly type: CodedConcept;
  /**
   * Segmented Property Type Modifier Code Sequence (0062,0011): laterality (CID 244); also of the anatomic region, if
   * there is one
   */
  readonly laterality?: Laterality | undefined;
  /** Anatomic Region Sequence (0008,2218): the site of a lesion or a vessel, such as the kidney of a cyst */
  readonly anatomicRegion?: CodedConcept | undefined;
  /** sRGB, 0–255 each; becomes Recommended Display CIELab Value (0062,000D) */
  readonly displayColour: readonly [number, number, number];
}

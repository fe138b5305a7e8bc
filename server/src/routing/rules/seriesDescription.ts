import type { DerivedAttributes } from '#contract/derivedAttributes.js';
import type { DicomJson } from '#contract/dicomJson.js';

/** Everything that rules can test of a series. */
export interface SeriesDescription {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** Modality (0008,0060); empty if it is absent. */
  readonly modality: string;
  /** Series Description (0008,103E); may be empty. */
  readonly description: string;
  /**
   * The dataset of one instance from the middle of the series, with the attributes of study and series from QIDO-RS.
   */
  readonly attributes: DicomJson;
  readonly derived: DerivedAttributes;
  /** Of all instances, sorted. */
  readonly sopInstanceUIDs: readonly string[];
  /** A result of Promptseg, by Manufacturer (0008,0070). */
  readonly isOurs: boolean;
}

import type { CodedConcept, Concept } from '../values/concept.js';
import { lateralityCode } from '../values/laterality.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { Target } from '../values/target.js';
import { codeItem, codes, longString, shortText } from './code.js';
import { recommendedDisplayCIELabValue } from './displayColour.js';

/** The algorithm that made the segments: Algorithm Identification Macro (PS3.3 section 10.16). */
export interface SegmentationAlgorithm {
  /** Algorithm Name (0066,0036) and Segment Algorithm Name (0062,0009) */
  readonly name: string;
  /** Algorithm Version (0066,0031) */
  readonly version: string;
  /** Algorithm Source (0024,0202) */
  readonly source?: string | undefined;
  /** Algorithm Family Code Sequence (0066,002F), from CID 7162 */
  readonly familyCode: CodedConcept;
}

/** Who made a segment, and what it is followed as. */
export interface SegmentProvenance {
  /**
   * Segment Algorithm Type (0062,0008): SEMIAUTOMATIC once a person has edited what an algorithm made, MANUAL where no
   * algorithm took part.
   */
  readonly algorithmType: 'AUTOMATIC' | 'SEMIAUTOMATIC' | 'MANUAL';
  /** Tracking ID (0062,0020) and Tracking UID (0062,0021), which stay with a segment from one object to the next. */
  readonly trackingID: string;
  readonly trackingUID: string;
}

/** The item of an algorithm identification sequence. */
export function algorithmIdentification({
  name,
  version,
  source,
  familyCode,
}: SegmentationAlgorithm): NaturalizedDataset {
  return {
    AlgorithmFamilyCodeSequence: [codeItem(familyCode)],
    AlgorithmName: longString(name),
    AlgorithmVersion: longString(version),
    ...(source !== undefined && { AlgorithmSource: longString(source) }),
  };
}

/**
 * The type of a concept with its side as a modifier: the item of Segmented Property Type Code Sequence (0062,000F) and
 * similar sequences.
 */
export function propertyType({ type, laterality }: Concept): NaturalizedDataset {
  return {
    ...codeItem(type),
    ...(laterality && { SegmentedPropertyTypeModifierCodeSequence: [codeItem(lateralityCode(laterality))] }),
  };
}

/**
 * The location of a lesion or a vessel, with its side as a modifier (PS3.3 table 10-7); none for a structure, which is
 * its own region.
 */
export function anatomicRegion({ anatomicRegion, laterality }: Concept): NaturalizedDataset {
  if (anatomicRegion === undefined) return {};
  const side = laterality && { AnatomicRegionModifierSequence: [codeItem(lateralityCode(laterality))] };
  return { AnatomicRegionSequence: [{ ...codeItem(anatomicRegion), ...side }] };
}

/**
 * The caveat for a segment that somebody named in free text: its Segment Description (0062,0006), and a note of the
 * job.
 */
export const freeTextCaveat = (words: string): string =>
  `Free text: "${words}" is not in the model's vocabulary; what is marked is the model's own reading of these words.`;

/** The item of Segment Sequence (0062,0002) of one target (PS3.3 section C.8.20.4). */
export function describeSegment(
  { name, concept, freeText }: Target,
  segmentNumber: number,
  { algorithmType, trackingID, trackingUID }: SegmentProvenance,
  algorithm: SegmentationAlgorithm,
): NaturalizedDataset {
  return {
    SegmentNumber: segmentNumber,
    SegmentLabel: longString(name),
    ...(freeText !== undefined && { SegmentDescription: shortText(freeTextCaveat(freeText)) }),
    SegmentAlgorithmType: algorithmType,
    ...(algorithmType !== 'MANUAL' && {
      SegmentAlgorithmName: longString(algorithm.name),
      SegmentationAlgorithmIdentificationSequence: [algorithmIdentification(algorithm)],
    }),
    SegmentedPropertyCategoryCodeSequence: [codeItem(concept.category)],
    SegmentedPropertyTypeCodeSequence: [propertyType(concept)],
    ...anatomicRegion(concept),
    RecommendedDisplayCIELabValue: recommendedDisplayCIELabValue(concept.displayColour),
    TrackingID: longString(trackingID),
    TrackingUID: trackingUID,
  };
}

/**
 * Segment 0 of a label map. Every pixel value that occurs must be described, including the background (PS3.3 section
 * C.8.20.2.3); Pixel Padding Value marks it as none of the segments.
 */
export function describeBackground(algorithm: SegmentationAlgorithm): NaturalizedDataset {
  return {
    SegmentNumber: 0,
    SegmentLabel: codes.background.meaning,
    SegmentAlgorithmType: 'AUTOMATIC',
    SegmentAlgorithmName: longString(algorithm.name),
    SegmentedPropertyCategoryCodeSequence: [codeItem(codes.background)],
    SegmentedPropertyTypeCodeSequence: [codeItem(codes.background)],
    RecommendedDisplayCIELabValue: recommendedDisplayCIELabValue([0, 0, 0]),
  };
}

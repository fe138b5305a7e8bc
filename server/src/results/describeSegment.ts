import type { NaturalizedDataset } from '../dicom/naturalizedDataset.js';
import type { Target } from '../segmenter/target.js';
import type { CodedConcept } from '../terminology/concept.js';
import { lateralityCode } from '../terminology/laterality.js';
import { codeItem, longString } from './code.js';
import { recommendedDisplayCIELabValue } from './displayColour.js';

/** What made the segments: Algorithm Identification Macro (PS3.3 section 10.16). */
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

/** The item of Segment Sequence (0062,0002) of one target (PS3.3 section C.8.20.4). */
export function describeSegment(
  { name, concept }: Target,
  segmentNumber: number,
  trackingUID: string,
  algorithm: SegmentationAlgorithm,
): NaturalizedDataset {
  const label = longString(name);
  return {
    SegmentNumber: segmentNumber,
    SegmentLabel: label,
    SegmentAlgorithmType: 'AUTOMATIC',
    SegmentAlgorithmName: longString(algorithm.name),
    SegmentationAlgorithmIdentificationSequence: [
      {
        AlgorithmFamilyCodeSequence: [codeItem(algorithm.familyCode)],
        AlgorithmName: longString(algorithm.name),
        AlgorithmVersion: longString(algorithm.version),
        ...(algorithm.source !== undefined && { AlgorithmSource: longString(algorithm.source) }),
      },
    ],
    SegmentedPropertyCategoryCodeSequence: [codeItem(concept.category)],
    SegmentedPropertyTypeCodeSequence: [
      {
        ...codeItem(concept.type),
        ...(concept.laterality && {
          SegmentedPropertyTypeModifierCodeSequence: [codeItem(lateralityCode(concept.laterality))],
        }),
      },
    ],
    RecommendedDisplayCIELabValue: recommendedDisplayCIELabValue(concept.displayColour),
    TrackingID: label,
    TrackingUID: trackingUID,
  };
}

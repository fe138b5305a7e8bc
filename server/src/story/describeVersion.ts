import type { FoundFinding, TargetView } from '#contract/finding.js';
import type { ComparedSegment } from '../results/compareSegments.js';
import type { SegmentProvenance } from '../results/describeSegment.js';
import type { SegmentationReference } from '../results/encodeSegmentation.js';
import type { ReadSegment, ReadSegmentation } from '../results/readSegmentation.js';
import type { Volume } from '../values/volume.js';
import { cautionsOfFindings } from './cautions/cautionsOfFindings.js';
import { findingOf, measureOutcomes } from './measureOutcomes.js';
import type { ResultReference } from './readResult.js';
import { targetOfAddedSegment, targetOfSegment } from './targetOfSegment.js';

/** A stored segmentation, the predecessor of a later version, and its images. */
export interface Predecessor extends ResultReference {
  readonly seriesDescription: string;
  /** Its segments in the record. */
  readonly findings: readonly {
    readonly segmentNumber: number;
    readonly target: TargetView;
    /** Index in the job's findings; absent for a segment that was added by an earlier edit. */
    readonly findingIndex?: number | undefined;
  }[];
}

/** A segment of the later version, measured on the images. */
export interface VersionFinding extends FoundFinding {
  readonly change: ComparedSegment['change'];
  readonly findingIndex?: number;
}

export type DescribedSegment = ReturnType<typeof describeVersionOf>;

/**
 * A segment of the later version: code, label, colour and tracking identifiers are those of the predecessor.
 * @param newTrackingUID for a segment that the predecessor does not have
 */
export function describeVersionOf(
  { segment, mask, change, predecessor }: ComparedSegment,
  findings: Predecessor['findings'],
  newTrackingUID: string,
) {
  const known = predecessor && findings.find(({ segmentNumber }) => segmentNumber === predecessor.number);
  const target =
    predecessor && known ? targetOfSegment(predecessor, known.target) : targetOfAddedSegment(predecessor ?? segment);
  const provenance: SegmentProvenance = {
    algorithmType: algorithmTypeOf(change, predecessor),
    trackingID: predecessor?.trackingID ?? target.name,
    trackingUID: predecessor?.trackingUID ?? newTrackingUID,
  };
  return { target, mask, provenance, change, findingIndex: known?.findingIndex };
}

/**
 * A person's edit of an algorithm's segment is SEMIAUTOMATIC; a segment that only a person drew is MANUAL, and stays so
 * (PS3.3 section C.8.20.4).
 */
function algorithmTypeOf(
  change: ComparedSegment['change'],
  predecessor: ReadSegment | undefined,
): SegmentProvenance['algorithmType'] {
  if (predecessor === undefined || predecessor.algorithmType === 'MANUAL') return 'MANUAL';
  return change === 'unchanged' && predecessor.algorithmType === 'AUTOMATIC' ? 'AUTOMATIC' : 'SEMIAUTOMATIC';
}

export const referenceTo = (
  { sopClassUID, sopInstanceUID }: ReadSegmentation,
  { segmentation }: ResultReference,
): SegmentationReference => ({ sopClassUID, sopInstanceUID, seriesInstanceUID: segmentation.seriesInstanceUID });

export function measureVersion(described: readonly DescribedSegment[], volume: Volume): readonly VersionFinding[] {
  const outcomes = described.map(({ target, mask }) => ({ target, mask, status: 'found' as const }));
  const findings = measureOutcomes(outcomes, volume).map((measured, index): VersionFinding => {
    const { change, findingIndex } = described[index]!;
    return {
      ...(findingOf(measured, volume) as FoundFinding),
      change,
      ...(findingIndex !== undefined && { findingIndex }),
    };
  });
  return cautionsOfFindings(
    findings,
    described.map(({ mask }) => mask),
    volume,
  );
}

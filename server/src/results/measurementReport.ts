import type { FoundFinding, Instance } from '#contract/finding.js';
import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { isAnatomicalStructure } from '../values/anatomicalStructure.js';
import type { Concept } from '../values/concept.js';
import type { MaskStatistics } from '../values/mask.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { Target } from '../values/target.js';
import { codeItem, longString } from './code.js';
import { code, container, containerValue, numeric, segmentReference, text, uidReference } from './contentItems.js';
import type { SegmentationAlgorithm } from './describeSegment.js';
import { encodePart10 } from './encodeElements.js';
import { concepts, procedureOf, quantities, units, values, voxelQuantity } from './measurementReportCodes.js';
import {
  cautionLine,
  comprehensiveSRStorage,
  deviceObserver,
  evidence,
  type ReferencedObject,
  siteItem,
} from './reportParts.js';
import {
  fileMetaInformation,
  instanceTrackingUID,
  privateCodingSchemeItem,
  type ResultDescription,
  resultModules,
  trackingUID,
} from './resultModules.js';

/** One target of a segmentation with its measurements. */
export interface MeasuredSegment
  extends Pick<MaskStatistics, 'voxelCount' | 'volumeMl' | 'mean' | 'standardDeviation'> {
  readonly target: Target;
  readonly segmentNumber: number;
  /** See segmenter/longestAxialDiameter.ts */
  readonly longestAxialDiameterMm: number;
  /** The instances of a target of which there may be many; each gets a group of its own. */
  readonly instances?: FoundFinding['instances'];
  /** What speaks against it. */
  readonly cautions?: FoundFinding['cautions'];
}

export interface MeasurementReportInput extends ResultDescription {
  /** The stored segmentation that was measured. */
  readonly segmentation: ReferencedObject;
  readonly segments: readonly MeasuredSegment[];
  readonly algorithm: SegmentationAlgorithm;
}

/**
 * Encodes measurements as a structured report, TID 1500 Measurement Report (PS3.16), in a Comprehensive SR (PS3.3
 * section A.35.3): for each target a group (TID 1411) with the tracking UID of its segment, what it is, and its volume,
 * mean and standard deviation of the source's voxels, longest axial diameter, number of voxels and cautions. Equal
 * input gives equal bytes.
 */
export function encodeMeasurementReport(input: MeasurementReportInput): {
  readonly part10: Uint8Array;
  readonly sopClassUID: string;
} {
  const { sopInstanceUID } = input.identifiers;
  const meta = fileMetaInformation(comprehensiveSRStorage, sopInstanceUID, explicitVRLittleEndian);
  return { part10: encodePart10(meta, describeReport(input)), sopClassUID: comprehensiveSRStorage };
}

function describeReport(input: MeasurementReportInput): NaturalizedDataset {
  const { source, segmentation, segments, algorithm } = input;
  return {
    ...resultModules(input, { sopClassUID: comprehensiveSRStorage, modality: 'SR' }),
    CodingSchemeIdentificationSequence: [privateCodingSchemeItem],
    ReferencedPerformedProcedureStepSequence: [],
    PerformedProcedureCodeSequence: [],
    CompletionFlag: 'COMPLETE',
    CompletionFlagDescription: 'Research use only',
    VerificationFlag: 'UNVERIFIED',
    CurrentRequestedProcedureEvidenceSequence: [evidence(source.studyInstanceUID, segmentation)],

    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: [codeItem(concepts.imagingMeasurementReport)],
    ...containerValue(
      [
        code('HAS CONCEPT MOD', concepts.language, values.english),
        ...deviceObserver,
        code('HAS CONCEPT MOD', concepts.procedureReported, procedureOf(source.modality)),
        text(
          'CONTAINS',
          concepts.comment,
          `Research use only. Segmented by text prompt with ${algorithm.name} ${algorithm.version}; no person ` +
            'has checked it.',
        ),
        container(
          concepts.imagingMeasurements,
          segments.flatMap((segment) => [
            measurementGroup(segment, input),
            ...(segment.instances?.found ?? []).map((instance) => instanceGroup(instance, segment, input)),
          ]),
        ),
      ],
      '1500',
    ),
  };
}

/** TID 1411, Volumetric ROI Measurements and Qualitative Evaluations. */
function measurementGroup(
  segment: MeasuredSegment,
  { source, segmentation }: MeasurementReportInput,
): NaturalizedDataset {
  const { target, segmentNumber } = segment;
  const { concept } = target;
  const voxels = voxelQuantity(source.unit, source.modality);
  const method = (value: typeof values.sumOfVoxels | typeof values.withinOneSlice) =>
    code('HAS CONCEPT MOD', concepts.measurementMethod, value);
  const derivation = (value: typeof values.mean | typeof values.standardDeviation) =>
    code('HAS CONCEPT MOD', concepts.derivation, value);
  return container(
    concepts.measurementGroup,
    [
      text('HAS OBS CONTEXT', concepts.trackingIdentifier, longString(target.name)),
      uidReference('HAS OBS CONTEXT', concepts.trackingUID, trackingUID(segmentation.sopInstanceUID, segmentNumber)),
      code('CONTAINS', concepts.findingCategory, concept.category),
      code('CONTAINS', concepts.finding, concept.type),
      ...findingSite(concept),
      segmentReference(concepts.referencedSegment, segmentation, segmentNumber),
      uidReference('CONTAINS', concepts.sourceSeries, source.seriesInstanceUID),
      numeric(quantities.volume, segment.volumeMl, units.millilitre, [method(values.sumOfVoxels)]),
      numeric(voxels.quantity, segment.mean, voxels.unit, [derivation(values.mean)]),
      numeric(voxels.quantity, segment.standardDeviation, voxels.unit, [derivation(values.standardDeviation)]),
      numeric(quantities.longAxis, segment.longestAxialDiameterMm, units.millimetre, [method(values.withinOneSlice)]),
      numeric(quantities.voxelCount, segment.voxelCount, units.none, []),
      ...(segment.cautions ?? []).map((each) => text('CONTAINS', concepts.comment, cautionLine(each))),
    ],
    '1411',
  );
}

/** TID 1411 of one instance. It refers to the segment that contains all of them, and says where it is. */
function instanceGroup(
  { number, volumeMl, voxelCount, longestDiameterMm, perpendicularDiameterMm, slice, centroidLps }: Instance,
  { target, segmentNumber }: MeasuredSegment,
  { source, segmentation }: MeasurementReportInput,
): NaturalizedDataset {
  const { concept } = target;
  const method = (value: typeof values.sumOfVoxels | typeof values.withinOneSlice) =>
    code('HAS CONCEPT MOD', concepts.measurementMethod, value);
  const place = centroidLps.map((each) => each.toFixed(1)).join(', ');
  return container(
    concepts.measurementGroup,
    [
      text('HAS OBS CONTEXT', concepts.trackingIdentifier, longString(`${target.name} ${number}`)),
      uidReference(
        'HAS OBS CONTEXT',
        concepts.trackingUID,
        instanceTrackingUID(segmentation.sopInstanceUID, segmentNumber, number),
      ),
      code('CONTAINS', concepts.findingCategory, concept.category),
      code('CONTAINS', concepts.finding, concept.type),
      ...findingSite(concept),
      segmentReference(concepts.referencedSegment, segmentation, segmentNumber),
      uidReference('CONTAINS', concepts.sourceSeries, source.seriesInstanceUID),
      numeric(quantities.volume, volumeMl, units.millilitre, [method(values.sumOfVoxels)]),
      numeric(quantities.longAxis, longestDiameterMm, units.millimetre, [method(values.withinOneSlice)]),
      numeric(quantities.shortAxis, perpendicularDiameterMm, units.millimetre, [method(values.withinOneSlice)]),
      numeric(quantities.voxelCount, voxelCount, units.none, []),
      text('CONTAINS', concepts.comment, `Centre at ${place} (LPS, mm). Diameters in slice ${slice}, from 0.`),
    ],
    '1411',
  );
}

/**
 * The location of the finding, the only place for a side in TID 1411. An anatomical structure without a region is its
 * own site.
 */
function findingSite(concept: Concept): NaturalizedDataset[] {
  const { type, laterality, anatomicRegion } = concept;
  if (laterality === undefined && anatomicRegion === undefined && !isAnatomicalStructure(concept)) return [];
  return [siteItem(anatomicRegion ?? type, laterality)];
}

import type { Caution } from '#contract/caution.js';
import type { TargetView } from '#contract/targetView.js';
import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { SeriesImages } from '../values/volume.js';
import { codeItem, longString } from './code.js';
import { code, container, containerValue, numeric, segmentReference, text, uidReference } from './contentItems.js';
import { encodePart10 } from './encodeElements.js';
import { concepts, procedureOf, quantities, units, values } from './measurementReportCodes.js';
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
  privateCodingSchemeItem,
  type ResultDescription,
  resultModules,
} from './resultModules.js';

/** A structure, or one of its instances, at one of the two times. */
export interface ComparedGroup {
  readonly time: 'before' | 'now';
  /** Equal at both times for what was matched. */
  readonly trackingIdentifier: string;
  readonly trackingUID: string;
  readonly target: TargetView;
  /** In the segmentation of this time. */
  readonly segmentNumber: number;
  readonly volumeMl: number;
  readonly longAxisMm?: number | undefined;
  readonly shortAxisMm?: number | undefined;
  readonly cautions?: readonly Caution[] | undefined;
  /** What the comparison says of it, in sentences. */
  readonly comments: readonly string[];
}

/** What was segmented at one of the times. */
export interface ComparedTime {
  readonly studyInstanceUID: string;
  /** Of the source images. */
  readonly seriesInstanceUID: string;
  readonly segmentation: ReferencedObject;
}

export interface ComparisonReportInput extends ResultDescription<SeriesImages> {
  readonly now: ComparedTime | undefined;
  readonly before: ComparedTime | undefined;
  /** Calendar days from the earlier study to the later one. */
  readonly daysBetween: number;
  /** Sentences about the comparison as a whole. */
  readonly comments: readonly string[];
  /** A time with a group has a segmentation. */
  readonly groups: readonly ComparedGroup[];
}

/**
 * Encodes a comparison with an earlier study as a structured report, TID 1500 Measurement Report (PS3.16), in a
 * Comprehensive SR: a group (TID 1411) for each structure and instance at each time, with its time point (TID 1502).
 * What was matched has the same tracking identifiers at both times, those of the earlier result. The earlier
 * segmentation is Pertinent Other Evidence (PS3.3 section C.17.2), since it belongs to another study. Equal input gives
 * equal bytes.
 */
export function encodeComparisonReport(input: ComparisonReportInput): Uint8Array {
  const meta = fileMetaInformation(comprehensiveSRStorage, input.identifiers.sopInstanceUID, explicitVRLittleEndian);
  return encodePart10(meta, describeComparison(input));
}

function describeComparison(input: ComparisonReportInput): NaturalizedDataset {
  const { source, now, before, comments, groups } = input;
  return {
    ...resultModules(input, { sopClassUID: comprehensiveSRStorage, modality: 'SR' }),
    CodingSchemeIdentificationSequence: [privateCodingSchemeItem],
    ReferencedPerformedProcedureStepSequence: [],
    PerformedProcedureCodeSequence: [],
    CompletionFlag: 'COMPLETE',
    CompletionFlagDescription: 'Research use only',
    VerificationFlag: 'UNVERIFIED',
    ...(now && { CurrentRequestedProcedureEvidenceSequence: [evidence(now.studyInstanceUID, now.segmentation)] }),
    ...(before && { PertinentOtherEvidenceSequence: [evidence(before.studyInstanceUID, before.segmentation)] }),

    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: [codeItem(concepts.imagingMeasurementReport)],
    ...containerValue(
      [
        code('HAS CONCEPT MOD', concepts.language, values.english),
        ...deviceObserver,
        code('HAS CONCEPT MOD', concepts.procedureReported, procedureOf(source.modality)),
        ...comments.map((comment) => text('CONTAINS', concepts.comment, comment)),
        container(
          concepts.imagingMeasurements,
          groups.map((group) => comparedGroup(group, input)),
        ),
      ],
      '1500',
    ),
  };
}

/** TID 1411, Volumetric ROI Measurements and Qualitative Evaluations. */
function comparedGroup(group: ComparedGroup, input: ComparisonReportInput): NaturalizedDataset {
  const { time, trackingIdentifier, trackingUID, target, segmentNumber, longAxisMm, shortAxisMm } = group;
  const { segmentation, seriesInstanceUID } = input[time]!;
  const { code: type, anatomicRegion, laterality } = target;
  const withinOneSlice = [code('HAS CONCEPT MOD', concepts.measurementMethod, values.withinOneSlice)];
  const sentences = [...group.comments, ...(group.cautions ?? []).map(cautionLine)];
  return container(
    concepts.measurementGroup,
    [
      text('HAS OBS CONTEXT', concepts.trackingIdentifier, longString(trackingIdentifier)),
      uidReference('HAS OBS CONTEXT', concepts.trackingUID, trackingUID),
      code('CONTAINS', concepts.finding, type),
      ...timePoint(time, input.daysBetween),
      ...(anatomicRegion || laterality ? [siteItem(anatomicRegion ?? type, laterality)] : []),
      segmentReference(concepts.referencedSegment, segmentation, segmentNumber),
      uidReference('CONTAINS', concepts.sourceSeries, seriesInstanceUID),
      numeric(quantities.volume, group.volumeMl, units.millilitre, [
        code('HAS CONCEPT MOD', concepts.measurementMethod, values.sumOfVoxels),
      ]),
      ...(longAxisMm === undefined ? [] : [numeric(quantities.longAxis, longAxisMm, units.millimetre, withinOneSlice)]),
      ...(shortAxisMm === undefined
        ? []
        : [numeric(quantities.shortAxis, shortAxisMm, units.millimetre, withinOneSlice)]),
      ...sentences.map((sentence) => text('CONTAINS', concepts.comment, sentence)),
    ],
    '1411',
  );
}

/** TID 1502, Time Point Context: the earlier study is the baseline. */
function timePoint(time: ComparedGroup['time'], daysBetween: number): readonly NaturalizedDataset[] {
  const isBefore = time === 'before';
  return [
    text('HAS OBS CONTEXT', concepts.timePoint, time),
    numeric(concepts.timePointOrder, isBefore ? 1 : 2, units.none, [], 'HAS OBS CONTEXT'),
    numeric(
      concepts.temporalOffset,
      isBefore ? 0 : daysBetween,
      units.day,
      [code('HAS CONCEPT MOD', concepts.temporalEventType, values.baseline)],
      'HAS OBS CONTEXT',
    ),
  ];
}

import type { Bundle, CodeableConcept, Coding, ImagingSelection, Observation, ObservationComponent } from 'fhir/r5.js';
import type { FoundFinding } from '#contract/finding.js';
import type { Code } from '../../results/code.js';
import { concepts, quantities, units, values, voxelQuantity } from '../../results/measurementReportCodes.js';
import { derivedUID, trackingUID } from '../../results/resultModules.js';
import { lateralityCode } from '../../values/laterality.js';
import type { VoxelUnit } from '../../values/volume.js';
import type { FoundResult } from '../results/findResult.js';

/** Code systems by coding scheme designator (PS3.16 table 8-1). */
const systems: Readonly<Record<string, string>> = {
  SCT: 'http://snomed.info/sct',
  DCM: 'http://dicom.nema.org/resources/ontology/DCM',
  UCUM: 'http://unitsofmeasure.org',
  FMA: 'urn:oid:2.16.840.1.113883.6.119',
  NEU: 'urn:oid:2.16.840.1.113883.6.210',
  '99PROMPTSEG': 'urn:promptseg',
};

const area: Code = { value: '42798000', scheme: 'SCT', meaning: 'Area' };
const squareMillimetre: Code = { value: 'mm2', scheme: 'UCUM', meaning: 'mm2' };

/**
 * The found structures of a result as FHIR R5 (hl7.org/fhir/R5): a Bundle with an Observation and an ImagingSelection
 * for each, with the codes and figures of the measurement report (TID 1500). The selection names the segment of the
 * stored SEG. There is no subject, because the record contains only the study, not the patient.
 */
export function fhirFindings(found: FoundResult): Bundle<Observation | ImagingSelection> {
  return {
    resourceType: 'Bundle',
    type: 'collection',
    timestamp: found.createdAt,
    entry: found.findings.flatMap((finding) => {
      const [observation, selection] = [
        addressOf(found, finding, 'Observation'),
        addressOf(found, finding, 'Selection'),
      ];
      return [
        { fullUrl: observation, resource: observationOf(finding, found, selection) },
        { fullUrl: selection, resource: selectionOf(finding, found) },
      ];
    }),
  };
}

/** Always the same for the same segment. */
const addressOf = ({ stored }: FoundResult, { segmentNumber }: FoundFinding, kind: string): string =>
  `urn:oid:${derivedUID(stored.sopInstanceUID, `FHIR ${kind} ${segmentNumber}`)}`;

function observationOf(
  finding: FoundFinding,
  { job, createdAt, isEdited }: FoundResult,
  selection: string,
): Observation {
  const { target, volumeMl, areaMm2, cautions = [] } = finding;
  const [model, made] = [
    `${job.model?.id ?? 'unknown model'} ${job.model?.version ?? ''}`.trim(),
    isEdited ? ', edited' : '',
  ];
  return {
    resourceType: 'Observation',
    status: 'preliminary',
    category: [
      {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'imaging' }],
      },
    ],
    code: conceptOf(volumeMl === undefined ? area : quantities.volume),
    issued: createdAt,
    ...(volumeMl !== undefined && { valueQuantity: quantityOf(volumeMl, units.millilitre) }),
    ...(volumeMl === undefined && areaMm2 !== undefined && { valueQuantity: quantityOf(areaMm2, squareMillimetre) }),
    ...(volumeMl === undefined && areaMm2 === undefined && { dataAbsentReason: notMeasured }),
    note: [
      { text: 'Research use only. No person has verified it.' },
      ...cautions.map(({ code, text }) => ({ text: `Caution (${code}): ${text}` })),
    ],
    bodySite: { ...conceptOf(target.anatomicRegion ?? target.code), text: target.name },
    method: { text: `Segmented by text prompt with ${model}${made}` },
    derivedFrom: [{ reference: selection }],
    component: componentsOf(finding),
  };
}

const notMeasured: CodeableConcept = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'unknown' }],
};

function componentsOf(finding: FoundFinding): ObservationComponent[] {
  const { target, mean, standardDeviation, unit, longestAxialDiameterMm, voxelCount } = finding;
  // The record does not know the modality: a unit that is arbitrary is that of the pixel values.
  const voxels = voxelQuantity((unit ?? 'arbitrary') as VoxelUnit, '');
  const derived = (value: number | undefined, derivation: Code): ObservationComponent[] =>
    value === undefined
      ? []
      : [
          {
            code: {
              coding: [codingOf(voxels.quantity)],
              text: `${derivation.meaning} of ${voxels.quantity.meaning}`,
            },
            valueQuantity: quantityOf(value, voxels.unit),
          },
        ];
  return [
    { code: conceptOf(concepts.finding), valueCodeableConcept: conceptOf(target.code) },
    ...(target.laterality === undefined
      ? []
      : [
          {
            code: conceptOf(concepts.laterality),
            valueCodeableConcept: conceptOf(lateralityCode(target.laterality)),
          },
        ]),
    ...derived(mean, values.mean),
    ...derived(standardDeviation, values.standardDeviation),
    ...(longestAxialDiameterMm === undefined
      ? []
      : [
          {
            code: conceptOf(quantities.longAxis),
            valueQuantity: quantityOf(longestAxialDiameterMm, units.millimetre),
          },
        ]),
    { code: conceptOf(quantities.voxelCount), valueQuantity: quantityOf(voxelCount, units.none) },
  ];
}

function selectionOf(
  { target, segmentNumber }: FoundFinding,
  { stored, createdAt, isEdited }: FoundResult,
): ImagingSelection {
  return {
    resourceType: 'ImagingSelection',
    // An edit keeps the tracking UIDs of its predecessor, which the record does not repeat.
    ...(!isEdited && {
      identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${trackingUID(stored.sopInstanceUID, segmentNumber)}` }],
    }),
    status: 'available',
    issued: createdAt,
    code: conceptOf(concepts.referencedSegment),
    studyUid: stored.studyInstanceUID,
    seriesUid: stored.seriesInstanceUID,
    bodySite: { concept: { ...conceptOf(target.anatomicRegion ?? target.code), text: target.name } },
    instance: [
      {
        uid: stored.sopInstanceUID,
        sopClass: { system: 'urn:ietf:rfc:3986', code: `urn:oid:${stored.sopClassUID}` },
        subset: [String(segmentNumber)],
      },
    ],
  };
}

const codingOf = ({
  value,
  scheme,
  meaning,
}: Pick<Code, 'value' | 'meaning'> & { readonly scheme: string }): Coding => ({
  ...(systems[scheme] !== undefined && { system: systems[scheme] }),
  code: value,
  display: meaning,
});

const conceptOf = (code: Parameters<typeof codingOf>[0]): CodeableConcept => ({ coding: [codingOf(code)] });

const quantityOf = (value: number, unit: Code) => ({
  value,
  unit: unit.meaning,
  system: 'http://unitsofmeasure.org',
  code: unit.value,
});

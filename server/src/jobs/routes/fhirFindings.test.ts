import { expect, it } from '@jest/globals';
import { Fhir } from 'fhir';
import type { ImagingSelection, Observation } from 'fhir/r5.js';
import type { FoundFinding } from '#contract/finding.js';
import { trackingUID } from '../../results/resultModules.js';
import type { FoundResult } from '../results/findResult.js';
import { fhirFindings } from './fhirFindings.js';

const kidney: FoundFinding = {
  status: 'found',
  prompt: 'left kidney',
  target: {
    id: 'left-kidney',
    name: 'Left kidney',
    code: { value: '64033007', scheme: 'SCT', meaning: 'Kidney' },
    laterality: 'left',
    displayColour: [1, 2, 3],
  },
  segmentNumber: 2,
  voxelCount: 1234,
  volumeMl: 160.25,
  mean: 31.5,
  standardDeviation: 12.25,
  unit: 'HU',
  longestAxialDiameterMm: 61.5,
  boundingBox: { first: [0, 0, 0], last: [1, 1, 1] },
  cautions: [{ code: 'few-slices', text: 'It is on 2 slices only, so its volume is rough.', count: 2 }],
};
const { volumeMl: _, mean: __, standardDeviation: ___, unit: ____, ...onImage } = kidney;
const stored = {
  studyInstanceUID: '1.2.3',
  seriesInstanceUID: '1.2.3.4',
  sopInstanceUID: '1.2.3.4.5',
  sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
  seriesDescription: 'Kidney',
  bytes: 1,
};
const resultWith = (finding: FoundFinding, isEdited = false) =>
  ({
    job: { model: { id: 'body', version: '1.0.0', sha256: '' } },
    isEdited,
    stored,
    alsoStored: [],
    findings: [finding],
    segments: [finding],
    createdAt: '2026-11-22T04:05:06.789Z',
    deletedAt: undefined,
  }) as unknown as FoundResult;
const resourcesOf = (result: FoundResult) => {
  const [observation, selection] = fhirFindings(result).entry!;
  return [observation!.resource as Observation, selection!.resource as ImagingSelection, selection!.fullUrl] as const;
};

it.each([
  ['in a volume', kidney],
  ['on a single image', { ...onImage, areaMm2: 250 }],
  ['on an image without a spacing', onImage],
])('an observation %s is valid', (_case, finding) => {
  const [observation] = resourcesOf(resultWith(finding));
  // The validator knows R4, of which R5 keeps everything that is used here; ImagingSelection is checked by its type.
  const { valid, messages } = new Fhir().validate(observation, { errorOnUnexpected: true });
  expect([valid, messages.filter(({ severity }) => severity === 'error')]).toEqual([true, []]);
  expect(new Fhir().validate({ ...observation, status: 'guessed' }).valid).toBe(false);
});

it('the observation has the codes and figures of the measurement report, and the cautions', () => {
  const [observation, , address] = resourcesOf(resultWith(kidney));
  expect(observation).toMatchObject({
    status: 'preliminary',
    code: { coding: [{ system: 'http://snomed.info/sct', code: '118565006' }] },
    valueQuantity: { value: 160.25, code: 'mL' },
    bodySite: { coding: [{ code: '64033007' }], text: 'Left kidney' },
    derivedFrom: [{ reference: address }],
    note: [{ text: expect.stringMatching(/^Research use only/) }, { text: expect.stringMatching(/few-slices/) }],
  });
  expect(
    observation.component!.map(({ valueQuantity, valueCodeableConcept }) =>
      valueQuantity ? [valueQuantity.value, valueQuantity.code] : valueCodeableConcept!.coding![0]!.code,
    ),
  ).toEqual(['64033007', '7771000', [31.5, "[hnsf'U]"], [12.25, "[hnsf'U]"], [61.5, 'mm'], [1234, '1']]);
});

it('the selection names the segment of the stored object, by the tracking UID that the report has', () => {
  const [, selection] = resourcesOf(resultWith(kidney));
  expect(selection).toMatchObject({
    status: 'available',
    studyUid: '1.2.3',
    seriesUid: '1.2.3.4',
    identifier: [{ value: `urn:oid:${trackingUID(stored.sopInstanceUID, 2)}` }],
    instance: [{ uid: '1.2.3.4.5', subset: ['2'] }],
  });
  expect(resourcesOf(resultWith(kidney, true))[1].identifier).toBeUndefined();
});

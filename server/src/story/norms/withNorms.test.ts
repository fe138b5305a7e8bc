import { describe, expect, it } from '@jest/globals';
import type { Finding, FoundFinding } from '#contract/finding.js';
import type { NormsPackage, NormsRow } from '../../segmenter/packages/normsPackage.js';
import { inventedManifest } from '../../segmenter/packages/normsPackage.testSupport.js';
import { fromAxes } from '../../values/affine.js';
import type { CodedConcept, Concept } from '../../values/concept.js';
import type { NaturalizedDataset } from '../../values/naturalizedDataset.js';
import type { Volume } from '../../values/volume.js';
import { describeNorms } from './describeNorms.js';
import { withNorms } from './withNorms.js';

const anatomy = { value: '123037004', scheme: 'SCT', meaning: 'Anatomical Structure' } as const;
const concept = (value: string, meaning: string): Concept => ({
  category: anatomy,
  type: { value, scheme: 'SCT', meaning },
  displayColour: [1, 2, 3],
});
const hippocampus = concept('5366008', 'Hippocampus');
const contents = concept('128319008', 'Intracranial structure');
const lung = concept('39607008', 'Lung');

function found({ type }: Concept, volumeMl: number, changes: Partial<FoundFinding> = {}): FoundFinding {
  const code: CodedConcept = type;
  return {
    status: 'found',
    prompt: code.meaning,
    target: { id: code.meaning, name: code.meaning, code, displayColour: [1, 2, 3] },
    segmentNumber: 1,
    volumeMl,
    voxelCount: 1,
    boundingBox: { first: [0, 0, 0], last: [1, 1, 1] },
    ...changes,
  };
}
const cutOff = {
  cautions: [{ code: 'cut-off', text: 'The edge of the images cuts it off.', sides: ['feet'] }],
} as const;

const volume = (header: NaturalizedDataset = patient, modality = 'MR'): Volume => ({
  grid: { size: [1, 1, 1], voxelToLps: fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]) },
  voxels: new Int16Array(1),
  unit: 'arbitrary',
  ...{ studyInstanceUID: '1.2', seriesInstanceUID: '1.3', frameOfReferenceUID: '1.4' },
  modality,
  sourceImages: [],
  header,
  notes: [],
});
const patient = { PatientBirthDate: '19600101', StudyDate: '20200101', PatientSex: 'F' };

const row: NormsRow = {
  code: { scheme: 'SCT', value: '5366008' },
  of: 'volume',
  sex: 'female',
  distribution: 'normal',
  ages: [
    { age: 50, mean: 4, sd: 0.5 },
    { age: 70, mean: 4, sd: 0.5 },
  ],
};
const share: NormsRow = {
  ...row,
  of: 'intracranial-percent',
  sex: 'any',
  ages: [
    { age: 50, mean: 0.25, sd: 0.05 },
    { age: 70, mean: 0.25, sd: 0.05 },
  ],
};
const norms = (...rows: readonly NormsRow[]): NormsPackage => ({
  ...{ folder: '/norms', sha256: 'ab' },
  manifest: { ...inventedManifest, modalities: ['MR'] },
  rows,
});

function say(findings: readonly (readonly [Concept, Finding])[], packages: readonly NormsPackage[], of = volume()) {
  const said = withNorms(
    findings.map(([, finding]) => finding),
    findings.map(([each]) => each),
    of,
    packages,
  );
  return { ...said, first: said.findings[0] as FoundFinding };
}

describe('percent of the intracranial volume', () => {
  const percentOf = (part: FoundFinding, whole: FoundFinding, of: Concept = hippocampus) =>
    say(
      [
        [of, part],
        [contents, whole],
      ],
      [],
    ).first.intracranialPercent;

  it('is given inside of the skull, if no edge cuts off the part or the whole', () => {
    expect(percentOf(found(hippocampus, 3), found(contents, 1500))).toBeCloseTo(0.2, 10);
    expect(percentOf(found(lung, 3), found(contents, 1500), lung)).toBeUndefined();
    expect(percentOf(found(hippocampus, 3), found(contents, 1500, cutOff))).toBeUndefined();
    expect(percentOf(found(hippocampus, 3, cutOff), found(contents, 1500))).toBeUndefined();
    expect(percentOf(found(hippocampus, 3), found(contents, 2))).toBeUndefined();
    expect(say([[contents, found(contents, 1500)]], []).first.intracranialPercent).toBeUndefined();
  });
});

describe('a centile', () => {
  it('is given for age and sex, with its source, of the volume and of the share', () => {
    const { first, notes } = say(
      [
        [hippocampus, found(hippocampus, 4.5)],
        [contents, found(contents, 1800)],
      ],
      [norms(row, share)],
    );
    const { id, version, title, source, population } = inventedManifest;
    expect(first.centiles).toEqual([
      { percentile: expect.closeTo(84.13, 2), of: 'volume', norms: { id, version, title, source, population } },
      { percentile: expect.closeTo(50, 2), of: 'intracranial-percent', norms: expect.anything() },
    ]);
    expect(notes).toEqual([]);
    expect(describeNorms(first)).toEqual([
      '0.25 % of the intracranial volume.',
      `Centile of the volume for age and sex: 84 (${title}; ${source}).`,
      `Centile of the share of the intracranial volume for age and sex: 50 (${title}; ${source}).`,
    ]);
  });

  it('repeats neither age nor dates of the patient', () => {
    const said = JSON.stringify(say([[hippocampus, found(hippocampus, 4.5)]], [norms(row)]));
    expect(said).not.toMatch(/1960|2020|"age"|\b60\b/);
  });

  it.each([
    ['another modality', volume(patient, 'CT'), {}, [row], 'it is not for images of modality CT'],
    ['no age', volume({ PatientSex: 'F' }), {}, [row], "the images do not state the patient's age"],
    [
      'two ages',
      volume({ ...patient, PatientAge: '030Y' }),
      {},
      [row],
      'the images contradict themselves about the age of the patient',
    ],
    ['no sex', volume({ ...patient, PatientSex: 'O' }), {}, [row], "the images do not state the patient's sex"],
    ['another sex', volume({ ...patient, PatientSex: 'M' }), {}, [row], 'its table has no people of that sex'],
    [
      'an age outside of the table',
      volume({ ...patient, PatientBirthDate: '19900101' }),
      {},
      [row],
      'its table does not reach the age of the patient',
    ],
    ['an edge', volume(), cutOff, [row], 'the edge of the images cuts these structures off'],
    [
      'a share without the whole',
      volume(),
      {},
      [share],
      'it needs the intracranial contents, whole and requested in the same text',
    ],
  ] as const)('is not given for %s, and a note says why', (_, of, changes, rows, why) => {
    const { first, notes } = say([[hippocampus, found(hippocampus, 4, changes)]], [norms(...rows)], of);
    expect(first.centiles).toBeUndefined();
    expect(notes).toEqual([`No centile by “Invented figures for tests” for Hippocampus: ${why}.`]);
  });

  it('is not given for another side or site, of which the norms say nothing', () => {
    const left = found(hippocampus, 4);
    const { first, notes } = say(
      [[hippocampus, { ...left, target: { ...left.target, laterality: 'left' } }]],
      [norms(row)],
    );
    expect([first.centiles, notes]).toEqual([undefined, []]);
  });
});

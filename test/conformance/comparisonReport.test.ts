import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Comparison } from '../../server/contract/comparison.js';
import type { FoundFinding, Instance } from '../../server/contract/finding.js';
import type { EditedResult, Job } from '../../server/contract/job.js';
import { naturalizeHeader } from '../../server/src/dicom/naturalizeHeader.js';
import { compareFindings, findingsAtATime } from '../../server/src/findings/compareFindings.js';
import { asStated } from '../../server/src/findings/matchInstances.js';
import { reportOfComparison } from '../../server/src/findings/reportOfComparison.js';
import { instanceTrackingUID, trackingUID } from '../../server/src/results/resultModules.js';
import { header } from '../../server/src/results/syntheticSegments.js';
import {
  dciodvfy,
  dsrdump,
  itWithDciodvfy,
  itWithDcmdump,
  itWithPython,
  readReportWithDcmqi,
  readReportWithHighdicom,
} from './outsideTools.js';

// biome-ignore lint/suspicious/noExplicitAny: datasets as dcmjs reads them
type Naturalized = any;

const code = (value: string, meaning: string) => ({ value, scheme: 'SCT', meaning });
const targets = {
  liver: { id: 'liver', name: 'Liver', code: code('10200004', 'Liver') },
  lung: { id: 'left-lung', name: 'Left lung', code: code('39607008', 'Lung'), laterality: 'left' },
  metal: { id: 'metal', name: 'Metal', code: code('425620007', 'Metal') },
} as const;
const displayColour = [1, 2, 3] as const;

const instance = (number: number, x: number): Instance => ({
  number,
  volumeMl: 2 - number / 10,
  voxelCount: 9,
  longestDiameterMm: 16,
  perpendicularDiameterMm: 12,
  slice: 4,
  centroidLps: [x, 0, 0],
});
const found = (
  id: keyof typeof targets,
  segmentNumber: number,
  volumeMl: number,
  instances: Instance[] = [],
): FoundFinding => ({
  status: 'found',
  prompt: id,
  target: { ...targets[id], displayColour },
  segmentNumber,
  volumeMl,
  voxelCount: 100,
  longestAxialDiameterMm: 80.5,
  boundingBox: { first: [0, 0, 0], last: [1, 1, 1] },
  cautions: [{ code: 'cut-off', text: 'The edge of the images cuts it off (feet).', sides: ['feet'] }],
  ...(instances.length > 0 && { instances: { found: instances, smaller: 0, minimumMl: 0, mergeMm: 0 } }),
});

function jobOf(study: string, sopInstanceUID: string, findings: FoundFinding[], change: Partial<Job> = {}): Job {
  return {
    id: `00000000-0000-4000-8000-00000000000${study.at(-1)}`,
    state: 'completed',
    request: { studyInstanceUID: study, seriesInstanceUID: `${study}.1`, prompts: ['all'] },
    targets: [],
    createdAt: '2026-02-01T10:00:00.000Z',
    endedAt: '2026-02-01T10:05:00.000Z',
    model: { id: 'body', version: '1.0.0', sha256: 'a' },
    stageTimes: {},
    notes: [],
    findings,
    result: {
      studyInstanceUID: study,
      seriesInstanceUID: `${sopInstanceUID}.1`,
      sopInstanceUID,
      sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
      seriesDescription: 'Liver',
      bytes: 1,
      alsoStored: [],
    },
    lastEventId: 1,
    ...change,
  };
}
const missing = (id: keyof typeof targets): Job['findings'][number] => ({
  status: 'not-found',
  prompt: id,
  target: { ...targets[id], displayColour },
  reason: 'It is not there.',
});

// Of the balls, the first is where it was, the second and third have merged, and the fourth is new.
const before = jobOf('2.25.8', '2.25.80', [
  found('liver', 1, 1500),
  found('metal', 2, 5, [instance(1, 0), instance(2, 100), instance(3, 112)]),
]);
const now = jobOf('2.25.9', '2.25.90', [
  found('lung', 1, 900),
  found('liver', 2, 1650),
  found('metal', 3, 6, [instance(1, 105), instance(2, 1), instance(3, 300)]),
]);
before.findings.push(missing('lung'));

function comparisonOf(later: Job, edited?: EditedResult, isSamePlace = true): Comparison {
  return {
    now: { job: later.id, result: edited?.sopInstanceUID ?? later.result!.sopInstanceUID },
    before: { job: before.id, result: before.result!.sopInstanceUID, state: 'completed' },
    prior: {
      studyInstanceUID: '2.25.8',
      seriesInstanceUID: '2.25.8.1',
      description: 'Trunk',
      studyDate: '2025-08-01',
      daysBefore: 184,
      differences: [{ part: 'kernel', text: 'The reconstruction kernel differs: BONE before, STANDARD now.' }],
    },
    modelsDiffer: false,
    findings: compareFindings(
      findingsAtATime(later.findings, edited?.findings),
      findingsAtATime(before.findings),
      isSamePlace ? asStated : undefined,
      { liver: 5 },
    ),
  };
}
const encode = (later = now, edited?: EditedResult, isSamePlace?: boolean): Uint8Array =>
  reportOfComparison(
    comparisonOf(later, edited, isSamePlace),
    { job: later, edited },
    { job: before, edited: undefined },
    { ...header, Modality: 'CT' },
  );

interface Group {
  readonly time: string;
  readonly offset: number;
  readonly order: number;
  readonly identifier: string;
  readonly uid: string;
  readonly segmentation: string;
  readonly segment: number;
  readonly series: string;
  readonly comments: readonly string[];
}
const nameOf = (item: Naturalized): string => item.ConceptNameCodeSequence[0].CodeMeaning;
function groupsIn(part10: Uint8Array): Group[] {
  const report = naturalizeHeader(part10) as Naturalized;
  return report.ContentSequence.at(-1).ContentSequence.map(({ ContentSequence: items }: Naturalized) => {
    const named = (name: string) => items.find((item: Naturalized) => nameOf(item) === name);
    const [segment] = named('Referenced Segment').ReferencedSOPSequence;
    const number = (name: string) => Number(named(name).MeasuredValueSequence[0].NumericValue);
    return {
      time: named('Time Point').TextValue,
      offset: number('Longitudinal Temporal Offset from Event'),
      order: number('Time Point Order'),
      identifier: named('Tracking Identifier').TextValue,
      uid: named('Tracking Unique Identifier').UID,
      segmentation: segment.ReferencedSOPInstanceUID,
      segment: segment.ReferencedSegmentNumber,
      series: named('Source series for segmentation').UID,
      comments: items
        .filter((item: Naturalized) => nameOf(item) === 'Comment')
        .map((item: Naturalized) => item.TextValue),
    };
  });
}

describe('the report of a comparison', () => {
  let folder: string;
  const file = () => path.join(folder, 'comparison.dcm');
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'promptseg-comparison-'));
    await writeFile(file(), encode());
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has the same tracking identifiers at both times, those of the earlier result', () => {
    const groups = groupsIn(encode());
    const [earlier, later] = groups.filter(({ identifier }) => identifier === 'Liver');
    expect(earlier).toMatchObject({
      time: 'before',
      offset: 0,
      order: 1,
      uid: trackingUID('2.25.80', 1),
      segmentation: '2.25.80',
      segment: 1,
      series: '2.25.8.1',
    });
    expect(later).toMatchObject({
      time: 'now',
      offset: 184,
      order: 2,
      uid: trackingUID('2.25.80', 1),
      segmentation: '2.25.90',
      segment: 2,
      series: '2.25.9.1',
    });
    expect(later!.comments[0]).toBe(
      'Change since the earlier study: +150.00 mL (+10.0 %), beyond the measured repeatability of 5 %.',
    );
    expect(later!.comments[1]).toContain('Caution (cut-off)');
    const lungs = groups.filter(({ identifier }) => identifier === 'Left lung');
    expect(lungs).toMatchObject([{ time: 'now', uid: trackingUID('2.25.90', 1) }]);
    expect(lungs[0]!.comments[0]).toMatch(/^New: /);
  });

  it('tracks an instance only where one is one, and says what merged', () => {
    const balls = groupsIn(encode()).filter(({ identifier }) => /^Metal \d/.test(identifier));
    const uidOf = (result: string, segment: number, number: number) => instanceTrackingUID(result, segment, number);
    const kept = balls.filter(({ uid }) => uid === uidOf('2.25.80', 2, 1));
    expect(kept.map(({ time, identifier }) => [time, identifier])).toEqual([
      ['before', 'Metal 1'],
      ['now', 'Metal 1'],
    ]);
    const merged = balls.filter(({ comments }) => comments[0]?.endsWith('merged.'));
    expect(merged.map(({ time, uid }) => [time, uid])).toEqual([
      ['before', uidOf('2.25.80', 2, 2)],
      ['before', uidOf('2.25.80', 2, 3)],
      ['now', uidOf('2.25.90', 3, 1)],
    ]);
    expect(balls.find(({ uid }) => uid === uidOf('2.25.90', 3, 3))!.comments).toEqual([
      'New: not found in the earlier study.',
    ]);
    expect(new Set(balls.map(({ uid }) => uid)).size).toBe(balls.length - 1);
  });

  it('tracks no instance where places mean nothing', () => {
    const balls = groupsIn(encode(now, undefined, false)).filter(({ identifier }) => /^Metal \d/.test(identifier));
    expect(balls).toHaveLength(6);
    expect(new Set(balls.map(({ uid }) => uid)).size).toBe(6);
    for (const { comments } of balls) expect(comments[0]).toMatch(/^Not matched by place/);
  });

  it('names the earlier segmentation as evidence of another procedure, in the study of the later images', () => {
    const report = naturalizeHeader(encode()) as Naturalized;
    const referenced = (sequence: Naturalized) =>
      sequence.map(({ StudyInstanceUID, ReferencedSeriesSequence: [series] }: Naturalized) => [
        StudyInstanceUID,
        series.ReferencedSOPSequence[0].ReferencedSOPInstanceUID,
      ]);
    expect(report.StudyInstanceUID).toBe('2.25.9');
    expect(report.PatientID).toBe(header.PatientID);
    expect(referenced(report.CurrentRequestedProcedureEvidenceSequence)).toEqual([['2.25.9', '2.25.90']]);
    expect(referenced(report.PertinentOtherEvidenceSequence)).toEqual([['2.25.8', '2.25.80']]);
    expect(Buffer.compare(encode(), encode())).toBe(0);
  });

  it('follows a segment through edits to its origin', () => {
    const { seriesDescription, ...object } = now.result!;
    const segment = { ...found('liver', 1, 1600), change: 'edited', findingIndex: 1 } as const;
    const edited: EditedResult = {
      ...object,
      seriesDescription,
      sopInstanceUID: '2.25.91',
      predecessor: '2.25.90',
      createdAt: '2026-02-02T10:00:00.000Z',
      findings: [{ ...segment, target: { ...segment.target, id: 'other', code: code('1', 'Other') } }],
      removed: [],
    };
    const later = { ...now, editedResults: [edited] };
    expect(groupsIn(encode(later, edited)).find(({ time }) => time === 'now')).toMatchObject({
      segmentation: '2.25.91',
      segment: 1,
      uid: trackingUID('2.25.90', 2),
    });
  });

  it('is refused where a result that it would refer to is not stored', () => {
    const { result: _deleted, ...side } = comparisonOf(now).now;
    const withoutNow = { ...comparisonOf(now), now: side };
    const both = [
      { job: now, edited: undefined },
      { job: before, edited: undefined },
    ] as const;
    expect(() => reportOfComparison(withoutNow, ...both, header)).toThrow(
      expect.objectContaining({ code: 'result-missing' }),
    );
    const running = { ...comparisonOf(now), before: { ...comparisonOf(now).before, state: 'segmenting' as const } };
    expect(() => reportOfComparison(running, ...both, header)).toThrow(expect.objectContaining({ code: 'job-open' }));
  });

  itWithDciodvfy('has no errors and no warnings for dciodvfy', async () => {
    expect(await dciodvfy(file())).toEqual({ errors: [], warnings: [] });
  });

  itWithDcmdump('is read by dcmtk without complaint', async () => {
    const { stdout, stderr } = await dsrdump(file());
    expect(stderr.replaceAll(/W: The VR checker does not support this Specific Character Set.*\n/g, '')).toBe('');
    expect(stdout.match(/"Measurement Group"/g)).toHaveLength(groupsIn(encode()).length);
  });

  itWithPython('is read by dcmqi, with its tracking identifiers', async () => {
    const measurements = await readReportWithDcmqi(file());
    expect(measurements.map(({ TrackingIdentifier }) => TrackingIdentifier)).toEqual(
      groupsIn(encode()).map(({ identifier }) => identifier),
    );
  });

  itWithPython('is read by highdicom, with the segments of both segmentations', async () => {
    const { groups } = await readReportWithHighdicom(file());
    const read = groups.map((each) => [each.trackingUID, each.sopInstanceUID, each.segmentNumber, each.sourceSeries]);
    expect(read).toEqual(groupsIn(encode()).map((each) => [each.uid, each.segmentation, each.segment, each.series]));
    expect(groups.find(({ trackingIdentifier }) => trackingIdentifier === 'Left lung')!.sites).toEqual([
      { site: '39607008', laterality: '7771000' },
    ]);
  });
});

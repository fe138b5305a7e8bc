import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { createSeries, type SeriesOptions } from '../../dicom-fixtures/src/createSeries.js';
import type { Attributes } from '../../dicom-fixtures/src/writePart10.js';
import type { ComparedFinding, Comparison, PriorsView } from '../../server/contract/comparison.js';
import type { Job } from '../../server/contract/job.js';
import type { Problem } from '../../server/contract/problem.js';
import { naturalizeHeader } from '../../server/src/dicom/naturalizeHeader.js';
import { dciodvfy, itWithDciodvfy } from '../conformance/outsideTools.js';
import { type Product, startProduct } from '../support/product.js';
import { until } from '../support/until.js';
import { call, type SeriesUIDs, submit, uidsOf, waitFor } from './productClient.js';

const command = path.resolve(import.meta.dirname, '../../server/bin/promptseg.mjs');

/** Columns and rows of 4 mm, slices of 8 mm. */
const grid: SeriesOptions['grid'] = { size: [32, 32, 6], voxelToLps: [4, 0, 0, 0, 0, 4, 0, 0, 0, 0, 8, 0, 0, 0, 0, 1] };
const voxelMl = (4 * 4 * 8) / 1000;

interface Phantom {
  /** Of a cylinder of soft tissue through all slices, in voxels. */
  readonly radius: number;
  readonly inside?: 'bone' | 'metal';
  readonly attributes?: Attributes;
  readonly grid?: SeriesOptions['grid'];
}

const isInside = (radius: number, i: number, j: number): boolean => Math.hypot(i - 15.5, j - 15.5) < radius;
/** Volume of the cylinder in whole voxels, mL. */
const truthMl = (radius: number): number => {
  let count = 0;
  for (let j = 0; j < 32; j++) for (let i = 0; i < 32; i++) if (isInside(radius, i, j)) count++;
  return count * 6 * voxelMl;
};

const greyAt = ({ radius, inside }: Phantom, i: number, j: number): number => {
  if (!isInside(radius, i, j)) return -1000;
  const isCore = inside !== undefined && isInside(4, i, j);
  return !isCore ? 40 : inside === 'bone' ? 900 : 3000;
};

let product: Product;
const named = new Map<string, SeriesUIDs>();

/** One study with one series. */
async function study(name: string, patient: string, date: string, phantom: Phantom): Promise<Uint8Array[]> {
  const series = await createSeries({
    name,
    modality: 'CT',
    grid: phantom.grid ?? grid,
    valueAt: (i, j) => greyAt(phantom, i, j),
    attributes: () => ({
      PatientID: patient,
      StudyDate: date,
      SeriesDescription: 'Trunk',
      ConvolutionKernel: 'STANDARD',
      BodyPartExamined: 'ABDOMEN',
      ...phantom.attributes,
    }),
  });
  named.set(name, uidsOf(series[0]!));
  return series;
}

const tilted: SeriesOptions['grid'] = {
  size: [32, 6, 32],
  voxelToLps: [4, 0, 0, 0, 0, 0, 4, 0, 0, 8, 0, 0, 0, 0, 0, 1],
};

beforeAll(async () => {
  product = await startProduct({
    instances: (
      await Promise.all([
        study('now', 'GROWN', '20260201', {
          radius: 12,
          inside: 'bone',
          attributes: { IssuerOfPatientID: 'ZZHOSPITAL' },
        }),
        study('before', 'GROWN', '20250801', { radius: 10, inside: 'metal' }),
        study('other kernel', 'GROWN', '20251224', { radius: 10, attributes: { ConvolutionKernel: 'BONE' } }),
        study('later', 'GROWN', '20260301', { radius: 12 }),
        study('head', 'GROWN', '20250101', { radius: 12, attributes: { BodyPartExamined: 'HEAD' } }),
        study('magnet', 'GROWN', '20250102', { radius: 12, attributes: { Modality: 'MR' } }),
        study('undated', 'GROWN', '', { radius: 12 }),
        study('somebody else', 'GROWN', '20250103', { radius: 12, attributes: { PatientName: 'Zzmarker^Other' } }),
        study('other issuer', 'GROWN', '20250104', { radius: 12, attributes: { IssuerOfPatientID: 'ZZISSUER' } }),
        study('alone', 'ALONE', '20260201', { radius: 12 }),
        study('tilted now', 'TILTED', '20260201', { radius: 12 }),
        study('tilted before', 'TILTED', '20260131', {
          radius: 12,
          grid: tilted,
          attributes: { SliceThickness: 4, ContrastBolusAgent: 'Iodine' },
        }),
        study('nameless', '', '20260201', { radius: 12 }),
        study('kept', 'GONE', '20260201', { radius: 12 }),
        study('gone', 'GONE', '20260101', { radius: 12 }),
      ])
    ).flat(),
  });
});
afterAll(() => product?.stop());

async function segmented(name: string, text = 'body'): Promise<Job> {
  const { body } = await submit(product, { ...named.get(name)!, prompts: [text] });
  const job = await waitFor(product, body.id);
  expect(job.state).toBe('completed');
  return job;
}

const compare = (job: Job, name?: string) =>
  call<Comparison & Problem>(product, 'POST', `/segmentations/${job.id}/comparisons`, {
    ...(name !== undefined && { seriesInstanceUID: named.get(name)!.seriesInstanceUID }),
  });
const read = (job: Job, earlier: string) =>
  call<Comparison & Problem>(product, 'GET', `/segmentations/${job.id}/comparisons/${earlier}`);

async function promptseg(...args: readonly string[]) {
  const child = spawn(process.execPath, [command, ...args, '--server', product.url]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const [status] = await once(child, 'close');
  return { status, stdout, stderr };
}

describe('a later and an earlier study of one patient', () => {
  let job: Job;
  let comparison: Comparison;
  const of = (id: string): ComparedFinding => comparison.findings.find(({ target }) => target.id === id)!;

  beforeAll(async () => {
    job = await segmented('now', 'body, bone, metal, lungs');
  });

  it('are found with the reason why one comes before another', async () => {
    const { body } = await call<PriorsView>(product, 'GET', `/segmentations/${job.id}/priors`);
    expect(body.priors.map(({ seriesInstanceUID }) => seriesInstanceUID)).toEqual(
      ['before', 'other kernel'].map((name) => named.get(name)!.seriesInstanceUID),
    );
    expect(body.priors[0]).toMatchObject({ studyDate: '2025-08-01', daysBefore: 184, differences: [] });
    expect(body.priors[1]!.differences).toEqual([
      {
        part: 'kernel',
        before: 'BONE',
        now: 'STANDARD',
        text: 'The reconstruction kernel differs: BONE before, STANDARD now.',
      },
    ]);
    expect(body.leftOut.map(({ reason, series }) => [reason, series])).toEqual([
      ['other-patient', 2],
      ['no-date', 1],
      ['not-before', 1],
      ['other-modality', 1],
      ['other-region', 1],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/ZZ|GROWN/i);
  });

  it('are segmented alike, and the known change is recovered voxel by voxel', async () => {
    const { status, body } = await compare(job);
    expect([status, body.prior.seriesInstanceUID]).toEqual([202, named.get('before')!.seriesInstanceUID]);
    await waitFor(product, body.before.job);
    comparison = (await read(job, body.before.job)).body;
    expect(comparison).toMatchObject({ before: { state: 'completed' }, modelsDiffer: false });
    const [before, now] = [truthMl(10), truthMl(12)];
    expect(of('body')).toMatchObject({ status: 'in-both' });
    expect(of('body').before!.volumeMl).toBeCloseTo(before, 6);
    expect(of('body').now!.volumeMl).toBeCloseTo(now, 6);
    expect(of('body').changeMl).toBeCloseTo(now - before, 6);
    expect(of('body').changeFraction).toBeCloseTo(now / before - 1, 6);
    expect(of('body')).toMatchObject({ repeatabilityPercent: 0.7, isWithinRepeatability: false });
    expect(comparison.repeatability).toContain('Not measured in patients.');
  });

  it('show what is new, what is gone, and what neither has', () => {
    expect(of('bone')).toMatchObject({ status: 'new', now: { volumeMl: expect.any(Number) } });
    expect(of('dense-material')).toMatchObject({ status: 'no-longer-found', before: { volumeMl: expect.any(Number) } });
    for (const id of ['left-lung', 'right-lung']) expect(of(id)).toMatchObject({ status: 'in-neither' });
    for (const id of ['bone', 'dense-material', 'left-lung']) expect(of(id)).not.toHaveProperty('changeMl');
  });

  it('are not segmented twice', async () => {
    const [one, two] = await Promise.all([compare(job), compare(job)]);
    expect([one.status, two.status]).toEqual([200, 200]);
    expect([one.body.before.job, two.body]).toEqual([comparison.before.job, one.body]);
    const both = await Promise.all([compare(job, 'other kernel'), compare(job, 'other kernel')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 202]);
    expect(both[0]!.body.before.job).toBe(both[1]!.body.before.job);
    await waitFor(product, both[0]!.body.before.job);
  });

  it('are printed as a table, as CSV and as JSON', async () => {
    const table = await promptseg('compare', '--job', job.id);
    expect([table.status, table.stderr]).toEqual([0, '']);
    expect(table.stdout).toContain('Before: 2025-08-01, 184 days earlier');
    expect(table.stdout).toMatch(/Body +[\d.]+ +[\d.]+ +\+[\d.]+ +\+[\d.]+/);
    expect(table.stdout).toMatch(/Bone .*new\n/);
    const csv = await promptseg('compare', '--job', job.id, '--csv');
    const rows: Record<string, string>[] = parse(csv.stdout, { columns: true });
    expect(rows).toHaveLength(comparison.findings.length);
    expect(rows[0]).toMatchObject({ name: 'Body', status: 'in-both', days_between: '184', models_differ: 'no' });
    const other = named.get('other kernel')!.seriesInstanceUID;
    const json = await promptseg('compare', '--job', job.id, '--prior', other, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ prior: { seriesInstanceUID: other, daysBefore: 39 } });
  });

  describe('as a DICOM report', () => {
    let file: string;
    beforeAll(async () => {
      file = path.join(await mkdtemp(path.join(tmpdir(), 'promptseg-over-time-')), 'comparison.dcm');
      const { status, stderr } = await promptseg('compare', '--job', job.id, '--report', file);
      expect([status, stderr]).toEqual([0, '']);
    });
    afterAll(() => rm(path.dirname(file), { recursive: true, force: true }));

    it('are in the later study, with the segmentation of the earlier one as other evidence', async () => {
      // biome-ignore lint/suspicious/noExplicitAny: a dataset as dcmjs reads it
      const report = naturalizeHeader(await readFile(file)) as any;
      expect(report).toMatchObject({
        PatientID: 'GROWN',
        StudyInstanceUID: named.get('now')!.studyInstanceUID,
        PertinentOtherEvidenceSequence: [{ StudyInstanceUID: named.get('before')!.studyInstanceUID }],
      });
      const { status, stderr } = await promptseg('compare', '--job', job.id, '--report', file);
      expect([status, stderr]).toEqual([1, expect.stringContaining('EEXIST')]);
    });

    itWithDciodvfy('have no errors for dciodvfy', async () => {
      expect((await dciodvfy(file)).errors).toEqual([]);
    });
  });

  it.each([
    ['now', 'prior-unsuitable', 'same study'],
    ['later', 'prior-unsuitable', 'not earlier'],
    ['undated', 'prior-unsuitable', 'no Study Date'],
    ['magnet', 'prior-unsuitable', 'modality'],
    ['somebody else', 'patients-differ', 'another name'],
    ['other issuer', 'patients-differ', 'issuer'],
  ])('are refused with a sentence if the named series is “%s”', async (name, code, words) => {
    const { status, body } = await compare(job, name);
    expect([status, body.code]).toEqual([422, code]);
    expect(body.detail).toContain(words);
    expect(JSON.stringify(body)).not.toMatch(/ZZ|Phantom|GROWN|20250/i);
  });

  it('of another region are taken if a person names them, and the region is stated', async () => {
    const { body } = await compare(job, 'head');
    expect(body.prior.differences.map(({ part }) => part)).toContain('region');
    await waitFor(product, body.before.job);
  });
});

describe('what cannot be compared', () => {
  it('is a patient without an earlier study, or without an ID', async () => {
    const alone = await compare(await segmented('alone'));
    expect([alone.status, alone.body.code]).toEqual([404, 'prior-not-found']);
    const nameless = await compare(await segmented('nameless'));
    expect([nameless.status, nameless.body.code]).toEqual([422, 'patient-unidentified']);
    const cli = await promptseg('compare', '--job', (await segmented('alone')).id);
    expect([cli.status, cli.stderr]).toEqual([1, expect.stringContaining('no earlier series')]);
  });

  it('states another orientation, thickness and size, and contrast agent', async () => {
    const { body } = await compare(await segmented('tilted now'));
    expect(body.prior).toMatchObject({ daysBefore: 1 });
    const { differences } = body.prior;
    expect(differences.map(({ part }) => part)).toEqual([
      'contrast',
      'orientation',
      'slice-thickness',
      'pixel-spacing',
      'size',
    ]);
    expect(differences[1]!.text).toBe('The orientation of the slices differs: coronal before, axial now.');
    expect(differences[2]!.text).toBe('The slice thickness differs: 4 mm before, 8 mm now.');
    await waitFor(product, body.before.job);
  });

  it('is an earlier series that was deleted meanwhile', async () => {
    const job = await segmented('kept');
    const { body } = await compare(job);
    await waitFor(product, body.before.job);
    const found = await product.archive.ask('/tools/lookup', {
      method: 'POST',
      body: named.get('gone')!.seriesInstanceUID,
    });
    const [series] = (await found.json()) as { ID: string }[];
    await product.archive.ask(`/series/${series!.ID}`, { method: 'DELETE' });
    const gone = await until(async () => {
      const received = await read(job, body.before.job);
      return received.status !== 200 && received;
    });
    expect([gone.status, gone.body.code]).toEqual([404, 'series-not-found']);
    expect((await compare(job)).body.code).toBe('prior-not-found');
  });
});

describe('a text that asks for the comparison', () => {
  it('is segmented without those words, and the job says that it is asked for', async () => {
    const prompts = ['body now and before'];
    const resolved = await call(product, 'POST', '/prompts/resolve', { prompts, modality: 'CT' });
    expect(resolved.body).toMatchObject({ comparesWithPrior: true, resolutions: [{ targets: [{ name: 'Body' }] }] });
    const job = await segmented('now', 'body now and before');
    expect(job).toMatchObject({ comparesWithPrior: true, targets: [{ name: 'Body' }], request: { prompts } });
    const { body: compared } = await compare(job);
    // The job of the earlier series asks for no comparison of its own.
    const earlier = await waitFor(product, compared.before.job);
    expect(earlier.request.prompts).toEqual(['body']);
    expect(earlier).not.toHaveProperty('comparesWithPrior');
  });

  it('is refused if it names nothing', async () => {
    const { status, body } = await submit(product, { ...named.get('now')!, prompts: ['compare with the prior study'] });
    expect([status, (body as unknown as Problem).code]).toEqual([422, 'prompt-not-understood']);
    expect((body as unknown as Problem).detail).toContain('names no structure');
  });

  const segment = (name: string, ...more: readonly string[]) => {
    const { studyInstanceUID, seriesInstanceUID } = named.get(name)!;
    const series = ['--study', studyInstanceUID, '--series', seriesInstanceUID];
    return promptseg('segment', ...series, '--prompt', 'body over time', ...more);
  };

  it('prints the comparison after the result on the command line', async () => {
    const { status, stdout } = await segment('now');
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/Stored as[\s\S]*Before: 2025-08-01, 184 days earlier/),
    ]);
    const json = JSON.parse((await segment('now', '--json')).stdout);
    expect(json).toMatchObject({ comparesWithPrior: true, comparison: { prior: { daysBefore: 184 } } });
  });

  it('says why there is none, and the result is as always', async () => {
    const { status, stdout } = await segment('alone');
    expect(status).toBe(0);
    expect(stdout).toMatch(/Stored as[\s\S]*no earlier series of this patient that can be compared/);
  });
});

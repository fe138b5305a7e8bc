import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '../../server/contract/job.js';
import type { Problem } from '../../server/contract/problem.js';
import { naturalizeHeader } from '../../server/src/dicom/naturalizeHeader.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { dciodvfy, itWithDciodvfy } from '../conformance/outsideTools.js';
import { type Product, startProduct } from '../support/product.js';
import { seriesOfAir } from '../support/seriesOfAir.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { call, type SeriesUIDs, submit, uidsOf, waitFor } from './productClient.js';

// biome-ignore lint/suspicious/noExplicitAny: datasets as dcmjs reads them
type Naturalized = any;

const command = path.resolve(import.meta.dirname, '../../server/bin/promptseg.mjs');
const everything = {
  segmentation: 'labelmap',
  measurementReport: true,
  rtStructureSet: true,
  secondaryCapture: true,
  report: true,
  presentationState: true,
} as const;

let product: Product;
let phantom: readonly Uint8Array[];
let series: SeriesUIDs;

beforeAll(async () => {
  phantom = await smallPhantom('outputs');
  series = uidsOf(phantom[0]!);
  product = await startProduct({ instances: phantom });
});
afterAll(() => product?.stop());

/** Number of instances of each modality in the archive. */
async function stored(): Promise<Record<string, number>> {
  const series = (await (await product.archive.ask(`/series?expand`)).json()) as {
    Instances: string[];
    MainDicomTags: { Modality: string };
  }[];
  const counts: Record<string, number> = {};
  for (const { Instances, MainDicomTags } of series)
    counts[MainDicomTags.Modality] = (counts[MainDicomTags.Modality] ?? 0) + Instances.length;
  return counts;
}

describe('a request for everything', () => {
  let job: Job;
  let instances: { readonly kind: string; readonly part10: Uint8Array }[];

  beforeAll(async () => {
    const { status, body } = await submit(product, { ...series, prompts: ['lungs and bone'], output: everything });
    expect(status).toBe(202);
    job = await waitFor(product, body.id);
    const archive = createDicomWebArchive(product.archive.dicomWeb);
    const objects = [{ kind: 'segmentation', ...job.result! }, ...job.result!.alsoStored];
    instances = await Promise.all(
      objects.map(async ({ kind, seriesInstanceUID, sopInstanceUID }) => ({
        kind,
        part10: (await archive.retrieveInstance(series.studyInstanceUID, seriesInstanceUID, sopInstanceUID))!,
      })),
    );
  });

  it('stores six objects in series of their own, and records them', async () => {
    expect(job).toMatchObject({ state: 'completed', request: { output: everything } });
    expect(job.result?.sopClassUID).toBe('1.2.840.10008.5.1.4.1.1.66.7');
    expect(job.result?.alsoStored.map(({ kind, sopClassUID }) => [kind, sopClassUID])).toEqual([
      ['measurement-report', '1.2.840.10008.5.1.4.1.1.88.33'],
      ['rt-structure-set', '1.2.840.10008.5.1.4.1.1.481.3'],
      ['secondary-capture', '1.2.840.10008.5.1.4.1.1.7'],
      ['report', '1.2.840.10008.5.1.4.1.1.104.1'],
      ['presentation-state', '1.2.840.10008.5.1.4.1.1.11.1'],
    ]);
    const bytes = [job.result!.bytes, ...job.result!.alsoStored.map((object) => object.bytes)];
    expect(instances.map(({ part10 }) => part10.length)).toEqual(bytes);
    expect(await stored()).toEqual({ CT: phantom.length, SEG: 1, SR: 1, RTSTRUCT: 1, OT: 1, DOC: 1, PR: 1 });
    expect(Object.keys(job.stageTimes)).toHaveLength(6);
  });

  it('says in the report what the findings say', () => {
    const report = naturalizeHeader(instances[1]!.part10) as Naturalized;
    const groups = report.ContentSequence.at(-1).ContentSequence as Naturalized[];
    const found = job.findings.filter((finding) => finding.status === 'found');
    expect(groups).toHaveLength(3);
    groups.forEach((group, index) => {
      const numbers = group.ContentSequence.filter(({ ValueType }: Naturalized) => ValueType === 'NUM').map(
        (item: Naturalized) => item.MeasuredValueSequence[0].NumericValue,
      );
      const { volumeMl, mean, standardDeviation, longestAxialDiameterMm, voxelCount } = found[index]!;
      [volumeMl, mean, standardDeviation, longestAxialDiameterMm, voxelCount].forEach((value, measurement) => {
        expect(Number(numbers[measurement])).toBeCloseTo(value!, 6);
      });
    });
  });

  it('gives the stored picture, report and outlines back as their exports', async () => {
    for (const kind of ['secondary-capture', 'report', 'presentation-state']) {
      const exported = await fetch(`${product.url}/api/v1/segmentations/${job.id}/export/${kind}`);
      const { part10 } = instances.find((instance) => instance.kind === kind)!;
      expect(Buffer.from(await exported.arrayBuffer()).equals(part10)).toBe(true);
    }
  });

  it('outlines every target in the structure set', () => {
    const structures = naturalizeHeader(instances[2]!.part10) as Naturalized;
    expect(structures.StructureSetROISequence.map(({ ROIName }: Naturalized) => ROIName)).toEqual(
      job.findings.map((finding) => finding.status === 'found' && finding.target.name),
    );
  });

  itWithDciodvfy('is found clean by dciodvfy', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'promptseg-outputs-'));
    for (const { kind, part10 } of instances.slice(1)) {
      const file = path.join(folder, `${kind}.dcm`);
      writeFileSync(file, part10);
      // Its build of 2022 takes a label map for something without segments.
      const { errors } = await dciodvfy(file);
      expect(errors.filter((error) => !/ReferencedSegmentNumber.*not segmentation/.test(error))).toEqual([]);
    }
    rmSync(folder, { recursive: true });
  });

  it('works from a shell', async () => {
    const before = await stored();
    const uids = ['--study', series.studyInstanceUID, '--series', series.seriesInstanceUID];
    const outputs = ['--segmentation', 'binary', '--measurement-report', '--rt-structure-set', '--report'];
    const printed = execFileSync(
      process.execPath,
      [command, 'segment', '--server', product.url, ...uids, '--prompt', 'bone', ...outputs],
      { encoding: 'utf8' },
    );
    expect(printed.match(/Stored as /g)).toHaveLength(4);
    expect(printed).toContain('"Measurements of Bone"');
    expect(await stored()).toEqual({
      ...before,
      SEG: before.SEG! + 1,
      SR: before.SR! + 1,
      RTSTRUCT: before.RTSTRUCT! + 1,
      DOC: before.DOC! + 1,
    });
  });
});

describe('what is asked for and cannot be', () => {
  it('is refused before the run where the model gives no probabilities', async () => {
    const { status, body } = await call<Problem>(product, 'POST', '/segmentations', {
      ...series,
      prompts: ['bone'],
      output: { segmentation: 'fractional' },
    });
    expect([status, body.code]).toEqual([422, 'probabilities-unavailable']);
  });

  it('is refused where nobody knows it', async () => {
    for (const output of [{ segmentation: 'surface' }, { pdf: true }, { measurementReport: 'yes' }]) {
      const response = await call<Problem>(product, 'POST', '/segmentations', { ...series, prompts: ['bone'], output });
      expect([response.status, response.body.code]).toEqual([400, 'request-invalid']);
    }
  });

  it('stores nothing at all where targets overlap in a label map', async () => {
    const before = await stored();
    const { body } = await submit(product, { ...series, prompts: ['body and bone'], output: everything });
    expect(await waitFor(product, body.id)).toMatchObject({
      state: 'failed',
      problem: { code: 'segments-overlap' },
    });
    expect(await stored()).toEqual(before);
  });

  it('stores nothing at all where nothing is found', async () => {
    const air = await seriesOfAir();
    await product.archive.upload(air);
    const before = await stored();
    const { body } = await submit(product, { ...uidsOf(air[0]!), prompts: ['lungs'], output: everything });
    const job = await waitFor(product, body.id);
    expect(job).toMatchObject({ state: 'completed', findings: [{ status: 'not-found' }, { status: 'not-found' }] });
    expect(job.result).toBeUndefined();
    expect(await stored()).toEqual(before);
  });
});

describe('the same request twice at once', () => {
  it('is one job where the output is the same, spelled out or left to its default', async () => {
    const request = { ...series, prompts: ['fat'] };
    const outputs = [undefined, {}, { rtStructureSet: false }] as const;
    const responses = await Promise.all(
      outputs.map((output) => submit(product, { ...request, ...(output && { output }) })),
    );
    const other = await submit(product, { ...request, output: { measurementReport: true } });
    const ids = responses.map(({ body }) => body.id);
    expect(new Set(ids).size).toBe(1);
    expect(ids).not.toContain(other.body.id);
    for (const id of [ids[0]!, other.body.id]) expect((await waitFor(product, id)).state).toBe('completed');
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import type { Comparison } from '../../server/contract/comparison.js';
import type { FoundFinding, Instances } from '../../server/contract/finding.js';
import type { Job } from '../../server/contract/job.js';
import {
  dciodvfy,
  itWithDciodvfy,
  itWithPython,
  readReportWithDcmqi,
  readReportWithHighdicom,
} from '../conformance/outsideTools.js';
import { type Product, startProduct } from '../support/product.js';
import { call, type SeriesUIDs, submit, uidsOf, waitFor } from './productClient.js';

/** Voxels of 2 mm. Balls of metal in soft tissue: their centres in voxels, and their radius in voxels. */
const radius = 2.6;
const twelve = Array.from({ length: 12 }, (_, n) => [20 + 8 * (n % 4), 20 + 11 * Math.floor(n / 4), 6 + 3 * (n % 3)]);
/** The first has vanished; a bar joins the last two. */
const later = twelve.slice(1);
const [one, other] = later.slice(-2) as [number[], number[]];

const isIn = (balls: readonly number[][], ...voxel: readonly number[]): boolean =>
  balls.some((centre) => Math.hypot(...centre.map((each, axis) => each - voxel[axis]!)) <= radius);
const isInBar = (i: number, j: number, k: number): boolean =>
  i >= one[0]! &&
  i <= other[0]! &&
  j === one[1] &&
  k >= Math.min(one[2]!, other[2]!) &&
  k <= Math.max(one[2]!, other[2]!);

let product: Product;
let scratch: string;
const named = new Map<string, SeriesUIDs>();

async function study(name: string, date: string, isMetal: (i: number, j: number, k: number) => boolean, frame: string) {
  const series = await createSeries({
    name,
    modality: 'CT',
    grid: { size: [64, 64, 20], voxelToLps: [2, 0, 0, -64, 0, 2, 0, -64, 0, 0, 2, 0, 0, 0, 0, 1] },
    valueAt: (i, j, k) => (isMetal(i, j, k) ? 3000 : Math.hypot(i - 32, j - 32) < 28 ? 40 : -1000),
    attributes: () => ({ PatientID: 'BALLS', StudyDate: date, SeriesDescription: 'Balls', FrameOfReferenceUID: frame }),
  });
  named.set(name, uidsOf(series[0]!));
  return series;
}

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-instances-'));
  const before = (...voxel: [number, number, number]) => isIn(twelve, ...voxel);
  const now = (...voxel: [number, number, number]) => isIn(later, ...voxel) || isInBar(...voxel);
  const series = await Promise.all([
    study('before', '20260101', before, '2.25.7'),
    study('now', '20260201', now, '2.25.7'),
    study('moved', '20260301', now, '2.25.8'),
  ]);
  product = await startProduct({ instances: series.flat() });
});
afterAll(async () => {
  await product?.stop();
  await rm(scratch, { recursive: true, force: true });
});

async function segmented(name: string): Promise<Job> {
  const output = { measurementReport: true };
  const { body } = await submit(product, { ...named.get(name)!, prompts: ['metal'], output });
  return waitFor(product, body.id);
}
const metalOf = (job: Job): FoundFinding & { readonly instances: Instances } => {
  const [finding] = job.findings;
  if (finding?.status !== 'found' || finding.instances === undefined) throw new Error('No instances were found.');
  return { ...finding, instances: finding.instances };
};

describe('a target of which there are many', () => {
  let job: Job;
  beforeAll(async () => {
    job = await segmented('before');
  });

  it('is found one by one, each where it is and as large as it is', () => {
    const { instances, voxelCount } = metalOf(job);
    expect([job.state, instances.found.length, instances.smaller]).toEqual(['completed', 12, 0]);
    let inOne = 0;
    for (let i = -3; i <= 3; i++)
      for (let j = -3; j <= 3; j++) for (let k = -3; k <= 3; k++) if (Math.hypot(i, j, k) <= radius) inOne++;
    expect(voxelCount).toBe(12 * inOne);
    for (const { voxelCount: voxels, volumeMl, longestDiameterMm, perpendicularDiameterMm } of instances.found) {
      expect([voxels, volumeMl]).toEqual([inOne, expect.closeTo(inOne * 0.008, 9)]);
      // Five voxels of 2 mm, from side to side, or a little more aslant.
      expect(longestDiameterMm).toBeGreaterThanOrEqual(10);
      expect(longestDiameterMm).toBeLessThan(12);
      expect(perpendicularDiameterMm).toBeLessThanOrEqual(longestDiameterMm);
    }
    const places = (list: readonly (readonly number[])[]) => list.map((each) => each.map(Math.round).join(' ')).sort();
    const truth = twelve.map(([i, j, k]) => [2 * i! - 64, 2 * j! - 64, 2 * k!]);
    expect(places(instances.found.map(({ centroidLps }) => centroidLps))).toEqual(places(truth));
  });

  it('has a row for each in the table of measurements, after that of the whole', async () => {
    const text = await (await fetch(`${product.url}/api/v1/segmentations/${job.id}/measurements.csv`)).text();
    const rows: Record<string, string>[] = parse(text, { columns: true });
    const { instances } = metalOf(job);
    expect(
      rows.map(({ finding, status, instance, tracking_uid }) => [finding, status, instance, tracking_uid]),
    ).toEqual([
      ['0', 'found', '', ''],
      ...instances.found.map(({ number, trackingUID }) => ['0', 'instance', String(number), trackingUID]),
    ]);
  });

  describe('in the measurement report', () => {
    let file: string;
    beforeAll(async () => {
      const report = job.result!.alsoStored.find(({ kind }) => kind === 'measurement-report')!;
      const lookup = await product.archive.ask('/tools/lookup', { method: 'POST', body: report.sopInstanceUID });
      const [instance] = (await lookup.json()) as { ID: string }[];
      file = path.join(scratch, 'report.dcm');
      const stored = await product.archive.ask(`/instances/${instance!.ID}/file`);
      await writeFile(file, new Uint8Array(await stored.arrayBuffer()));
    });

    itWithDciodvfy('is written without an error or a warning', async () => {
      expect(await dciodvfy(file)).toEqual({ errors: [], warnings: [] });
    });

    itWithPython('has a group each for highdicom and dcmqi, with tracking UIDs of their own', async () => {
      const { instances } = metalOf(job);
      const { groups } = await readReportWithHighdicom(file);
      const [whole, ...single] = groups;
      expect([whole!.trackingIdentifier, single.length]).toEqual(['Metal or dense contrast', 12]);
      expect(single.map(({ trackingUID }) => trackingUID)).toEqual(
        instances.found.map(({ trackingUID }) => trackingUID),
      );
      expect(new Set(groups.map(({ trackingUID }) => trackingUID)).size).toBe(13);
      for (const [index, { measurements }] of single.entries()) {
        const { volumeMl, longestDiameterMm, perpendicularDiameterMm, voxelCount } = instances.found[index]!;
        const expected = [volumeMl, longestDiameterMm, perpendicularDiameterMm, voxelCount];
        expect(measurements.map(({ name }) => name)).toEqual(['Volume', 'Long Axis', 'Short Axis', 'Voxel Count']);
        measurements.forEach(({ value }, n) => {
          expect(value).toBeCloseTo(expected[n]!, 9);
        });
      }
      expect(await readReportWithDcmqi(file)).toHaveLength(13);
    });
  });

  it('is compared by place: one has vanished, two have merged, the others are the same', async () => {
    const now = await segmented('now');
    expect(metalOf(now).instances.found).toHaveLength(10);
    const { body } = await call<Comparison>(product, 'POST', `/segmentations/${now.id}/comparisons`, {});
    expect(body.before.job).toBe(job.id);
    const { changes, ...counts } = body.findings[0]!.instances!;
    expect(counts).toEqual({ before: 12, now: 10 });
    const statuses = changes!.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array.from({ length: 9 }, () => 'in-both'), 'merged', 'no-longer-found']);
    const merged = changes!.find(({ status }) => status === 'merged')!;
    expect([merged.before.length, merged.now]).toEqual([2, [1]]);
    const gone = changes!.find(({ status }) => status === 'no-longer-found')!;
    const vanished = metalOf(job).instances.found.find(({ number }) => number === gone.before[0])!;
    expect(vanished.centroidLps.map(Math.round)).toEqual([-24, -24, 12]);
  });

  it('is separated as the request asks, and what is too small is counted', async () => {
    // Each ball is nearer than this to the next one.
    const { body } = await submit(product, {
      ...named.get('before')!,
      prompts: ['metal'],
      instances: { mergeMm: 20, minimumMl: 1000 },
    });
    const { instances } = metalOf(await waitFor(product, body.id));
    expect(instances).toEqual({ found: [], smaller: 1, minimumMl: 1000, mergeMm: 20 });
  });

  it('is only counted where the frames of reference differ', async () => {
    const moved = await segmented('moved');
    const earlier = { seriesInstanceUID: named.get('before')!.seriesInstanceUID };
    const { body } = await call<Comparison>(product, 'POST', `/segmentations/${moved.id}/comparisons`, earlier);
    expect(body.findings[0]!.instances).toEqual({ before: 12, now: 10 });
  });
});

import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
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
/** The first has vanished, the last is new; a bar joins the two before it. */
const later = [...twelve.slice(1), [32, 51, 9]];
const [one, other] = twelve.slice(-2) as [number[], number[]];

const isIn = (balls: readonly number[][], ...voxel: readonly number[]): boolean =>
  balls.some((centre) => Math.hypot(...centre.map((each, axis) => each - voxel[axis]!)) <= radius);
const isInBar = (i: number, j: number, k: number): boolean =>
  i >= one[0]! &&
  i <= other[0]! &&
  Math.abs(j - one[1]!) <= 1 &&
  k >= Math.min(one[2]!, other[2]!) &&
  k <= Math.max(one[2]!, other[2]!);

/** The patient, without symmetry: an oval that grows towards the head, with air on the left. */
const isInPatient = (i: number, j: number, k: number): boolean =>
  Math.hypot((i - 32) / (25 + k / 6), (j - 34) / 24) < 1 && Math.hypot(i - 50, j - 32, k - 10) > 5;

/** Where the voxel of another day shows him: turned by 7 degrees about his long axis, tilted by 4, and shifted. */
function movedVoxel(i: number, j: number, k: number): [number, number, number] {
  const turn = (a: number, b: number, degrees: number): [number, number] => {
    const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    return [c * a - s * b, s * a + c * b];
  };
  const [x, y] = turn(i - 32, j - 34, 7);
  const [back, up] = turn(y, k - 10, 4);
  return [x + 33.5, back + 32.8, up + 9.2];
}

let product: Product;
let scratch: string;
const named = new Map<string, SeriesUIDs>();

type Voxel = [i: number, j: number, k: number];

async function study(
  name: string,
  date: string,
  isMetal: (...voxel: Voxel) => boolean,
  frame: string,
  inPatient: (...voxel: Voxel) => Voxel = (...voxel) => voxel,
) {
  const series = await createSeries({
    name,
    modality: 'CT',
    grid: { size: [64, 64, 20], voxelToLps: [2, 0, 0, -64, 0, 2, 0, -64, 0, 0, 2, 0, 0, 0, 0, 1] },
    valueAt: (...voxel) => {
      const place = inPatient(...voxel);
      return isMetal(...place) ? 3000 : isInPatient(...place) ? 40 : -1000;
    },
    attributes: () => ({ PatientID: 'BALLS', StudyDate: date, SeriesDescription: 'Balls', FrameOfReferenceUID: frame }),
  });
  named.set(name, uidsOf(series[0]!));
  return series;
}

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-instances-'));
  const before = (...voxel: Voxel) => isIn(twelve, ...voxel);
  const now = (...voxel: Voxel) => isIn(later, ...voxel) || isInBar(...voxel);
  const series = await Promise.all([
    study('before', '20260101', before, '2.25.7'),
    study('now', '20260201', now, '2.25.7'),
    study('moved', '20260301', now, '2.25.8', movedVoxel),
  ]);
  await copyFile(path.join(import.meta.dirname, '../support/countAttempts.cjs'), path.join(scratch, 'count.cjs'));
  const settings = { NODE_OPTIONS: `--require ${scratch}/count.cjs` };
  product = await startProduct({ instances: series.flat(), settings });
});
afterAll(async () => {
  await product?.stop();
  await rm(scratch, { recursive: true, force: true });
});

/** What a process of the product asked of other machines. */
async function attemptsToLeave(program: string): Promise<readonly string[]> {
  const files = (await readdir(scratch)).filter((name) => name.endsWith('.txt'));
  const noted = await Promise.all(files.map((name) => readFile(path.join(scratch, name), 'utf8')));
  const own = noted.map((text) => text.trim().split('\n')).filter(([main]) => main?.endsWith(program));
  expect(own).not.toEqual([]);
  return own.flatMap(([, ...attempts]) => attempts);
}

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

  /** One has vanished, two have merged, one is new, and the others are the same. */
  function expectChanges({ findings }: Comparison): void {
    const { changes, ...counts } = findings[0]!.instances!;
    expect(counts).toEqual({ before: 12, now: 11 });
    const statuses = changes!.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array.from({ length: 9 }, () => 'in-both'), 'merged', 'new', 'no-longer-found']);
    const merged = changes!.find(({ status }) => status === 'merged')!;
    expect([merged.before.length, merged.now]).toEqual([2, [1]]);
    const gone = changes!.find(({ status }) => status === 'no-longer-found')!;
    const vanished = metalOf(job).instances.found.find(({ number }) => number === gone.before[0])!;
    expect(vanished.centroidLps.map(Math.round)).toEqual([-24, -24, 12]);
  }

  it('is compared by place', async () => {
    const now = await segmented('now');
    const { body } = await call<Comparison>(product, 'POST', `/segmentations/${now.id}/comparisons`, {});
    expect(body.before.job).toBe(job.id);
    expectChanges(body);
    expect(body).not.toHaveProperty('registration');
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

  it('is compared after a registration where position and frame of reference are others', async () => {
    const moved = await segmented('moved');
    const earlier = { seriesInstanceUID: named.get('before')!.seriesInstanceUID };
    const comparisons = `/segmentations/${moved.id}/comparisons`;
    const { body } = await call<Comparison>(product, 'POST', comparisons, earlier);
    expect(body.registration).toMatchObject({ status: 'used', turnedDegrees: expect.closeTo(8.06, 0) });
    expectChanges(body);
    // Who asks for none has them counted only.
    const { body: counted } = await call<Comparison>(product, 'POST', comparisons, {
      ...earlier,
      registration: 'none',
    });
    expect(counted.findings[0]!.instances).toEqual({ before: 12, now: 11 });
    expect(counted).not.toHaveProperty('registration');

    const command = path.resolve(import.meta.dirname, '../../server/bin/promptseg.mjs');
    const args = ['compare', '--job', moved.id, '--prior', earlier.seriesInstanceUID, '--server', product.url];
    const { stdout: table } = await promisify(execFile)(process.execPath, [command, ...args]);
    expect(table).toMatch(/Note: Matched by place after rigid registration of the images \(turned [78]\.\d degrees, /);
    expect(table).toContain('12 before, 11 now; 9 in both, 1 new, 1 no longer found, 1 merged.');
    expect(await attemptsToLeave('registrationMain.js')).toEqual([]);
  });
});

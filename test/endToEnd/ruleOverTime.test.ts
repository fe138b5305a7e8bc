import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import type { Comparison } from '../../server/contract/comparison.js';
import type { Job, JobPage } from '../../server/contract/job.js';
import type { FeedView } from '../../server/contract/routing.js';
import { startTestOrthanc } from '../support/orthanc.js';
import { type Product, startProduct } from '../support/product.js';
import { until } from '../support/until.js';
import { call, type SeriesUIDs, uidsOf, waitFor } from './productClient.js';

/** Two rules whose text asks for the comparison with the study before, beside a real Orthanc. */
let product: Product;
const named = new Map<string, SeriesUIDs>();

/** A cylinder of soft tissue of this radius in voxels. */
async function upload(name: string, patient: string, date: string, radius: number): Promise<void> {
  const series = await createSeries({
    name,
    modality: 'CT',
    grid: { size: [32, 32, 6], voxelToLps: [4, 0, 0, 0, 0, 4, 0, 0, 0, 0, 8, 0, 0, 0, 0, 1] },
    valueAt: (i, j) => (Math.hypot(i - 15.5, j - 15.5) < radius ? 40 : -1000),
    attributes: () => ({
      PatientID: patient,
      StudyDate: date,
      SeriesDescription: 'Trunk',
      BodyPartExamined: 'ABDOMEN',
      ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    }),
  });
  named.set(name, uidsOf(series[0]!));
  await product.archive.upload(series);
}

const rule = {
  // Earlier studies are segmented by the comparison alone.
  match: { attribute: 'StudyDate', atLeast: '2026-01-01' },
  prompts: ['body now and before'],
  output: { segmentation: 'binary' },
};

const jobsOf = async (name: string): Promise<Job[]> => {
  const path = `/segmentations?study=${named.get(name)!.studyInstanceUID}`;
  return (await call<JobPage>(product, 'GET', path)).body.segmentations as Job[];
};
/** The job of a series, once its comparison was started or refused. */
const compared = (name: string): Promise<Job> =>
  until(async () => (await jobsOf(name)).find(({ comparedWithPrior }) => comparedWithPrior !== undefined) ?? false);

beforeAll(async () => {
  const archive = await startTestOrthanc();
  product = await startProduct({ archive, settings: { PROMPTSEG_ORTHANC_URL: archive.url } });
  await upload('before', 'PATIENT', '20250801', 10);
  expect((await call(product, 'PUT', '/rules/body-over-time', rule)).status).toBe(201);
  // What arrives before the list of changes is read for the first time is not routed.
  await until(async () => (await call<FeedView>(product, 'GET', '/rules/feed')).body.readAt !== undefined);
});
afterAll(() => product?.stop());

describe('a rule whose text asks for a comparison', () => {
  it('segments the earlier series with the priority of the rule, and compares', async () => {
    await upload('now', 'PATIENT', '20260201', 12);
    const job = await compared('now');
    expect(job).toMatchObject({ state: 'completed', comparesWithPrior: true, rule: { name: 'body-over-time' } });
    expect(job.comparedWithPrior!.problem).toBeUndefined();
    const earlier = await waitFor(product, job.comparedWithPrior!.job!);
    expect(earlier).toMatchObject({
      state: 'completed',
      rule: { name: 'body-over-time' },
      request: { ...named.get('before')!, prompts: ['body'], priority: 'routed' },
      result: { sopInstanceUID: expect.any(String) },
    });
    const path = `/segmentations/${job.id}/comparisons/${earlier.id}`;
    const { body } = await call<Comparison>(product, 'GET', path);
    expect(body.findings[0]).toMatchObject({ status: 'in-both', isWithinRepeatability: false });
    expect(body.findings[0]!.changeFraction).toBeGreaterThan(0.4);
  });

  it('does not go on from the earlier job, and compares once', async () => {
    // A third study is later than both: by the time its comparison is known, further jobs would be there.
    await upload('later', 'PATIENT', '20260301', 12);
    const third = await compared('later');
    const [now] = await jobsOf('now');
    expect(third.comparedWithPrior!.job).toBe(now!.id);
    const earlier = await jobsOf('before');
    expect(earlier).toHaveLength(1);
    expect(earlier[0]).not.toHaveProperty('comparesWithPrior');
    expect(earlier[0]).not.toHaveProperty('comparedWithPrior');
    expect(await jobsOf('now')).toHaveLength(1);
  });

  it('records why there is none, and the result is there as always', async () => {
    await upload('alone', 'OTHER', '20260201', 12);
    const job = await compared('alone');
    expect(job.comparedWithPrior).toMatchObject({ problem: { code: 'prior-not-found' } });
    expect(job.comparedWithPrior).not.toHaveProperty('job');
    expect(job).toMatchObject({ state: 'completed', result: { sopInstanceUID: expect.any(String) } });
  });

  it('is compared after a crash between the job and the comparison', async () => {
    await product.kill();
    await upload('before the crash', 'CRASHED', '20250801', 10);
    await upload('at the crash', 'CRASHED', '20260201', 12);
    await product.restart();
    await until(async () => (await jobsOf('at the crash')).length > 0);
    await product.kill();
    await product.restart();
    const job = await compared('at the crash');
    const earlier = await waitFor(product, job.comparedWithPrior!.job!);
    expect(earlier.request).toMatchObject(named.get('before the crash')!);
  });
});

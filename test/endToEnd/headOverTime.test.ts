import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ComparedFinding, Comparison } from '../../server/contract/comparison.js';
import { type HeadAtTwoTimes, headAtTwoTimes } from '../support/enlargedVentricles.js';
import { describeWithHeadModel, modelsFolder } from '../support/headModel.js';
import { type Product, startProduct } from '../support/product.js';
import { call, submit, uidsOf, waitFor } from './productClient.js';

const patient = { PatientID: 'TWO-TIMES', StudyDescription: 'Head' };
const text = 'lateral ventricles, hippocampus, cerebellum, brain';

describeWithHeadModel('a synthetic head at two times, by the head model', () => {
  let product: Product;
  let head: HeadAtTwoTimes;
  let comparison: Comparison;
  const of = (id: string): ComparedFinding => comparison.findings.find(({ target }) => target.id === id)!;

  beforeAll(async () => {
    head = await headAtTwoTimes();
    const before = await head.before({ ...patient, StudyDate: '20250601' });
    const now = await head.now({ ...patient, StudyDate: '20260601' });
    product = await startProduct({ models: modelsFolder, instances: [...before, ...now] });
    const { body: job } = await submit(product, { ...uidsOf(now[0]!), prompts: [text] });
    expect((await waitFor(product, job.id)).state).toBe('completed');
    const { status, body } = await call<Comparison>(product, 'POST', `/segmentations/${job.id}/comparisons`, {});
    expect([status, body.prior.seriesInstanceUID]).toEqual([202, uidsOf(before[0]!).seriesInstanceUID]);
    await waitFor(product, body.before.job);
    const read = `/segmentations/${job.id}/comparisons/${body.before.job}`;
    comparison = (await call<Comparison>(product, 'GET', read)).body;
  });
  afterAll(() => product?.stop());

  it.each(['lateral-ventricles', 'left-hippocampus', 'right-hippocampus', 'cerebellum', 'brain'])(
    'recovers the known change of %s within the measured repeatability',
    (id) => {
      const { changeFraction, repeatabilityPercent } = of(id);
      const known = 100 * head.trueChange(id);
      console.log(`${id}: known ${known.toFixed(1)} %, found ${(100 * changeFraction!).toFixed(1)} %`);
      expect(Math.abs(100 * changeFraction! - known)).toBeLessThanOrEqual(repeatabilityPercent!);
    },
  );

  it('says that the ventricles have changed, and that brain and cerebellum have not', () => {
    expect(of('lateral-ventricles')).toMatchObject({ status: 'in-both', isWithinRepeatability: false });
    expect(of('lateral-ventricles').changeMl).toBeGreaterThan(1.5);
    for (const id of ['brain', 'cerebellum']) expect(of(id)).toMatchObject({ isWithinRepeatability: true });
  });

  it('names where its repeatability was measured', () => {
    expect(comparison.repeatability).toContain('T1-weighted MR');
  });
});

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { fractionsOfSegment } from '../../server/src/results/maskOfSegment.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { fromAxes } from '../../server/src/values/affine.js';
import type { Grid } from '../../server/src/values/grid.js';
import { type Product, startProduct } from '../support/product.js';
import { submit, uidsOf, waitFor } from './productClient.js';

/** The analytic model, whose probabilities are known: see models/testing/make_text_query_package.py. */
const models = path.resolve(import.meta.dirname, '../../models/testing');

/** With the model's own spacing, at whole multiples of it, so that nothing is interpolated. */
const grid: Grid = { size: [31, 9, 7], voxelToLps: fromAxes([2, 0, 0], [0, 2.5, 0], [0, 0, 3], [-30, 12.5, 39]) };

/** A ramp from 0 to 1000 along the rows, shifted from slice to slice. */
const valueAt = (i: number, _: number, k: number): number => Math.min(1000, Math.round((1000 * (i + k)) / 33));

let product: Product;
let series: ReturnType<typeof uidsOf>;

beforeAll(async () => {
  const instances = await createSeries({ name: 'ramp', modality: 'MR', grid, valueAt });
  series = uidsOf(instances[0]!);
  product = await startProduct({ instances, models });
});
afterAll(() => product?.stop());

describe('a fractional segmentation from a prompt', () => {
  it("holds the model's probabilities, voxel for voxel, in the archive", async () => {
    const prompts = ['grey region and bright region'];
    const { status, body } = await submit(product, { ...series, prompts, output: { segmentation: 'fractional' } });
    expect(status).toBe(202);
    const job = await waitFor(product, body.id);
    expect(job).toMatchObject({ state: 'completed', findings: [{ status: 'found' }, { status: 'found' }] });

    const archive = createDicomWebArchive(product.archive.dicomWeb);
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = job.result!;
    const segmentation = readSegmentation(
      (await archive.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID))!,
    );
    expect(segmentation.pixels).toMatchObject({ fractionalType: 'PROBABILITY', maximumFractionalValue: 255 });
    const [columns, rows] = grid.size;
    ['grey region', 'bright region'].forEach((label, index) => {
      expect(segmentation.segments[index]!.label).toBe(label);
      fractionsOfSegment(segmentation, index + 1, grid).forEach((fraction, n) => {
        const [i, k] = [n % columns, Math.floor(n / (columns * rows))];
        // Rounding to a step of 255 costs half of one; adding up windows in Float32 may turn a half the other way.
        expect(Math.abs(fraction - 255 * probabilities(valueAt(i, 0, k) / 1000)[index]!)).toBeLessThan(1);
      });
    });
  });
});

/** Of grey and bright, at an intensity of 0–1: softmax of the model's logits, the background's being 0. */
function probabilities(intensity: number): readonly [number, number] {
  const [grey, bright] = [Math.exp(20 * (intensity - 0.3)), Math.exp(40 * (intensity - 0.5))];
  return [grey / (1 + grey + bright), bright / (1 + grey + bright)];
}

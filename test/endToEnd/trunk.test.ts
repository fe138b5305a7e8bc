import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { bitsOfTarget } from '../../dicom-fixtures/src/labelledStudy.js';
import { loadTrunkInstances, loadTrunkTruth } from '../../dicom-fixtures/src/trunkStudy.js';
import { demoStudies } from '../../scripts/demo/studies.mjs';
import { diceOfBits } from '../../server/src/values/maskBits.js';
import { modelsFolder } from '../support/headModel.js';
import { type Product, startProduct } from '../support/product.js';
import { segmentAndRead } from './headSegments.js';
import { uidsOf } from './productClient.js';

let product: Product;
beforeAll(async () => {
  product = await startProduct({ models: modelsFolder });
});
afterAll(() => product?.stop());

/** `body` 0.3.0 had 0.944, 0.890, 0.855 and 0.881. */
const floors = { liver: 0.9, spleen: 0.85, 'left-kidney': 0.8, 'right-kidney': 0.8 };

it('the organs that the demo names in its CT agree with the truth', async () => {
  const { prompts } = demoStudies(modelsFolder).segmented.find(({ model }) => model === 'body')!;
  const instances = loadTrunkInstances();
  await product.archive.upload(instances);
  const truth = loadTrunkTruth();
  const { job, masks } = await segmentAndRead(product, uidsOf(instances[0]!), prompts, truth.grid);
  expect(job.model?.id).toBe('body');
  expect([...masks.keys()].sort()).toEqual(Object.keys(floors).sort());
  const dice = Object.fromEntries([...masks].map(([id, mask]) => [id, diceOfBits(mask, bitsOfTarget(truth, id)!)]));
  console.log('Dice on the synthetic trunk', dice);
  for (const [id, floor] of Object.entries(floors)) expect([id, dice[id]! > floor]).toEqual([id, true]);
});

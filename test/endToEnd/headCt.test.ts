import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { countBits } from '../../server/src/values/maskBits.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { readDicomFiles } from '../support/dicomFiles.js';
import { describeWithHeadModel, modelsFolder } from '../support/headModel.js';
import { type Product, startProduct } from '../support/product.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { commonVoxels, type HeadJob, segmentHead } from './headSegments.js';
import { uidsOf } from './productClient.js';

async function* stream(parts: readonly Uint8Array[]) {
  yield* parts;
}

describeWithHeadModel('the head model', () => {
  describeWithSharedData('on a real CT of a head with gantry tilt', ['ct_head_tilt_and_mixed'], ([folder]) => {
    const instances = readDicomFiles(path.join(folder!, 'In/GE'));
    const series = uidsOf(instances[0]!);
    let product: Product;
    let volume: Volume;
    let job: HeadJob;

    beforeAll(async () => {
      product = await startProduct({ instances, models: modelsFolder });
      volume = await assembleVolume(stream(instances), { signal: new AbortController().signal });
      const prompts = ['brain, ventricles and skull', 'head', 'intracranial contents', 'cerebral hemisphere'];
      job = await segmentHead(product, series, prompts, volume.grid);
    });

    afterAll(async () => {
      await product?.stop();
    });

    it('is chosen for the brain, and ct-tissues for bone, each with a reason', async () => {
      expect(job.job.model).toMatchObject({ id: 'head', reason: expect.stringMatching(/understands most/) });
      const bone = await segmentHead(product, series, ['bone'], volume.grid);
      expect(bone.job.model).toMatchObject({ id: 'ct-tissues', reason: expect.stringMatching(/understands most/) });
    });

    it('finds a brain of adult size, dense as brain is, within the skull', () => {
      const brain = job.found.get('brain')!;
      expect(brain.volumeMl).toBeGreaterThan(700);
      expect(brain.volumeMl).toBeLessThan(1800);
      // Grey matter has about 37 HU, white matter 29, fluid 8 (Bushberg et al., The Essential Physics of Medical
      // Imaging).
      expect(brain.mean).toBeGreaterThan(15);
      expect(brain.mean).toBeLessThan(50);
      const [head, inside, mask] = ['head', 'intracranial-contents', 'brain'].map((id) => job.masks.get(id)!);
      expect(commonVoxels(mask!, head!)).toBe(countBits(mask!));
      expect(commonVoxels(mask!, inside!)).toBe(countBits(mask!));
    });

    it('finds fluid darker than brain, and bone brighter than both', () => {
      const mean = (target: string) => job.found.get(target)!.mean!;
      expect(mean('ventricles')).toBeLessThan(mean('brain') - 5);
      expect(mean('skull')).toBeGreaterThan(200);
    });

    it('distinguishes left from right', () => {
      const [left, right] = ['left', 'right'].map((side) => job.found.get(`${side}-cerebral-hemisphere`)!);
      expect(left!.centroidLps![0]).toBeGreaterThan(right!.centroidLps![0] + 30);
      expect(left!.volumeMl! / right!.volumeMl!).toBeGreaterThan(0.75);
      expect(left!.volumeMl! / right!.volumeMl!).toBeLessThan(1 / 0.75);
    });
  });
});

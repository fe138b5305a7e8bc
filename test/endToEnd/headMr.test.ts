import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bitsOfTarget, loadHeadInstances, loadHeadTruth } from '../../dicom-fixtures/src/headStudy.js';
import { formatStageTimes } from '../../server/src/cli/terminal/report.js';
import { connectedComponents } from '../../server/src/segmenter/connectedComponents.js';
import { voxelCount } from '../../server/src/values/grid.js';
import { countBits, diceOfBits, getBit } from '../../server/src/values/maskBits.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { readDicomFiles } from '../support/dicomFiles.js';
import { describeWithHeadModel, modelsFolder } from '../support/headModel.js';
import { type Product, startProduct } from '../support/product.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { commonVoxels, type HeadJob, segmentHead } from './headSegments.js';
import { call, uidsOf, workersOf } from './productClient.js';

async function* stream(parts: readonly Uint8Array[]) {
  yield* parts;
}

/** Peak resident memory of a process in bytes, as Linux counts it. */
function peakBytes(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return 1024 * Number(kibibytes);
}

/**
 * Millilitres of adults without disease, with room for four standard deviations and more. Of one side: Potvin et al.,
 * Normative data for subcortical regional volumes over the lifetime of the adult human brain, NeuroImage 137 (2016)
 * 9–20. Of the whole: Allen, Damasio and Grabowski, Normal neuroanatomical variation in the human brain, American
 * Journal of Physical Anthropology 118 (2002) 341–358.
 */
const adultMl: readonly (readonly [structure: string, least: number, most: number])[] = [
  ['hippocampus', 2.3, 6],
  ['amygdala', 0.8, 2.8],
  ['thalamus', 4.5, 11],
  ['caudate-nucleus', 2, 6.5],
  ['putamen', 2.8, 8],
  ['globus-pallidus', 0.8, 3.2],
];
const wholeMl: readonly (readonly [target: string, least: number, most: number])[] = [
  ['brain', 850, 1750],
  ['cerebellum', 85, 200],
  ['brain-stem', 13, 35],
  ['ventricles', 6, 120],
];

const knownNote = 'The image was segmented for an earlier prompt already; only the masks were made again.';

describeWithHeadModel('the head model', () => {
  describeWithSharedData('on a real T1 of a head, sagittal and oblique', ['mr_t1_head_sagittal'], ([folder]) => {
    const instances = readDicomFiles(folder!);
    const series = uidsOf(instances[0]!);
    let product: Product;
    let volume: Volume;
    let together: HeadJob;

    beforeAll(async () => {
      product = await startProduct({ instances, models: modelsFolder });
      volume = await assembleVolume(stream(instances), { signal: new AbortController().signal });
      const prompts = [...adultMl, ...wholeMl].map(([name]) => name.replaceAll('-', ' '));
      together = await segmentHead(
        product,
        series,
        [...prompts, 'head', 'intracranial contents', 'skull'],
        volume.grid,
      );
      console.log(`a whole head: ${formatStageTimes(together.job)}`);
    });

    afterAll(async () => {
      await product?.stop();
    });

    it('is chosen, with a reason', () => {
      expect(together.job.model).toMatchObject({ id: 'head', reason: 'It is the only model for MR.' });
      expect(together.job.findings.filter(({ status }) => status !== 'found')).toEqual([]);
    });

    it.each(adultMl)('finds the %s of both sides in the size of an adult, alike on both', (structure, least, most) => {
      const [left, right] = [`left-${structure}`, `right-${structure}`].map((id) => together.found.get(id)!);
      for (const { volumeMl } of [left!, right!]) {
        expect(volumeMl).toBeGreaterThan(least);
        expect(volumeMl).toBeLessThan(most);
      }
      expect(left!.volumeMl! / right!.volumeMl!).toBeGreaterThan(0.7);
      expect(left!.volumeMl! / right!.volumeMl!).toBeLessThan(1 / 0.7);
      // LPS: x grows to the patient's left.
      expect(left!.centroidLps![0]).toBeGreaterThan(right!.centroidLps![0] + 10);
    });

    it.each(wholeMl)('finds the %s in the size of an adult', (target, least, most) => {
      expect(together.found.get(target)!.volumeMl).toBeGreaterThan(least);
      expect(together.found.get(target)!.volumeMl).toBeLessThan(most);
    });

    it('puts every structure of the brain inside the skull, and everything inside the head', () => {
      const [head, inside, skull] = ['head', 'intracranial-contents', 'skull'].map((id) => together.masks.get(id)!);
      for (const [target, mask] of together.masks) {
        expect([target, commonVoxels(mask, head!) / countBits(mask)]).toEqual([target, 1]);
        if (target === 'head' || target === 'skull') continue;
        expect([target, commonVoxels(mask, inside!) / countBits(mask)]).toEqual([target, 1]);
        expect([target, commonVoxels(mask, skull!)]).toEqual([target, 0]);
      }
    });

    it.each(['brain', 'cerebellum', 'brain-stem'])('finds the %s in one piece', (target) => {
      const bits = together.masks.get(target)!;
      const mask = Uint8Array.from({ length: voxelCount(volume.grid) }, (_, n) => (getBit(bits, n) ? 1 : 0));
      const parts = connectedComponents(mask, volume.grid.size, 'corners').cellCounts.slice(1);
      // Version 0.2.0 took 4.7 mL of the tongue for cerebellum, 3 % of it.
      expect(Math.max(...parts) / countBits(bits)).toBeGreaterThan(0.999);
    });

    it('segments a further prompt with what it kept of the image', async () => {
      const further = await segmentHead(product, series, ['left hippocampus'], volume.grid);
      console.log(`a further target: ${formatStageTimes(further.job)}`);
      expect(further.job).toMatchObject({ sessionRunMs: 0, notes: expect.arrayContaining([knownNote]) });
      expect([...further.masks]).toEqual([['left-hippocampus', together.masks.get('left-hippocampus')]]);
    });

    it('says of every other part of the body that it does not know it', async () => {
      const { status, body } = await call<{ code: string }>(product, 'POST', '/segmentations', {
        ...series,
        prompts: ['liver', 'left kidney', 'aortic arch', 'umbrella'],
      });
      expect([status, body.code]).toEqual([422, 'prompt-not-understood']);
    });

    (existsSync('/proc/self/status') ? it : it.skip)('needs less than 3 GB', async () => {
      const [worker] = await workersOf(product);
      expect(peakBytes(worker!)).toBeLessThan(3e9);
    });
  });

  describe('on the synthetic head that ships', () => {
    const instances = loadHeadInstances();
    const truth = loadHeadTruth();
    let product: Product;
    let together: HeadJob;
    beforeAll(async () => {
      product = await startProduct({ instances, models: modelsFolder });
    });
    afterAll(async () => {
      await product?.stop();
    });

    it('agrees with the truth, left with left and right with right', async () => {
      const prompts = [
        'left hippocampus and ventricles',
        'right thalamus, brain stem, cerebral white matter and brain',
      ];
      together = await segmentHead(product, uidsOf(instances[0]!), prompts, truth.grid);
      const { masks, found } = together;
      const dice = Object.fromEntries([...masks].map(([id, mask]) => [id, diceOfBits(mask, bitsOfTarget(truth, id)!)]));
      console.log('Dice on the synthetic head', dice);
      expect([...found.keys()]).toEqual([
        'left-hippocampus',
        'ventricles',
        'right-thalamus',
        'brain-stem',
        'left-cerebral-white-matter',
        'right-cerebral-white-matter',
        'brain',
      ]);
      for (const [id, value] of Object.entries(dice))
        expect([id, value > (id === 'brain' ? 0.9 : 0.65)]).toEqual([id, true]);
    });

    it('gives one prompt alone the mask that it has among others', async () => {
      // A new worker has kept nothing.
      for (const worker of await workersOf(product)) process.kill(worker, 'SIGKILL');
      const alone = await segmentHead(product, uidsOf(instances[0]!), ['left hippocampus'], truth.grid);
      console.log(`one target: ${formatStageTimes(alone.job)}`);
      expect(alone.job.notes).not.toContain(knownNote);
      const [mask] = alone.masks.values();
      expect(diceOfBits(mask!, together.masks.get('left-hippocampus')!)).toBeGreaterThan(0.98);
    });
  });
});

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bitsOfTarget } from '../../dicom-fixtures/src/labelledStudy.js';
import { formatStageTimes } from '../../server/src/cli/terminal/report.js';
import { connectedComponents } from '../../server/src/segmenter/connectedComponents.js';
import { type SliceGrid, voxelCount } from '../../server/src/values/grid.js';
import { countBits, countCommonBits, diceOfBits, getBit } from '../../server/src/values/maskBits.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { segmentGolden } from '../segmenter/goldenMasks.js';
import { readDicomFiles } from '../support/dicomFiles.js';
import { describeWithHeadModel, modelsFolder } from '../support/headModel.js';
import { type Product, startProduct } from '../support/product.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { streamOf } from '../volume/streamOf.js';
import { drawHead } from './headInViewer.js';
import { croppedHeadCt, type ReadJob, segmentAndRead, syntheticBrain } from './headSegments.js';
import { call, type SeriesUIDs, uidsOf, workersOf } from './productClient.js';

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

describeWithHeadModel('the head model', (model) => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct({ models: modelsFolder });
  });
  afterAll(async () => {
    await product?.stop();
  });

  describeWithSharedData('on a real T1 of a head, sagittal and oblique', ['mr_t1_head_sagittal'], ([folder]) => {
    const instances = readDicomFiles(folder!);
    const series = uidsOf(instances[0]!);
    let volume: Volume;
    let together: ReadJob;
    let further: ReadJob;

    beforeAll(async () => {
      await product.archive.upload(instances);
      volume = await assembleVolume(streamOf(instances), { signal: new AbortController().signal });
      const prompts = [...adultMl, ...wholeMl].map(([name]) => name.replaceAll('-', ' '));
      together = await segmentAndRead(
        product,
        series,
        [...prompts, 'head', 'intracranial contents', 'skull'],
        volume.grid,
      );
      console.log(`a whole head: ${formatStageTimes(together.job)}`);
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
        expect([target, countCommonBits(mask, head!) / countBits(mask)]).toEqual([target, 1]);
        if (target === 'head' || target === 'skull') continue;
        expect([target, countCommonBits(mask, inside!) / countBits(mask)]).toEqual([target, 1]);
        expect([target, countCommonBits(mask, skull!)]).toEqual([target, 0]);
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
      further = await segmentAndRead(product, series, ['left hippocampus'], volume.grid);
      console.log(`a further target: ${formatStageTimes(further.job)}`);
      expect(further.job).toMatchObject({ sessionRunMs: 0, notes: expect.arrayContaining([knownNote]) });
      expect([...further.masks]).toEqual([['left-hippocampus', together.masks.get('left-hippocampus')]]);
    });

    it('is asked in the panel, which draws hippocampus, ventricles and brain stem', () =>
      drawHead(product, further.job.result!));

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

  describeWithSharedData('on a real CT of a head with gantry tilt', ['ct_head_tilt_and_mixed'], ([folder]) => {
    let series: SeriesUIDs;
    let grid: SliceGrid;
    let job: ReadJob;

    beforeAll(async () => {
      const head = await croppedHeadCt(readDicomFiles(path.join(folder!, 'In/GE')));
      await product.archive.upload(head.instances);
      series = uidsOf(head.instances[0]!);
      grid = head.grid;
      const prompts = ['brain, ventricles and skull', 'head', 'intracranial contents', 'cerebral hemisphere'];
      job = await segmentAndRead(product, series, prompts, grid);
    });

    it('is chosen for the brain, and ct-tissues for bone, each with a reason', async () => {
      expect(job.job.model).toMatchObject({ id: 'head', reason: expect.stringMatching(/understands most/) });
      const bone = await segmentAndRead(product, series, ['bone'], grid);
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
      expect(countCommonBits(mask!, head!)).toBe(countBits(mask!));
      expect(countCommonBits(mask!, inside!)).toBe(countBits(mask!));
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

  describe('on the brain of the synthetic head that ships', () => {
    it('agrees with the truth, left with left and right with right', async () => {
      const { instances, truth } = await syntheticBrain();
      await product.archive.upload(instances);
      const prompts = [
        'left hippocampus and ventricles',
        'right thalamus, brain stem, cerebral white matter and brain',
      ];
      const { masks, found } = await segmentAndRead(product, uidsOf(instances[0]!), prompts, truth.grid);
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
  });

  it('gives one target alone the mask that it has among others', async () => {
    // On the volume of its self-test.
    const { masks: among } = await segmentGolden(model, 'cpu');
    const { masks: alone } = await segmentGolden(model, 'cpu', {}, ['left-hippocampus']);
    expect(Object.keys(among!).length).toBeGreaterThan(7);
    expect(Object.keys(alone!)).toEqual(['left-hippocampus']);
    const [one, other] = [among!, alone!].map((masks) => Buffer.from(masks['left-hippocampus']!, 'base64'));
    expect(diceOfBits(one!, other!)).toBeGreaterThan(0.98);
  });
});

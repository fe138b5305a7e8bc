import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { Evaluation } from '../../server/src/evaluation/evaluateDataset.js';
import { identity } from '../../server/src/values/affine.js';
import { writeNifti } from '../../server/src/volume/testing/writeNifti.js';
import { floatPackage } from '../support/floatPackage.js';
import { sharedPath } from '../support/sharedData.js';

const repository = path.resolve(import.meta.dirname, '../..');
const command = path.join(repository, 'server/bin/promptseg.mjs');
const python = process.env.PROMPTSEG_PYTHON;
const scan = sharedPath('train', 'brain_t1_eval', 'data', 'test_scan.npz');
const isThere = scan !== undefined && python !== undefined;
if (!isThere) console.warn('SKIPPED: the real T1 with labels (shared data) or PROMPTSEG_PYTHON is not there.');

/** FreeSurfer's values, both sides together, as models/tools/training measures them. */
const labels = {
  'cerebral white matter': [2, 41],
  'cerebral cortex': [3, 42],
  'lateral ventricle': [4, 43],
  'inferior lateral ventricle': [5, 44],
  'cerebellar white matter': [7, 46],
  'cerebellar cortex': [8, 47],
  thalamus: [10, 49],
  'caudate nucleus': [11, 50],
  putamen: [12, 51],
  'globus pallidus': [13, 52],
  'third ventricle': 14,
  'fourth ventricle': 15,
  'brain stem': 16,
  hippocampus: [17, 53],
  amygdala: [18, 54],
  'nucleus accumbens': [26, 58],
  'ventral diencephalon': [28, 60],
};

(isThere ? describe : describe.skip)('the head model on a real T1', () => {
  it('is measured here as the Python code that trained it measures it', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'promptseg-brain-'));
    try {
      const run = promisify(execFile);
      const script = path.join(import.meta.dirname, 'write_brain_t1.py');
      const { stdout } = await run(python!, [script, scan!, folder]);
      const size = JSON.parse(stdout) as number[];
      const values = (name: string) => readFileSync(path.join(folder, name)).buffer as ArrayBuffer;
      for (const name of ['images', 'labels']) mkdirSync(path.join(folder, name));
      const image = writeNifti({ size, voxelToRas: identity, values: new Float32Array(values('vol')), float: true });
      writeFileSync(path.join(folder, 'images/scan.nii'), image);
      const labelMap = writeNifti({ size, voxelToRas: identity, values: new Int16Array(values('seg')) });
      writeFileSync(path.join(folder, 'labels/scan.nii'), labelMap);
      const prompts = { 'lateral ventricle': 'body of the lateral ventricle' };
      writeFileSync(path.join(folder, 'dataset.json'), JSON.stringify({ modality: { 0: 'T1' }, labels, prompts }));

      const evaluateWith = async (models: string): Promise<Evaluation> => {
        const out = ['--out', path.join(folder, `out-${path.basename(models)}`), '--models', models];
        const evaluated = await run(process.execPath, [command, 'evaluate', '--dataset', folder, ...out, '--json']);
        return JSON.parse(evaluated.stdout) as Evaluation;
      };
      // The card's figures are those of the float graph.
      const inFloat = path.join(folder, 'float');
      mkdirSync(inFloat);
      await floatPackage(path.join(repository, 'models/head'), path.join(inFloat, 'head'));
      const evaluation = await evaluateWith(inFloat);
      expect(evaluation.model.id).toBe('head');
      const { evaluation: published } = JSON.parse(
        readFileSync(path.join(repository, 'models/head/model.json'), 'utf8'),
      ) as { evaluation: { target: string; metric: string; value: number }[] };
      const ofCard = new Map(
        published.filter(({ metric }) => metric === 'Dice').map((each) => [each.target, each.value]),
      );
      for (const { label, dice } of evaluation.labels)
        expect([label, dice!.mean]).toEqual([label, expect.closeTo(ofCard.get(label)!, 3)]);
      expect(evaluation.labels).toHaveLength(17);
      expect(evaluation.mean!.dice).toBeCloseTo(ofCard.get('mean of 17 structures')!, 3);
      // As shipped: in int8 where that is faster.
      const shipped = await evaluateWith(path.join(repository, 'models'));
      expect(Math.abs(shipped.mean!.dice - evaluation.mean!.dice)).toBeLessThan(0.003);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { Evaluation } from '../../server/src/evaluation/evaluateDataset.js';
import { bodyModel } from '../support/bodyModel.js';
import { modelsFolder } from '../support/headModel.js';
import { sharedPath } from '../support/sharedData.js';

const command = path.resolve(import.meta.dirname, '../../server/bin/promptseg.mjs');
const image = sharedPath('train', 'trunk_ct', 'example_ct.nii.gz');
const labelMap = sharedPath('train', 'trunk_ct', 'example_seg_fast_force_split.nii.gz');
const model = bodyModel();
const isThere = image !== undefined && labelMap !== undefined && model !== undefined;
if (!isThere) console.warn('SKIPPED: the CT with silver labels (shared data) or models/body is not there.');

/** TotalSegmentator's numbers, as models/tools/body/silver.py has them. */
const numbers: Readonly<Record<string, number | number[]>> = {
  spleen: 1,
  'right kidney': 2,
  'left kidney': 3,
  gallbladder: 4,
  liver: 5,
  stomach: 6,
  'small bowel': 18,
  duodenum: 19,
  colon: 20,
  'urinary bladder': 21,
  prostate: 22,
  sacrum: [25, 26],
  vertebrae: Array.from({ length: 24 }, (_, n) => 27 + n),
  aorta: 52,
  'inferior vena cava': 63,
  'left femur': 75,
  'right femur': 76,
  'left hip bone': 77,
  'right hip bone': 78,
  'spinal canal': 79,
  'left gluteus maximus': 80,
  'right gluteus maximus': 81,
  'left autochthonous back muscle': 86,
  'right autochthonous back muscle': 87,
  'left iliopsoas muscle': 88,
  'right iliopsoas muscle': 89,
};

(isThere ? describe : describe.skip)('the trunk model on a real CT', () => {
  it('is measured here as the Python code that trained it measures it, with text for each target', async () => {
    const { evaluation: published } = JSON.parse(readFileSync(path.join(model!, 'model.json'), 'utf8')) as {
      evaluation: { dataset: string; target: string; value: number }[];
    };
    const { targets } = JSON.parse(readFileSync(path.join(model!, 'vocabulary.json'), 'utf8')) as {
      targets: { name: string }[];
    };
    const named = new Set(targets.map(({ name }) => name.toLowerCase()));
    const ofCard = new Map(
      published.filter(({ dataset }) => dataset.startsWith('example')).map(({ target, value }) => [target, value]),
    );
    const labels = Object.fromEntries(Object.entries(numbers).filter(([name]) => named.has(name)));
    expect(Object.keys(labels)).toContain('liver');

    const folder = mkdtempSync(path.join(tmpdir(), 'promptseg-trunk-'));
    try {
      for (const name of ['images', 'labels']) mkdirSync(path.join(folder, name));
      copyFileSync(image!, path.join(folder, 'images/ct.nii.gz'));
      copyFileSync(labelMap!, path.join(folder, 'labels/ct.nii.gz'));
      writeFileSync(path.join(folder, 'dataset.json'), JSON.stringify({ channel_names: { 0: 'CT' }, labels }));
      const out = ['--out', path.join(folder, 'out'), '--models', modelsFolder, '--model', 'body'];
      const { stdout } = await promisify(execFile)(process.execPath, [
        command,
        'evaluate',
        '--dataset',
        folder,
        ...out,
        '--json',
      ]);
      const evaluation = JSON.parse(stdout) as Evaluation;
      expect(evaluation.labels).toHaveLength(Object.keys(labels).length);
      for (const { label, dice } of evaluation.labels)
        expect([label, dice!.mean]).toEqual([label, expect.closeTo(ofCard.get(label)!, 2)]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCtBodyPhantom } from '../../dicom-fixtures/src/ctBodyPhantom.js';
import type { Evaluation } from '../../server/src/evaluation/evaluateDataset.js';
import type { Affine } from '../../server/src/values/affine.js';
import { mirrored, writeNifti } from '../../server/src/volume/testing/writeNifti.js';
import { until } from '../support/until.js';

const command = path.resolve(import.meta.dirname, '../../server/bin/promptseg.mjs');
const models = path.resolve(import.meta.dirname, '../../models');

let folder: string;
const dataset = (...parts: string[]): string => path.join(folder, 'phantoms', ...parts);
const out = (...parts: string[]): string => path.join(folder, 'out', ...parts);

/** The phantom twice, as DICOM images and as NIfTI with a mirrored axis, and a file that is cut off. */
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'promptseg-evaluate-'));
  for (const each of ['images/a-dicom', 'labels']) mkdirSync(dataset(each), { recursive: true });
  const { instances, grid, labels, huVoxels } = await createCtBodyPhantom();
  instances.forEach((part10, k) => {
    writeFileSync(dataset('images/a-dicom', `${k}.dcm`), part10);
  });
  const voxelToRas = grid.voxelToLps.map((value, index) => (index < 8 ? -value : value)) as unknown as Affine;
  const turned = mirrored(huVoxels, grid.size, voxelToRas);
  writeFileSync(dataset('images/b-nifti_0000.nii'), writeNifti({ size: grid.size, ...turned }));
  writeFileSync(dataset('images/c-broken_0000.nii'), writeNifti({ size: grid.size, ...turned }).subarray(0, 5000));
  const labelMap = writeNifti({ size: grid.size, voxelToRas, values: labels });
  for (const name of ['a-dicom', 'b-nifti', 'c-broken']) writeFileSync(dataset('labels', `${name}.nii`), labelMap);
  const description = {
    name: 'phantoms',
    channel_names: { 0: 'CT' },
    // No voxel has the value 60; nobody taught the model what a spleen is.
    labels: { background: 0, 'left lung': 4, lungs: [4, 5], skeleton: 3, airways: 60, spleen: 61 },
    prompts: { skeleton: 'bone' },
  };
  writeFileSync(dataset('dataset.json'), JSON.stringify(description));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function evaluate(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const all = [command, 'evaluate', '--dataset', dataset(), '--models', models, '--out', out(), ...args];
  try {
    return {
      status: 0,
      ...(await promisify(execFile)(process.execPath, all)),
    };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, stdout, stderr };
  }
}

/** Opens and closes a pipe, which ends it for its reader; false if nobody reads it yet. */
function endPipe(pipe: string): boolean {
  try {
    closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
}

const read = (): Evaluation => JSON.parse(readFileSync(out('evaluation.json'), 'utf8'));

describe('promptseg evaluate', () => {
  it('measures DICOM and NIfTI images alike, names what failed, and writes tables and a figure', async () => {
    const { status, stdout, stderr } = await evaluate();
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('3 of 3, c-broken: failed.'),
    });
    const evaluation = read();
    expect(evaluation.model.id).toBe('ct-tissues');
    expect(evaluation.failed).toMatchObject([{ case: 'c-broken', code: 'nifti-unreadable' }]);
    expect(evaluation.notAsked.map(({ label }) => label)).toEqual(['spleen']);

    const [fromDicom, fromNifti] = evaluation.cases;
    expect(fromNifti!.labels.map(({ dice }) => dice)).toEqual(fromDicom!.labels.map(({ dice }) => dice));
    const byName = new Map(evaluation.labels.map((label) => [label.label, label]));
    expect(byName.get('left lung')!.dice!.mean).toBeGreaterThan(0.95);
    expect(byName.get('left lung')!.surfaceDice!.mean).toBeGreaterThan(0.95);
    expect(byName.get('lungs')!.targets).toHaveLength(2);
    expect(byName.get('lungs')!.dice!.mean).toBeGreaterThan(0.95);
    expect(byName.get('skeleton')!.dice!.mean).toBeGreaterThan(0.8);
    expect(byName.get('airways')).toMatchObject({ cases: 0, casesWithout: 2, foundWhereAbsent: 2 });

    expect(stdout).toContain('| left lung | 2 |');
    expect(readFileSync(out('evaluation.md'), 'utf8')).toBe(stdout);
    expect(readFileSync(out('evaluation.csv'), 'utf8').split('\r\n')).toHaveLength(1 + 2 * 4 + 1);
    expect(readFileSync(out('evaluation.svg'), 'utf8')).toContain('left lung');
    // The phantom's lung is found to within its blurred border.
    expect(byName.get('left lung')!.meanDistanceMm!.mean).toBeLessThan(1);
    expect(Math.abs(byName.get('left lung')!.volumeError!.mean)).toBeLessThan(0.1);
    // A picture of each structure in each case, in the page: the airways, which are not in the label map, come first.
    const html = readFileSync(out('evaluation.html'), 'utf8');
    for (const name of ['a-dicom', 'b-nifti'])
      for (const index of [0, 1, 2, 3])
        expect(html).toContain(readFileSync(out('cases', `${name}.${index}.png`)).toString('base64'));
    expect(/<figcaption>(.*?)<\/figcaption>/.exec(html)![1]).toMatch(/airways, Dice 0.000.*label map: not there/);
  });

  it('goes on after a run that was ended, and measures again what has changed since', async () => {
    const before = read();
    utimesSync(dataset('labels/b-nifti.nii'), new Date(), new Date(Date.now() + 60_000));
    const { stderr } = await evaluate();
    expect(stderr).toContain('1 of 3, a-dicom: measured before');
    expect(stderr).not.toContain('2 of 3, b-nifti: measured before');
    expect(read().labels).toEqual(before.labels);
    const { stderr: withOtherTolerance } = await evaluate('--tolerance', '9');
    expect(withOtherTolerance).not.toContain('measured before');
    expect(read().labels[0]!.surfaceDice!.mean).toBeGreaterThan(before.labels[0]!.surfaceDice!.mean);
  });

  it('keeps what was measured when it is stopped, says what is left, and goes on with it', async () => {
    // Reading a pipe waits until something is written: the run is in its second case for as long as we want.
    renameSync(dataset('images/b-nifti_0000.nii'), dataset('b.nii'));
    execFileSync('mkfifo', [dataset('images/b-nifti_0000.nii')]);
    const own = out('stopped');
    const running = spawn(process.execPath, [
      command,
      'evaluate',
      '--dataset',
      dataset(),
      '--models',
      models,
      '--out',
      own,
    ]);
    let said = '';
    running.stderr.on('data', (text) => {
      said += text;
    });
    const ended = once(running, 'exit');
    await until(() => said.includes('2 of 3, b-nifti'));
    running.kill('SIGINT');
    await until(() => said.includes('what was measured is kept'));
    await until(() => endPipe(dataset('images/b-nifti_0000.nii')));
    expect((await ended)[0]).toBe(130);
    const stopped: Evaluation = JSON.parse(readFileSync(path.join(own, 'evaluation.json'), 'utf8'));
    expect(stopped.cases.map((each) => each.case)).toEqual(['a-dicom']);
    expect(stopped).toMatchObject({ left: 2, failed: [] });
    expect(readFileSync(path.join(own, 'evaluation.html'), 'utf8')).toContain('Stopped with 2 left');

    rmSync(dataset('images/b-nifti_0000.nii'));
    renameSync(dataset('b.nii'), dataset('images/b-nifti_0000.nii'));
    const { stderr } = await evaluate('--out', own);
    expect(stderr).toContain('1 of 3, a-dicom: measured before');
    const whole: Evaluation = JSON.parse(readFileSync(path.join(own, 'evaluation.json'), 'utf8'));
    expect([whole.cases.length, whole.left]).toEqual([2, 0]);
  });

  it('says what is wrong with a request', async () => {
    const { status, stdout } = await evaluate('--tolerance', 'wide', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'options-invalid' });
  });
});

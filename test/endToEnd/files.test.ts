import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { createCtBodyPhantom } from '../../dicom-fixtures/src/ctBodyPhantom.js';
import { shippedPhantomFolder } from '../../dicom-fixtures/src/shippedPhantom.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { maskOfSegment } from '../../server/src/results/maskOfSegment.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import type { NormsRow } from '../../server/src/segmenter/packages/normsPackage.js';
import { writeNorms } from '../../server/src/segmenter/packages/normsPackage.testSupport.js';
import type { Grid } from '../../server/src/values/grid.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { dciodvfy, itWithDciodvfy, itWithPython, readWithHighdicom } from '../conformance/outsideTools.js';
import { type Ended, program, promptseg, startCommandLine } from '../support/commandLine.js';
import { type Product, startProduct } from '../support/product.js';
import { tinyBody } from '../support/tinyBody.js';
import { until } from '../support/until.js';
import { filesOf, streamOf } from '../volume/streamOf.js';
import { call, submit, uidsOf, waitFor } from './productClient.js';

const prompt = 'lungs, airways and bone, fat';
const commandLine = startCommandLine();
const shippedModels = path.resolve(import.meta.dirname, '../../models');
const inventedNorms: NormsRow = {
  code: { scheme: 'SCT', value: '39607008' },
  ...{ laterality: 'left', of: 'volume', sex: 'female', distribution: 'quantiles', percentiles: [10, 90] },
  ages: [20, 90].map((age) => ({ age, values: [100, 4000] })),
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-files-'));
});
afterAll(async () => {
  commandLine.stop();
  await rm(folder, { recursive: true });
});

const nibabel = <T>(...args: readonly string[]): T =>
  JSON.parse(
    execFileSync(
      process.env.PROMPTSEG_PYTHON!,
      [path.join(import.meta.dirname, 'label_maps_with_nibabel.py'), ...args],
      {
        encoding: 'utf8',
      },
    ),
  );
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a folder of DICOM files, without a server', () => {
  let phantom: string;
  let instances: readonly Uint8Array[];
  let grid: Grid;
  let models: string;
  let out: string;
  let ended: Ended;
  let bits: readonly Uint8Array[];
  beforeAll(async () => {
    ({ instances, grid } = await createCtBodyPhantom({
      name: 'files',
      attributes: { PatientSex: 'F', PatientAge: '060Y' },
    }));
    models = path.join(folder, 'models');
    await cp(path.join(shippedModels, 'ct-tissues'), path.join(models, 'ct-tissues'), { recursive: true });
    await writeNorms(models, [inventedNorms]);
    phantom = path.join(folder, 'phantom');
    await mkdir(phantom);
    for (const [k, part10] of instances.entries()) await writeFile(path.join(phantom, `${k}.dcm`), part10);
    out = path.join(folder, 'dicom');
    const input = ['--input', phantom, '--models', models];
    ended = await promptseg('segment', ...input, '--prompt', prompt, '--output', out);
    const segmentation = readSegmentation(await readFile(path.join(out, 'segmentation.dcm')));
    bits = [1, 2, 3, 4, 5].map((number) => maskOfSegment(segmentation, number, grid).bits);
  });

  it('gives a SEG, a label map, a table and a picture, and prints the table', async () => {
    expect(ended).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/Left lung +SCT 39607008 +1\d{3}\.\d +-8\d+ HU/),
    });
    expect((await readdir(out)).sort()).toEqual([
      ...['measurements.csv', 'picture.png', 'result.json', 'segmentation.dcm', 'segmentation.nii.gz'],
    ]);
    const [head, first] = (await readFile(path.join(out, 'measurements.csv'), 'utf8')).split('\r\n');
    for (const column of ['name', 'code_value', 'laterality', 'volume_ml', 'mean', 'unit'])
      expect(head!.split(',')).toContain(column);
    expect(first).toMatch(/,Left lung,39607008,SCT,Lung,left,/);
    expect((await readFile(path.join(out, 'picture.png'))).subarray(1, 4).toString()).toBe('PNG');
  });

  it('gives a centile where the folder with the models has norms for it', async () => {
    const record = JSON.parse(await readFile(path.join(out, 'result.json'), 'utf8'));
    const { volumeMl, centiles } = record.findings[0];
    // Of 1000 ± 500 mL for everybody.
    expect(centiles).toEqual([
      { percentile: expect.closeTo(10 + (80 * (volumeMl - 100)) / 3900, 6), of: 'volume', norms: expect.anything() },
    ]);
    expect(record.findings[1].centiles).toBeUndefined();
  });

  it('gives the segmentation that a server stores for the series, voxel for voxel', async () => {
    let product: Product | undefined;
    try {
      product = await startProduct({ instances, models });
      const series = uidsOf(instances[0]!);
      const { body } = await submit(product, { ...series, prompts: [prompt] });
      const { result, findings } = await waitFor(product, body.id);
      const archive = createDicomWebArchive(product.archive.dicomWeb);
      const { seriesInstanceUID, sopInstanceUID } = result!;
      const stored = await archive.retrieveInstance(series.studyInstanceUID, seriesInstanceUID, sopInstanceUID);
      const segmentation = readSegmentation(stored!);
      bits.forEach((own, index) => {
        expect(Buffer.compare(maskOfSegment(segmentation, index + 1, grid).bits, own)).toBe(0);
      });
      const record = JSON.parse(await readFile(path.join(out, 'result.json'), 'utf8'));
      expect(record).toMatchObject({ input: { kind: 'dicom', modality: 'CT', ...series }, findings });

      // A server that is asked for something that is understood in part.
      const partly = [
        '--study',
        series.studyInstanceUID,
        '--series',
        series.seriesInstanceUID,
        '--server',
        product.url,
      ];
      const refused = await commandLine.run('segment', ...partly, '--prompt', 'left lung and xyzzy', '--json');
      expect(refused.status).toBe(1);
      expect(JSON.parse(refused.stdout)).toMatchObject({
        code: 'prompt-partly-understood',
        details: { understood: [{ name: 'Left lung' }], refused: [{ prompt: 'xyzzy' }] },
      });
      const jobs = () => call<{ segmentations: unknown[] }>(product!, 'GET', '/segmentations');
      expect((await jobs()).body.segmentations).toHaveLength(1);
      const allowed = await commandLine.run('segment', ...partly, '--prompt', 'left lung and xyzzy', '--allow-partial');
      expect(allowed).toMatchObject({ status: 0, stdout: expect.stringMatching(/xyzzy/) });
      expect((await jobs()).body.segmentations).toHaveLength(2);
    } finally {
      await product?.stop();
    }
  });

  itWithDciodvfy('gives a SEG without errors for dciodvfy', async () => {
    expect((await dciodvfy(path.join(out, 'segmentation.dcm'))).errors).toEqual([]);
  });

  itWithPython('gives a SEG and a label map that highdicom and nibabel read as the same voxels', async () => {
    const { sourceImages } = await assembleVolume(streamOf(filesOf(phantom)), { signal: new AbortController().signal });
    const segments = await readWithHighdicom(path.join(out, 'segmentation.dcm'), sourceImages);
    expect(segments.map((segment) => segment.sha256)).toEqual(bits.map(sha256));

    const labelMap = nibabel<{ shape: number[]; affine: number[]; labels: Record<string, string> }>(
      ...['describe', path.join(out, 'segmentation.nii.gz')],
    );
    expect(labelMap.shape).toEqual(grid.size);
    expect(labelMap.labels).toEqual(Object.fromEntries(bits.map((mask, index) => [index + 1, sha256(mask)])));
    labelMap.affine.forEach((value, n) => {
      expect(value).toBeCloseTo(n < 8 ? -grid.voxelToLps[n as 0] : grid.voxelToLps[n as 0], 4);
    });
  });

  itWithPython('gives the same for the NIfTI file that dcm2niix makes of it', async () => {
    await mkdir(path.join(folder, 'converted'));
    const input = nibabel<string>('convert', phantom, path.join(folder, 'converted'));
    const output = path.join(folder, 'nifti');
    const withoutModality = await commandLine.run('segment', '--input', input, '--prompt', prompt, '--output', output);
    expect(withoutModality).toMatchObject({ status: 1, stderr: expect.stringMatching(/--modality CT/) });

    const { status, stdout } = await commandLine.run(
      ...['segment', '--input', input, '--modality', 'CT', '--prompt', prompt, '--output', output, '--json'],
    );
    expect(status).toBe(0);
    const record = JSON.parse(stdout);
    expect(record).toEqual(JSON.parse(await readFile(path.join(output, 'result.json'), 'utf8')));
    expect(record.files).toEqual({
      dicom: [],
      nifti: ['segmentation.nii.gz'],
      picture: 'picture.png',
      measurements: 'measurements.csv',
    });
    const labelMaps = [out, output].map((each) => path.join(each, 'segmentation.nii.gz'));
    expect(nibabel('compare', ...labelMaps)).toBe(true);
  });
});

describe('files that cannot be segmented as asked', () => {
  // What is refused, and why, does not depend on what the slices show.
  let tiny: string;
  let seriesInstanceUID: string;
  beforeAll(async () => {
    tiny = path.join(folder, 'tiny');
    await mkdir(tiny);
    const instances = await tinyBody('tiny', () => ({ PatientID: 'TINY' }));
    ({ seriesInstanceUID } = uidsOf(instances[0]!));
    for (const [k, bytes] of instances.entries()) await writeFile(path.join(tiny, `${k}.dcm`), bytes);
  });
  const refused = async (...args: readonly string[]) => {
    const out = path.join(folder, 'refused');
    const { status, stdout } = await commandLine.run('segment', ...args, '--output', out, '--json');
    expect(status).toBe(1);
    await expect(readdir(out)).rejects.toThrow(/ENOENT/);
    return JSON.parse(stdout);
  };

  it('are not computed where only a part of the prompt is understood', async () => {
    expect(await refused('--input', tiny, '--prompt', 'lungs and xyzzy')).toMatchObject({
      code: 'prompt-partly-understood',
      details: { refused: [{ prompt: 'xyzzy' }] },
    });
  });

  it('are listed where they are of several series, and one can be named', async () => {
    const input = path.join(folder, 'several');
    await cp(tiny, input, { recursive: true });
    const grid = { size: [8, 8, 4], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] } as const;
    const others = await createSeries({ name: 'other', modality: 'MR', grid, valueAt: (i) => i });
    for (const [k, bytes] of others.entries()) await writeFile(path.join(input, `other-${k}`), bytes);
    await writeFile(path.join(input, 'notes.txt'), 'no DICOM');

    const { code, details, detail } = await refused('--input', input, '--prompt', 'lungs');
    expect([code, details.patients, details.series.length]).toEqual(['series-needed', 2, 2]);
    expect(detail).toMatch(new RegExp(`CT +6 .*${seriesInstanceUID}`));

    const named = path.join(folder, 'named');
    const { status, stdout } = await commandLine.run(
      ...['segment', '--input', input, '--series', seriesInstanceUID, '--prompt', 'body', '--output', named],
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/Left out: 4 files of other series/);
    expect(stdout).toMatch(/Left out: 1 file without a DICOM instance/);
    const again = await commandLine.run('segment', '--input', tiny, '--prompt', 'body', '--output', named);
    expect(again).toMatchObject({ status: 1, stderr: expect.stringMatching(/not empty.*--force/s) });
    const forced = await commandLine.run('segment', '--input', tiny, '--prompt', 'fat', '--output', named, '--force');
    expect(forced).toMatchObject({ status: 0, stdout: expect.stringMatching(/Fat/) });
  });

  it('are not taken for another modality than they state, and a file that does not exist is said to', async () => {
    expect(await refused('--input', tiny, '--modality', 'MR', '--prompt', 'lungs')).toMatchObject({
      code: 'options-invalid',
      detail: 'The DICOM files state the modality CT; --modality MR contradicts them.',
    });
    expect(await refused('--input', 'gone.nii.gz', '--modality', 'CT', '--prompt', 'lungs')).toMatchObject({
      code: 'input-unusable',
      detail: 'There is no file gone.nii.gz.',
    });
  });

  it('are named where they are damaged', async () => {
    const input = path.join(folder, 'damaged');
    await cp(tiny, input, { recursive: true });
    const file = path.join(input, '3.dcm');
    await writeFile(file, (await readFile(file)).subarray(0, -200));
    expect(await refused('--input', input, '--prompt', 'lungs')).toMatchObject({
      detail: expect.stringMatching(/3\.dcm/),
    });
  });

  it('give a clear problem where they are no images', async () => {
    await mkdir(path.join(folder, 'empty'));
    expect(await refused('--input', path.join(folder, 'empty'), '--prompt', 'lungs')).toMatchObject({
      code: 'input-unusable',
    });
    const cutOff = path.join(folder, 'cut-off.nii.gz');
    await writeFile(cutOff, Buffer.from('1f8b0800000000000003', 'hex'));
    expect(await refused('--input', cutOff, '--modality', 'CT', '--prompt', 'lungs')).toMatchObject({
      code: 'nifti-unreadable',
    });
  });
});

describe('Ctrl-C while files are segmented', () => {
  it('leaves nothing behind, no file and no process', async () => {
    const parent = path.join(folder, 'cancelled');
    await mkdir(parent);
    // Large enough to be at work for a while.
    const input = path.join(shippedPhantomFolder, 'instances');
    const args = ['segment', '--input', input, '--prompt', prompt, '--output', path.join(parent, 'out')];
    const child = spawn(process.execPath, [program, ...args], { stdio: 'pipe' });
    const ended = once(child, 'close');
    const [computing] = await until(() => {
      const found = execFileSync('sh', ['-c', `pgrep -P ${child.pid} || true`], { encoding: 'utf8' }).trim();
      return found !== '' && found.split('\n').map(Number);
    });
    expect((await readdir(parent)).join()).toMatch(/^\.out-unfinished-/);
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(await readdir(parent)).toEqual([]);
    expect(() => process.kill(computing!, 0)).toThrow(/ESRCH/);
  });
});

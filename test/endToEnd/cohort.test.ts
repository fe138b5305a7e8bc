import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { createSeries, type SeriesOptions } from '../../dicom-fixtures/src/createSeries.js';
import type { JobPage } from '../../server/contract/job.js';
import { type Product, startProduct } from '../support/product.js';
import { until } from '../support/until.js';
import { call, uidsOf } from './productClient.js';

const command = path.resolve(import.meta.dirname, '../../server/bin/promptseg.mjs');
const good = 55;

let product: Product;
let folder: string;
/** Series Instance UID of each series, by its name. */
const named = new Map<string, string>();

/** A ball of soft tissue in air, in four slices; its radius in voxels of 4 mm. */
const ball = (name: string, radius: number, more: Partial<SeriesOptions> = {}): SeriesOptions => ({
  name,
  modality: 'CT',
  grid: { size: [32, 32, 4], voxelToLps: [4, 0, 0, 0, 0, 4, 0, 0, 0, 0, 8, 0, 0, 0, 0, 1] },
  valueAt: (i, j) => (Math.hypot(i - 16, j - 16) < radius ? 40 : -1000),
  ...more,
});

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-cohort-'));
  const all = [
    // One of them is far from the others.
    ...Array.from({ length: good }, (_, n) => ball(`good ${n}`, n === 7 ? 15 : 10 + (n % 3))),
    ball('air', 0),
    ball('ultrasound by mistake', 10, { attributes: () => ({ Modality: 'US' }) }),
    ball('no position', 10, { attributes: () => ({ ImagePositionPatient: undefined }) }),
    ball('a slice twice', 10, { attributes: (k) => (k === 1 ? { ImagePositionPatient: [0, 0, 0] } : {}) }),
  ];
  const instances: Uint8Array[] = [];
  const rows: string[] = [];
  for (const options of all) {
    const series = await createSeries(options);
    const { studyInstanceUID, seriesInstanceUID } = uidsOf(series[0]!);
    named.set(options.name, seriesInstanceUID);
    rows.push(`${studyInstanceUID},${seriesInstanceUID}`);
    instances.push(...series);
  }
  rows.push('1.2.3,1.2.3.4');
  await writeFile(path.join(folder, 'list.csv'), ['StudyInstanceUID,SeriesInstanceUID', ...rows, ''].join('\n'));
  product = await startProduct({ instances });
});
afterAll(async () => {
  await product?.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [command, 'cohort', '--server', product.url, '--prompt', 'body', ...args], { cwd: folder });

async function ended(child: ChildProcess) {
  let [stdout, stderr] = ['', ''];
  child.stdout!.on('data', (text) => {
    stdout += text;
  });
  child.stderr!.on('data', (text) => {
    stderr += text;
  });
  const [status] = await once(child, 'close');
  return { status, stdout, stderr };
}

describe('promptseg cohort', () => {
  it('says how much there is to do before it starts', async () => {
    const { status, stdout } = await ended(start('--list', 'list.csv', '--estimate'));
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^60 series, 1 worker\. How long .* is not known/)]);
    expect(await readdir(folder)).toEqual(['list.csv']);
  });

  it('continues after a kill: sixty series, five of them broken, one job each, one table', async () => {
    const drawn = (): Promise<readonly string[]> => readdir(path.join(folder, 'out/pictures')).catch(() => []);
    const first = start('--list', 'list.csv', '--out', 'out');
    await until(async () => (await drawn()).length > 10);
    first.kill('SIGKILL');
    await once(first, 'close');
    const { status, stdout, stderr } = await ended(start('--list', 'list.csv', '--out', 'out'));
    expect([status, stderr, stdout]).toEqual([
      0,
      expect.stringContaining('60 series, 1 worker. Earlier jobs for these prompts took'),
      expect.stringMatching(/^56 of 60 series completed\./),
    ]);

    const { body } = await call<JobPage>(product, 'GET', '/segmentations?limit=500');
    const series = body.segmentations.map(({ request }) => request.seriesInstanceUID);
    expect(new Set(series).size).toBe(series.length);

    const rows: Record<string, string>[] = parse(await readFile(path.join(folder, 'out/cohort.csv')), {
      columns: true,
    });
    const rowOf = (name: string) => rows.find((row) => row.series_instance_uid === named.get(name));
    expect(rows).toHaveLength(60);
    expect(rows.filter(({ finding }) => finding === 'found')).toHaveLength(good);
    expect(rowOf('good 0')).toMatchObject({
      state: 'completed',
      name: 'Body',
      code_scheme: 'SCT',
      model: 'ct-tissues',
    });
    expect(rowOf('air')).toMatchObject({ state: 'completed', finding: 'not-found' });
    expect(
      [...named.keys(), 'unknown'].slice(good + 1).map((name) => rowOf(name)?.error_code ?? rows.at(-1)!.error_code),
    ).toEqual(['modality-not-served', 'geometry-missing', 'slices-duplicate', 'study-not-found']);

    const page = await readFile(path.join(folder, 'out/cohort.html'), 'utf8');
    expect(page.match(/<li>/g)).toHaveLength(1);
    expect(page).toContain(`<img src="pictures/${named.get('good 7')}.png"`);
    expect(await drawn()).toHaveLength(good);
  });

  it('keeps to the series that it began with, and refuses another cohort in the same folder', async () => {
    const again = await ended(start('--list', 'list.csv', '--out', 'out', '--json'));
    expect([again.status, JSON.parse(again.stdout)]).toEqual([0, { output: 'out', series: 60, completed: 56 }]);
    const other = await ended(start('--query', 'Modality=CT', '--out', 'out'));
    expect([other.status, other.stderr]).toEqual([1, expect.stringContaining('holds a cohort with other options')]);
  });

  it('finds series by a query, and says that none matches', async () => {
    const estimate = JSON.parse((await ended(start('--query', 'Modality=CT', '--estimate', '--json'))).stdout);
    expect(estimate).toMatchObject({ series: 58, workers: 1, secondsEach: expect.any(Number) });
    const none = await ended(start('--query', 'Modality=PT'));
    expect([none.status, none.stderr]).toEqual([1, expect.stringContaining('No series matches.')]);
  });
});

describe('promptseg dataset', () => {
  const promptseg = (...args: readonly string[]) => ended(spawn(process.execPath, [command, ...args], { cwd: folder }));

  it('says that nothing was confirmed yet', async () => {
    const { status, stderr } = await promptseg('dataset', '--server', product.url, '--out', 'none');
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^Of 56 completed jobs none has an accepted finding/)]);
  });

  it('writes what people accepted so that a model can be trained and measured on it', async () => {
    const { body } = await call<JobPage>(product, 'GET', '/segmentations?state=completed&limit=500');
    const jobs = body.segmentations.filter(({ result }) => result !== undefined);
    for (const [index, verdict] of (['accepted', 'rejected', 'accepted'] as const).entries()) {
      const response = await fetch(`${product.url}/api/v1/segmentations/${jobs[index]!.id}/feedback/0`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ verdict }),
      });
      expect(response.ok).toBe(true);
    }
    const { status, stdout, stderr } = await promptseg('dataset', '--server', product.url, '--out', 'bodies', '--json');
    expect([status, stderr]).toEqual([0, '']);
    const names = [jobs[2]!, jobs[0]!].map(({ id }) => `case-${id.slice(0, 8)}`);
    expect(JSON.parse(stdout)).toEqual({ labels: { body: 1 }, cases: names, leftOut: [] });
    const description = JSON.parse(await readFile(path.join(folder, 'bodies/dataset.json'), 'utf8'));
    expect(description).toMatchObject({
      channel_names: { 0: 'CT' },
      labels: { background: 0, body: 1 },
      numTraining: 2,
      promptseg: { targets: [{ id: 'body', code: { scheme: 'SCT' } }], cases: { [names[0]!]: { origin: 'accepted' } } },
    });

    // The model that found them finds the same in the images as they were written.
    const measured = await promptseg('evaluate', '--dataset', 'bodies', '--out', 'figures', '--json');
    expect(JSON.parse(measured.stdout).labels).toMatchObject([{ label: 'body', cases: 2, dice: { least: 1 } }]);
    const again = await promptseg('dataset', '--server', product.url, '--out', 'bodies');
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('The output folder is not empty.')]);
    const unknown = await promptseg('dataset', '--server', product.url, '--out', 'x', '--structure', 'liver');
    expect(unknown.stderr).toContain('Nobody has confirmed a structure with the id liver. Confirmed are: body.');
  });
});

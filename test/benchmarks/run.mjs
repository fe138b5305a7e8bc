/**
 * `npm run bench`: how long the way in takes, against `curl` of the same response in the same run, the encoding of
 * segmentation objects against highdicom, the queue, and routing rules. `npm run bench -- way-in` measures the way in
 * alone, `-- encoding` the encodings, `-- jobs` the queue, `-- rules` the rules, `-- panel` from click to overlay in
 * the viewer, `-- stages` the stages of a job, and `-- gpu` models on every execution provider (gpu.mjs; the last three
 * only where they are asked for).
 *
 * Prints tables with medians and writes test/results/benchmarks.json. Every pair of runs is ours and the other's in
 * turn, so that a machine that slows down slows both.
 */
import '../../scripts/setup/nodeVersion.mjs';

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from '../../scripts/setup/build.mjs';
import { setUpNodeModules } from '../../scripts/setup/nodeModules.mjs';
import { setUpOrthanc } from '../../scripts/setup/orthanc.mjs';
import { repository } from '../../scripts/setup/paths.mjs';
import { setUpPostgres } from '../../scripts/setup/postgres.mjs';
import { setUpPython } from '../../scripts/setup/python.mjs';
import { startOrthanc } from '../../scripts/setup/startOrthanc.mjs';
import { exitWith } from '../../scripts/setup/steps.mjs';
import { measureGpu } from './gpu.mjs';
import { median } from './median.mjs';
import { measureSegmentations } from './segmentation.mjs';
import { filesOfSharedSeries } from './sharedSeries.mjs';

const run = promisify(execFile);
const pairs = 7;
/** highdicom takes half a minute for 104 targets. */
const segmentationPairs = 3;
const parts = ['way-in', 'encoding', 'jobs', 'rules', 'panel', 'stages'];
const results = path.join(repository, 'test/results');

try {
  await setUpNodeModules();
  const [first, ...ofGpu] = process.argv.slice(2);
  if (first === 'gpu') {
    await build();
    const gpu = await measureGpu(ofGpu);
    await report('benchmarks-gpu.json', { at: new Date().toISOString(), cores: availableParallelism(), gpu });
    printTable(gpu);
    process.exit();
  }
  const source = await setUpOrthanc({ onlyInstalled: true });
  const only = process.argv.slice(2).find((part) => parts.includes(part));
  const isWanted = (/** @type {string} */ part) => only === undefined || only === part;
  const python = isWanted('encoding') ? await setUpPython() : undefined;
  await setUpPostgres();
  await build();
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-bench-'));
  // Without a password: `curl` would show it in the process list.
  const orthanc = await startOrthanc(source, { folder, settings: { AuthenticationEnabled: false } });
  try {
    const rows = [];
    if (isWanted('way-in'))
      for (const series of await uploadSeries(orthanc.url)) rows.push(await measureWayIn(orthanc.dicomWebUrl, series));
    const segmentation = python === undefined ? [] : await measureSegmentations(python, segmentationPairs);
    // What it imports is there only after the build.
    const { measureJobs, measureTwoWorkers } = await import('./jobs.mjs');
    const { measureRules } = await import('./rules.mjs');
    const jobs = isWanted('jobs') ? await measureJobs() : [];
    const twoWorkers = isWanted('jobs') ? await measureTwoWorkers() : [];
    const rules = isWanted('rules') ? measureRules() : [];
    const { measurePanel } = await import('./panel.mjs');
    const panel = only === 'panel' ? await measurePanel() : [];
    const { measureStages } = await import('./stages.mjs');
    const stages = only === 'stages' ? await measureStages() : [];
    const figures = {
      at: new Date().toISOString(),
      cores: availableParallelism(),
      load: loadavg()[0],
      pairs,
      wayIn: rows,
      segmentationPairs,
      segmentation,
      jobs,
      twoWorkers,
      rules,
      panel,
      stages,
    };
    await report(only === undefined ? 'benchmarks.json' : `benchmarks-${only}.json`, figures);
    for (const table of [rows, segmentation, jobs, twoWorkers, rules, panel, stages].filter(({ length }) => length > 0))
      printTable(table);
  } finally {
    await orthanc.kill();
    await rm(folder, { recursive: true, force: true });
  }
} catch (error) {
  exitWith(error);
}

/**
 * @param {string} file
 * @param {unknown} figures
 */
async function report(file, figures) {
  await mkdir(results, { recursive: true });
  await writeFile(path.join(results, file), `${JSON.stringify(figures, undefined, 2)}\n`);
}

/** @param {readonly any[]} rows */
function printTable(rows) {
  console.table(Object.fromEntries(rows.map(({ name, ...figures }) => [name, figures])));
}

/**
 * Retrieval, parsing, decoding and assembly of one series against `curl` of the same response.
 *
 * @param {string} dicomWebUrl
 * @param {{ name: string, study: string, series: string }} series
 */
async function measureWayIn(dicomWebUrl, { name, study, series }) {
  const url = `${dicomWebUrl.replace(/\/$/, '')}/studies/${study}/series/${series}`;
  const ours = [];
  const curl = [];
  for (let pair = 0; pair < pairs; pair++) {
    const accept = 'Accept: multipart/related; type="application/dicom"; transfer-syntax=*';
    const timed = await run('curl', ['-s', '-o', '/dev/null', '-w', '%{time_total}', '-H', accept, url]);
    curl.push(Number(timed.stdout) * 1000);
    // A process of its own each time, as a worker that has just started; its second run is the worker that goes on.
    ours.push(await assemble(dicomWebUrl, study, series, 2));
  }
  const once = await assemble(dicomWebUrl, study, series, 1);
  const first = median(ours.map(({ milliseconds }) => milliseconds[0]));
  const second = median(ours.map(({ milliseconds }) => milliseconds[1]));
  const curlMs = median(curl);
  return {
    name,
    'curl ms': Math.round(curlMs),
    'first ms': Math.round(first),
    'warm ms': Math.round(second),
    'first / curl': Number((first / curlMs).toFixed(2)),
    'warm / curl': Number((second / curlMs).toFixed(2)),
    'voxels MB': Math.round(once.voxelMegabytes),
    'peak MB': Math.round(once.peakMegabytes),
    'base MB': Math.round(once.baseMegabytes),
  };
}

/**
 * @param {string} dicomWebUrl
 * @param {string} study
 * @param {string} series
 * @param {number} runs
 * @returns {Promise<{ milliseconds: number[], baseMegabytes: number, peakMegabytes: number, voxelMegabytes: number }>}
 */
async function assemble(dicomWebUrl, study, series, runs) {
  // What it imports is there only after the build.
  const { childArguments, childEnvironment } = await import('../../server/dist/platform/childEnvironment.js');
  const script = path.join(import.meta.dirname, 'assembleSeries.mjs');
  const parameters = [...childArguments(), script, dicomWebUrl, study, series, String(runs)];
  const { stdout } = await run(process.execPath, parameters, { env: childEnvironment({}) });
  return JSON.parse(stdout);
}

/**
 * Fills the archive: a generated CT of 300 slices 512², and the real ct_abdomen_pelvis where the shared test data are
 * beside the repository.
 *
 * @param {string} orthancUrl
 * @returns {Promise<{ name: string, study: string, series: string }[]>}
 */
async function uploadSeries(orthancUrl) {
  const { createSeries } = await import('../../dicom-fixtures/dist/createSeries.js');
  const { parseInstance } = await import('../../server/dist/dicom/dicomInstance.js');
  const generated = await createSeries({
    name: 'benchmark',
    modality: 'CT',
    grid: { size: [512, 512, 300], voxelToLps: [0.8, 0, 0, -200, 0, 0.8, 0, -200, 0, 0, 1.5, 0, 0, 0, 0, 1] },
    valueAt: (i, j, k) => ((i * 7 + j * 13 + k * 29) % 2000) - 1000,
    intercept: () => -1024,
    signed: false,
    bitsStored: 12,
  });
  const series = [{ name: 'generated CT, 300 slices 512²', files: generated }];
  const real = await filesOfSharedSeries('ct_abdomen_pelvis');
  if (real !== undefined)
    series.push({
      name: 'ct_abdomen_pelvis, 160 slices 512²',
      files: await Promise.all(real.map((file) => readFile(file))),
    });

  for (const { files } of series)
    for (const file of files) {
      const { ok, status } = await fetch(`${orthancUrl}/instances`, { method: 'POST', body: file });
      if (!ok) throw new Error(`Orthanc refused an instance: status ${status}`);
    }
  return series.map(({ name, files }) => {
    const instance = parseInstance(files[0]);
    return { name, study: instance.string('x0020000d'), series: instance.string('x0020000e') };
  });
}

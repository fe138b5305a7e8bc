import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { setUpOrthanc } from '../../scripts/setup/orthanc.mjs';
import { repository } from '../../scripts/setup/paths.mjs';
import { startServer } from '../../scripts/setup/server.mjs';
import { startOrthanc } from '../../scripts/setup/startOrthanc.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import { median } from './median.mjs';
import { dicomFilesIn, filesOfSharedSeries } from './sharedSeries.mjs';

/**
 * The stages of a job, from the request to the stored result: `npm run bench -- stages`. Each row is the median of
 * several servers, float32 and int8 in turn:
 *
 * - `new machine`: no self-test has passed yet;
 * - `new server`: the first job after a start;
 * - `next series`: the model is loaded, the images are others;
 * - `next prompt`: the images are the same.
 *
 * @typedef {import('../../server/dist/contract/job.js').Job} Job
 * @typedef {{ name: string, files: readonly string[], prompts: [string, string] }} Case
 * @typedef {{ studyInstanceUID: string, seriesInstanceUID: string }} Images
 */

const rounds = 3;

/** @returns {Promise<Record<string, string | number>[]>} */
export async function measureStages() {
  const cases = [
    {
      name: 'head of the demo, 96 slices',
      files: await dicomFilesIn(path.join(repository, 'dicom-fixtures/generated/head-mr/instances')),
      prompts: /** @type {[string, string]} */ (['left hippocampus and ventricles', 'brain stem']),
    },
    ...(await realCases()),
  ];
  const rows = [];
  for (const each of cases) rows.push(...(await measureCase(each)));
  return rows;
}

/** Of the series that are beside this repository. @returns {Promise<Case[]>} */
async function realCases() {
  const cases = [
    { name: 'MR head, 192 slices 256²', data: 'mr_t1_head_sagittal', prompts: ['left hippocampus', 'brain stem'] },
    { name: 'CT abdomen, 160 slices 512²', data: 'ct_abdomen_pelvis', prompts: ['liver and spleen', 'left kidney'] },
  ];
  /** @type {Case[]} */
  const there = [];
  for (const { name, data, prompts } of cases) {
    const files = await filesOfSharedSeries(data);
    if (files !== undefined) there.push({ name, files, prompts: /** @type {[string, string]} */ (prompts) });
  }
  return there;
}

/** @param {Case} what */
async function measureCase({ name, files, prompts }) {
  const scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-bench-stages-'));
  const orthanc = await startOrthanc(await setUpOrthanc({ onlyInstalled: true }), { folder: scratch });
  try {
    const models = { float32: await modelsInFloat(scratch), int8: path.join(repository, 'models') };
    const series = await upload(orthanc, files);
    /** @type {Map<string, Job[]>} */
    const jobs = new Map();
    /** @type {Map<string, number[]>} */
    const peaks = new Map();
    for (let round = 0; round < rounds; round++)
      for (const graph of /** @type {const} */ (['float32', 'int8'])) {
        const cache = path.join(scratch, `cache-${graph}-${round}`);
        for (const start of ['new machine', 'new server']) {
          const server = await startServer({
            archive: orthanc.dicomWebUrl,
            viewer: await setUpViewer(),
            data: path.join(scratch, `data-${graph}-${round}-${start.replace(' ', '-')}`),
            port: await freePort(),
            settings: { ...orthanc.settings, XDG_CACHE_HOME: cache, PROMPTSEG_MODELS: models[graph] },
          });
          try {
            const ask = async (/** @type {string} */ when, /** @type {0 | 1} */ which, /** @type {string} */ text) => {
              const job = await segment(server.url, series[which], text);
              const key = `${graph}, ${when}`;
              jobs.set(key, [...(jobs.get(key) ?? []), job]);
            };
            await ask(start, 0, prompts[0]);
            if (start === 'new machine') continue;
            await ask('next prompt', 0, prompts[1]);
            await ask('next series', 1, prompts[0]);
            peaks.set(graph, [...(peaks.get(graph) ?? []), await peakMegabytes(server.pid)]);
          } finally {
            await server.stop();
          }
        }
      }
    return [...jobs].sort().map(([key, of]) => row(`${name}, ${key}`, of, peaks.get(key.split(',')[0] ?? '') ?? []));
  } finally {
    await orthanc.kill();
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} name
 * @param {readonly Job[]} jobs
 * @param {readonly number[]} peaks
 */
function row(name, jobs, peaks) {
  const stage = (/** @type {keyof Job['stageTimes']} */ of) =>
    Math.round(median(jobs.map((job) => job.stageTimes[of] ?? 0)));
  const whole = (/** @type {Job} */ { createdAt, endedAt }) => Date.parse(endedAt ?? '') - Date.parse(createdAt);
  return {
    name,
    model: jobs[0]?.model?.id ?? '',
    'whole ms': Math.round(median(jobs.map(whole))),
    ...Object.fromEntries(
      [...new Set(jobs.flatMap((job) => Object.keys(job.stageTimes)))].map((of) => [
        of,
        stage(/** @type {keyof Job['stageTimes']} */ (of)),
      ]),
    ),
    'session.run() ms': Math.round(median(jobs.map(({ sessionRunMs = 0 }) => sessionRunMs))),
    'peak MB': Math.round(median([...peaks])),
    ran: (jobs[0]?.technicalNotes ?? []).join(' '),
  };
}

/**
 * Uploads a series, and a copy of it with UIDs of its own.
 *
 * @param {import('../../scripts/setup/startOrthanc.mjs').StartedOrthanc} orthanc
 * @param {readonly string[]} files
 */
async function upload({ url, headers }, files) {
  for (const file of files)
    await fetch(`${url}/instances`, { method: 'POST', headers, body: new Uint8Array(await readFile(file)) });
  const get = async (/** @type {string} */ of) => (await fetch(`${url}${of}`, { headers })).json();
  const [study] = await get('/studies');
  const copy = await fetch(`${url}/studies/${study}/modify`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify({ KeepSource: true }),
  });
  if (!copy.ok) throw new Error(`Orthanc did not copy the study: status ${copy.status}`);
  const studies = await Promise.all(
    [study, (await copy.json()).ID].map(async (id) => {
      const { MainDicomTags, Series } = await get(`/studies/${id}`);
      const series = await get(`/series/${Series[0]}`);
      return {
        studyInstanceUID: MainDicomTags.StudyInstanceUID,
        seriesInstanceUID: series.MainDicomTags.SeriesInstanceUID,
      };
    }),
  );
  return /** @type {[Images, Images]} */ (studies);
}

/**
 * @param {string} url
 * @param {Images} images
 * @param {string} prompt
 * @returns {Promise<Job>}
 */
async function segment(url, images, prompt) {
  const sent = await fetch(`${url}/api/v1/segmentations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...images, prompts: [prompt] }),
  });
  if (!sent.ok) throw new Error(`The request was refused: ${await sent.text()}`);
  const { id } = await sent.json();
  for (;;) {
    const job = await (await fetch(`${url}/api/v1/segmentations/${id}`)).json();
    if (job.state === 'completed') return job;
    if (job.endedAt !== undefined) throw new Error(`The job ended as ${job.state}: ${job.problem?.detail}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The packages without their int8 graphs. @param {string} scratch @returns {Promise<string>} their folder */
async function modelsInFloat(scratch) {
  const folder = path.join(scratch, 'models');
  for (const id of ['head', 'body', 'ct-tissues']) {
    const copy = path.join(folder, id);
    await cp(path.join(repository, 'models', id), copy, { recursive: true });
    const file = path.join(copy, 'model.json');
    const manifest = JSON.parse(await readFile(file, 'utf8'));
    delete manifest.image?.int8;
    const [before, after] = [await readFile(file), Buffer.from(JSON.stringify(manifest))];
    await writeFile(file, after);
    const sums = path.join(copy, 'SHA256SUMS');
    await writeFile(sums, (await readFile(sums, 'utf8')).replace(sha256(before), sha256(after)));
  }
  return folder;
}

/** @param {Buffer} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * Peak memory of the largest process below the server: the worker.
 *
 * @param {number} server
 * @returns {Promise<number>}
 */
async function peakMegabytes(server) {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(server)]);
  const peaks = await Promise.all(
    stdout
      .trim()
      .split(/\s+/)
      .map(async (pid) => Number(/VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024),
  );
  return Math.max(...peaks);
}

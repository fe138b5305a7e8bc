import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestPostgres } from '../../scripts/test/postgres.mjs';
import { createJobService } from '../../server/dist/jobs/jobService.js';
import { openJobs } from '../../server/dist/jobs/openJobs.js';
import { startJobRunner } from '../../server/dist/jobs/worker/jobRunner.js';
import { usualHeartbeat } from '../../server/dist/jobs/worker/lostWorkers.js';
import { startInstallation } from '../crash/installation.mjs';
import { median } from './median.mjs';

/**
 * @typedef {object} JobFigures Of one shape of installation, with real jobs: a small CT of the torso and the model of
 * tissues.
 * @property {string} name
 * @property {number} 'accepted → started ms' Median of jobs that found an idle worker.
 * @property {number} 'probe median ms' Of `GET /healthz` every 10 ms while job after job runs.
 * @property {number} 'probe p99 ms'
 * @property {number} 'probe longest ms'
 * @property {number} probes
 * @property {string} 'server MB, 50 queued' Resident memory of the server: before, with ten of fifty jobs run, with all
 * run.
 * @property {number} 'overtaken by ms' How much later than one that was accepted after it any of the fifty began; 0
 * where all began in turn.
 * @property {string} 'worker lost, started again ms' From the SIGKILL of a worker until its job began again; scaled out
 * only.
 */

const singleJobs = 15;
const targets = ['body', 'bone', 'left lung', 'right lung', 'fat', 'soft tissue'];
/** Sixty-three different requests: none is already served by the result of another. */
const promptsOf = (/** @type {number} */ number) => targets.filter((_, bit) => ((number % 63) + 1) & (1 << bit));

/**
 * Jobs on a server with its worker, and on a server, two workers and a PostgreSQL.
 *
 * @returns {Promise<JobFigures[]>}
 */
export async function measureJobs() {
  return [await measureShape('embedded'), await measureShape('scaled out')];
}

/**
 * @param {import('../crash/installation.mjs').Shape} shape
 * @returns {Promise<JobFigures>}
 */
async function measureShape(shape) {
  const installation = await startInstallation(shape);
  const api = `${installation.url}/api/v1`;
  const submit = async (/** @type {number} */ number) =>
    read(`${api}/segmentations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...installation.series, prompts: promptsOf(number) }),
    });
  const ended = async (/** @type {string} */ id) => {
    for (;;) {
      const job = await read(`${api}/segmentations/${id}`);
      if (job.endedAt !== undefined) return job;
      await sleep(100);
    }
  };
  try {
    // The first job loads the model.
    for (const number of [0, 1]) await ended((await submit(number)).id);
    const probing = new AbortController();
    const probes = probe(`${installation.url}/healthz`, probing.signal);
    const overheads = [];
    for (let number = 0; number < singleJobs; number++) {
      const { createdAt, startedAt } = await ended((await submit(number)).id);
      overheads.push(Date.parse(startedAt) - Date.parse(createdAt));
    }
    probing.abort();
    const times = (await probes).toSorted((a, b) => a - b);

    const serverPid = installation.parts.find(({ name }) => name === 'server')?.pid() ?? 0;
    const memory = [residentMegabytes(serverPid)];
    const ids = [];
    for (let number = 0; number < 50; number++) ids.push((await submit(number)).id);
    const fifty = [];
    for (const [index, id] of ids.entries()) {
      fifty.push(await ended(id));
      if (index === 9 || index === 49) memory.push(residentMegabytes(serverPid));
    }
    const began = fifty.map(({ startedAt }) => Date.parse(startedAt));
    return {
      name: shape,
      'accepted → started ms': median(overheads),
      'probe median ms': Number(median(times).toFixed(1)),
      'probe p99 ms': Number((times[Math.floor(0.99 * times.length)] ?? Number.NaN).toFixed(1)),
      'probe longest ms': Number((times.at(-1) ?? Number.NaN).toFixed(1)),
      probes: times.length,
      'server MB, 50 queued': memory.join(', '),
      'overtaken by ms': Math.max(...began.map((at, index) => at - Math.min(...began.slice(index)))),
      'worker lost, started again ms': shape === 'embedded' ? '' : `${await loseWorker(installation, submit, ended)}`,
    };
  } finally {
    await installation.stop();
  }
}

/**
 * @param {string} address
 * @param {AbortSignal} signal
 * @returns {Promise<number[]>} Milliseconds until each response.
 */
async function probe(address, signal) {
  const times = [];
  while (!signal.aborted) {
    const start = performance.now();
    await read(address);
    times.push(performance.now() - start);
    await sleep(10);
  }
  return times;
}

/**
 * Median of three.
 *
 * @param {import('../crash/installation.mjs').Installation} installation
 * @param {(number: number) => Promise<any>} submit
 * @param {(id: string) => Promise<any>} ended
 */
async function loseWorker({ url, parts }, submit, ended) {
  const times = [];
  for (let round = 0; round < 3; round++) {
    const { id } = await submit(round);
    let busy;
    while (busy === undefined) {
      const { workers } = await read(`${url}/api/v1/workers`);
      const pid = workers.find((/** @type {{ jobId?: string }} */ { jobId }) => jobId === id)?.pid;
      busy = parts.find((part) => pid !== undefined && part.pid() === pid);
    }
    const killedAt = Date.now();
    await busy.kill();
    times.push(Date.parse((await ended(id)).startedAt) - killedAt);
    await busy.restart();
  }
  return median(times);
}

/**
 * A hundred jobs of 80 ms that wait instead of computing, with one worker and with two, on one PostgreSQL.
 *
 * @returns {Promise<{ name: string, 'one worker ms': number, 'two workers ms': number, ratio: number, 'run twice':
 * number }[]>}
 */
export async function measureTwoWorkers() {
  const postgres = await startTestPostgres();
  try {
    const ofOne = await runHundred(await postgres.createDatabase(), 1);
    const ofTwo = await runHundred(await postgres.createDatabase(), 2);
    return [
      {
        name: '100 jobs of 80 ms',
        'one worker ms': Math.round(ofOne.milliseconds),
        'two workers ms': Math.round(ofTwo.milliseconds),
        ratio: Number((ofOne.milliseconds / ofTwo.milliseconds).toFixed(2)),
        'run twice': ofOne.runTwice + ofTwo.runTwice,
      },
    ];
  } finally {
    await postgres.stop();
  }
}

const bone = {
  id: 'bone',
  name: 'bone',
  synonyms: [],
  modalities: ['CT'],
  concept: {
    category: { value: '91723000', scheme: 'SCT', meaning: 'Anatomical Structure' },
    type: { value: '272673000', scheme: 'SCT', meaning: 'Bone' },
    displayColour: [240, 230, 200],
  },
};
/** The surface of a model package and of an archive, as far as accepting and handing out jobs asks for them. */
const library = /** @type {any} */ ({
  packages: [
    {
      folder: '',
      sha256: 'f'.repeat(64),
      manifest: { id: 'waits', version: '1.0.0', modalities: ['CT'] },
      vocabulary: { targets: [bone], groups: [] },
    },
  ],
  promptable: [],
  refused: [],
});
const archive = /** @type {any} */ ({
  findSeries: async () => ({ modality: 'CT', description: '', numberOfInstances: 10 }),
});

/**
 * @param {string} url
 * @param {number} numberOfWorkers
 */
async function runHundred(url, numberOfWorkers) {
  const server = await openJobs({ kind: 'server', url });
  const service = createJobService({ jobs: server, archive, library });
  for (let number = 0; number < 100; number++)
    await service.submit({ studyInstanceUID: '1.2', seriesInstanceUID: `1.2.3.${number}`, prompts: ['bone'] });
  /** @type {Map<string, number>} */
  const runs = new Map();
  const workers = [];
  const start = performance.now();
  for (let worker = 0; worker < numberOfWorkers; worker++) {
    const jobs = await openJobs({ kind: 'server', url });
    const runner = await startJobRunner({
      jobs,
      library,
      description: { host: `${worker}`, pid: process.pid, executionProvider: 'cpu', models: [] },
      heartbeat: usualHeartbeat,
      worker: {
        async run({ jobId, beforeStoring }) {
          runs.set(jobId, (runs.get(jobId) ?? 0) + 1);
          await sleep(80);
          await beforeStoring();
          return { findings: [], executionProvider: 'cpu', sessionRunMs: 0, notes: [] };
        },
        cancel() {},
        kill() {},
        async stop() {},
      },
    });
    workers.push({ jobs, runner });
  }
  while ((await server.store.unfinished()).length > 0) await sleep(20);
  const milliseconds = performance.now() - start;
  for (const { jobs, runner } of workers) {
    await runner.stop();
    await jobs.close();
  }
  await server.close();
  return { milliseconds, runTwice: [...runs.values()].filter((count) => count > 1).length };
}

/** @param {number} pid */
function residentMegabytes(pid) {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

/**
 * @param {string} address
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
async function read(address, init) {
  const response = await fetch(address, init);
  const body = await response.json();
  if (!response.ok) throw new Error(`${response.status}: ${body.detail}`);
  return body;
}

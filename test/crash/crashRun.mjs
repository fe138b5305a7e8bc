import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitLimitMs } from '../support/limits.mjs';
import { startInstallation } from './installation.mjs';

/**
 * @typedef {object} CrashOptions
 * @property {import('./installation.mjs').Shape} shape
 * @property {number} rounds One part is killed in each.
 * @property {number} [forMs] No further round begins after this time.
 * @property {number} seed Of the random moments and victims.
 * @property {(line: string) => void} log
 *
 * @typedef {object} CrashReport
 * @property {number} accepted Jobs that a server said yes to.
 * @property {Readonly<Record<string, number>>} states Jobs by the state in which they ended.
 * @property {Readonly<Record<string, number>>} killed Kills by the part and what a job was at that moment.
 * @property {readonly string[]} violations What must never happen, one sentence each.
 */

/**
 * A part is killed when a job is in one of these, or up to `longestDelayMs` later: what a job does there takes about as
 * long.
 */
const moments = ['queued', 'retrieving', 'preparing', 'segmenting', 'encoding', 'storing', 'verifying', 'completed'];
const longestDelayMs = 60;
/** Where no job comes there so soon, the part is killed all the same. */
const longestWaitMs = 6000;
const targets = ['body', 'bone', 'left lung', 'right lung', 'fat', 'soft tissue'];

/**
 * Submits jobs and kills one part of the installation after another at random moments; then waits until all jobs have
 * ended and looks whether each has exactly the results that it says.
 *
 * @param {CrashOptions} options
 * @returns {Promise<CrashReport>}
 */
export async function crashRun({ shape, rounds, forMs = Number.POSITIVE_INFINITY, seed, log }) {
  const random = createRandom(seed);
  const installation = await startInstallation(shape);
  const { url, parts } = installation;
  /** @type {Map<string, true>} */
  const accepted = new Map();
  /** @type {Record<string, number>} */
  const killed = {};
  /** @type {Map<import('./installation.mjs').Part, Promise<void>>} */
  const coming = new Map();
  try {
    const until = Date.now() + forMs;
    for (let round = 0; round < rounds && Date.now() < until; round++) {
      const prompts = [`${targets[round % targets.length]}`, `${targets[(round + 1 + (round % 5)) % targets.length]}`];
      const id = await submit(url, { ...installation.series, prompts });
      accepted.set(id, true);
      const moment = `${moments[Math.floor(random() * moments.length)]}`;
      const { stage, pid } = await untilSomeJobIs(url, moment);
      await sleep(random() * longestDelayMs);
      const part = victim(parts, random(), pid);
      await coming.get(part);
      log(`round ${round + 1}: ${part.name}, while a job was ${stage}`);
      const key = `${part.name} (${stage})`;
      killed[key] = (killed[key] ?? 0) + 1;
      await kill(part, random());
      coming.set(part, sleep(random() * 300).then(part.restart));
    }
    await Promise.all(coming.values());
    const jobs = await allEnded(url);
    return {
      accepted: accepted.size,
      states: countBy(jobs, ({ state }) => state),
      killed,
      violations: await violationsOf(installation, [...accepted.keys()], jobs),
    };
  } finally {
    await installation.stop();
  }
}

/**
 * Orthanc less often than the others: a job that cannot reach it waits for seconds. Of the workers the one that has the
 * job.
 *
 * @param {readonly import('./installation.mjs').Part[]} parts
 * @param {number} chance 0–1
 * @param {number | undefined} workerPid
 */
function victim(parts, chance, workerPid) {
  const [archive, ...others] = parts;
  const part = chance < 0.15 ? archive : others[Math.floor(((chance - 0.15) / 0.85) * others.length)];
  if (part === undefined) throw new RangeError('no part to kill');
  const busy = parts.find((one) => one.name.startsWith('worker') && one.pid() === workerPid);
  return part.name.startsWith('worker') ? (busy ?? part) : part;
}

/**
 * Kills a part; of one that has worker processes, in one of four cases only these.
 *
 * @param {import('./installation.mjs').Part} part
 * @param {number} chance 0–1
 */
export async function kill(part, chance) {
  const pid = part.pid();
  const children = pid === undefined || part.name === 'Orthanc' || chance < 0.75 ? [] : childrenOf(pid);
  for (const child of children) process.kill(child, 'SIGKILL');
  if (children.length === 0) await part.kill();
}

/** @param {number} pid */
export function childrenOf(pid) {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);
  } catch {
    return [];
  }
}

/**
 * @param {import('./installation.mjs').Installation} installation
 * @param {readonly string[]} accepted
 * @param {readonly any[]} jobs
 * @returns {Promise<string[]>}
 */
export async function violationsOf({ archiveUrl }, accepted, jobs) {
  const violations = [];
  const known = new Set(jobs.map(({ id }) => id));
  for (const id of accepted) if (!known.has(id)) violations.push(`Job ${id} was accepted and is lost.`);
  // A job whose worker is killed again and again is given up: it might be what kills them. Where one of its attempts
  // was killed right after STOW its object stays in the archive, and the job must name it.
  const namedByGivenUp = new Set();
  for (const { id, state, problem, failedAttempts = [], begunToStore } of jobs) {
    const givenUp = ['worker-lost', 'worker-silent'].includes(problem?.code) && failedAttempts.length >= 2;
    if (givenUp) namedByGivenUp.add(begunToStore);
    else if (state !== 'completed') violations.push(`Job ${id} ended as ${state}: ${problem?.detail}`);
  }

  const expected = new Map(jobs.filter(({ result }) => result).map(({ id, result }) => [result.sopInstanceUID, id]));
  const stored = await storedSegmentations(archiveUrl);
  for (const uid of new Set(stored))
    if (!expected.has(uid) && !namedByGivenUp.has(uid)) violations.push(`Result ${uid} belongs to no job.`);
  for (const [uid, id] of expected) {
    const copies = stored.filter((one) => one === uid).length;
    if (copies !== 1) violations.push(`The archive holds ${copies} results of job ${id}.`);
  }
  return violations;
}

/**
 * SOP Instance UIDs of all Segmentation objects.
 *
 * @param {string} archiveUrl
 * @returns {Promise<string[]>}
 */
async function storedSegmentations(archiveUrl) {
  const response = await fetch(`${archiveUrl}/tools/find`, {
    method: 'POST',
    body: JSON.stringify({ Level: 'Instance', Expand: true, Query: { Modality: 'SEG' } }),
  });
  const instances = /** @type {{ MainDicomTags: { SOPInstanceUID: string } }[]} */ (await response.json());
  return instances.map(({ MainDicomTags }) => MainDicomTags.SOPInstanceUID);
}

/**
 * Submits the job until the server accepts it: server, archive or database may be down. If only the response was
 * lost, the job exists already.
 *
 * @param {string} url
 * @param {object} request
 * @returns {Promise<string>}
 */
export async function submit(url, request) {
  const body = await untilResponse(`${url}/api/v1/segmentations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  return body.id;
}

/**
 * @param {string} url
 * @param {string} moment
 * @returns {Promise<{ stage: string, pid: number | undefined }>} What the newest jobs were in, and the process of the
 * worker that has the job.
 */
async function untilSomeJobIs(url, moment) {
  const { segmentations } = await untilResponse(`${url}/api/v1/segmentations?limit=10`);
  const last = Math.max(0, ...segmentations.map((/** @type {{ lastEventId: number }} */ one) => one.lastEventId));
  const isThere = (/** @type {{ state: string }} */ one) => one.state === moment;
  const job = segmentations.find(isThere) ?? (await nextJobThatIs(url, moment, last));
  const stage = job?.state ?? segmentations[0]?.state ?? 'none';
  if (job === undefined || ['queued', 'completed'].includes(stage)) return { stage, pid: undefined };
  const { workers } = await untilResponse(`${url}/api/v1/workers`);
  return { stage, pid: workers.find((/** @type {{ jobId?: string }} */ one) => one.jobId === job.id)?.pid };
}

/**
 * The server says when: to be asked every 20 ms cost it more processor time than the jobs.
 *
 * @param {string} url
 * @param {string} moment
 * @param {number} last The number of the last change that is known.
 * @returns {Promise<{ id: string, state: string } | undefined>} Undefined if none comes there soon.
 */
async function nextJobThatIs(url, moment, last) {
  const signal = AbortSignal.timeout(longestWaitMs);
  const headers = { 'last-event-id': String(last) };
  while (!signal.aborted) {
    try {
      const { body } = await fetch(`${url}/api/v1/segmentations/events`, { headers, signal });
      let text = '';
      for await (const chunk of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
        const events = (text + chunk).split('\n\n');
        text = events.pop() ?? '';
        const jobs = events.map((event) => JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? '{}'));
        const job = jobs.find(({ state }) => state === moment);
        if (job !== undefined) return job;
      }
    } catch {
      // The time is over, or the server or the database was killed.
    }
    await sleep(200);
  }
  return undefined;
}

/**
 * @param {string} url
 * @returns {Promise<any[]>}
 */
export async function allEnded(url) {
  const deadline = Date.now() + waitLimitMs;
  for (;;) {
    const jobs = [];
    for (let next = '?limit=500'; next !== ''; ) {
      const page = await untilResponse(`${url}/api/v1/segmentations${next}`);
      jobs.push(...page.segmentations);
      next = page.nextCursor === undefined ? '' : `?limit=500&cursor=${page.nextCursor}`;
    }
    const open = jobs.filter(({ state }) => !['completed', 'failed', 'cancelled'].includes(state));
    if (open.length === 0) return jobs;
    if (Date.now() > deadline)
      throw new Error(`${open.length} jobs are stuck: ${JSON.stringify(countBy(open, ({ state }) => state))}`);
    await sleep(250);
  }
}

/**
 * @param {string} address
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
export async function untilResponse(address, init) {
  for (const deadline = performance.now() + waitLimitMs; ; await sleep(200)) {
    const isLast = performance.now() > deadline;
    try {
      const response = await fetch(address, { ...init, signal: AbortSignal.timeout(waitLimitMs) });
      const body = await response.json();
      if (response.ok) return body;
      if (response.status < 500 || isLast) throw new RangeError(`${response.status}: ${body.detail}`);
    } catch (error) {
      if (error instanceof RangeError || isLast) throw error;
    }
  }
}

/**
 * @template T
 * @param {readonly T[]} values
 * @param {(value: T) => string} keyOf
 * @returns {Record<string, number>}
 */
function countBy(values, keyOf) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const value of values) counts[keyOf(value)] = (counts[keyOf(value)] ?? 0) + 1;
  return counts;
}

/**
 * Marsaglia's xorshift32 (Journal of Statistical Software 8(14), 2003): numbers from 0 to 1 that a seed repeats.
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function createRandom(seed) {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

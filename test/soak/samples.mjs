import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { childrenOf } from '../crash/crashRun.mjs';

/**
 * @typedef {object} Sample What an installation holds at a moment. Megabytes are of 10⁶ bytes.
 * @property {number} serverMb Resident memory of the server.
 * @property {number} serverHandles Its open files and connections.
 * @property {number} workersMb Resident memory of the workers with their children; the running ones.
 * @property {number} workersHandles
 * @property {number} databaseMb
 *
 * @typedef {object} Growth
 * @property {number} before Median of the second quarter of the samples.
 * @property {number} after Median of the last quarter.
 * @property {boolean} isGrown By more than half and more than what such a figure varies by.
 */

/**
 * By so much a figure may differ without having grown. The records of jobs stay, so that the database does grow.
 *
 * @type {Readonly<Record<keyof Sample, number>>}
 */
const variation = { serverMb: 100, serverHandles: 30, workersMb: 400, workersHandles: 60, databaseMb: 50 };

/**
 * @param {import('../crash/installation.mjs').Installation} installation On a database of its own.
 * @returns {Promise<Sample>}
 */
export async function takeSample({ parts, databaseUrl }) {
  const pidsOf = (/** @type {string} */ name) =>
    parts.flatMap((part) => {
      const pid = part.name.startsWith(name) ? part.pid() : undefined;
      return pid === undefined ? [] : [pid, ...childrenOf(pid)];
    });
  const [server, workers] = [pidsOf('server'), pidsOf('worker')];
  return {
    serverMb: sum(server.map(residentMb)),
    serverHandles: sum(server.map(handles)),
    workersMb: sum(workers.map(residentMb)),
    workersHandles: sum(workers.map(handles)),
    databaseMb: await databaseMb(databaseUrl),
  };
}

/**
 * @param {readonly Sample[]} samples In the order of time.
 * @returns {Record<keyof Sample, Growth>}
 */
export function growth(samples) {
  const quarter = Math.ceil(samples.length / 4);
  const second = samples.slice(quarter, 2 * quarter);
  const last = samples.slice(-quarter);
  const of = (/** @type {keyof Sample} */ key) => {
    const [before, after] = [median(second.map((one) => one[key])), median(last.map((one) => one[key]))];
    return { before, after, isGrown: after > before * 1.5 && after - before > variation[key] };
  };
  return {
    serverMb: of('serverMb'),
    serverHandles: of('serverHandles'),
    workersMb: of('workersMb'),
    workersHandles: of('workersHandles'),
    databaseMb: of('databaseMb'),
  };
}

/** @param {number} pid */
function residentMb(pid) {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0;
    return Math.round((Number(kilobytes) * 1024) / 1e6);
  } catch {
    // It has just ended.
    return 0;
  }
}

/** @param {number} pid */
function handles(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/** @param {string | undefined} address */
async function databaseMb(address) {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT pg_database_size(current_database()) AS bytes');
    return Math.round(Number(rows[0].bytes) / 1e6);
  } finally {
    await client.end();
  }
}

/** @param {readonly number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

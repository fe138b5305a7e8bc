import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { repository } from '../../scripts/setup/paths.mjs';
import { allEnded, createRandom, kill, submit, untilResponse, violationsOf } from '../crash/crashRun.mjs';
import { startInstallation, uploadBody } from '../crash/installation.mjs';
import { mixedSeries, rule, slices as slicesOfMixed } from '../routing/mixedSeries.mjs';
import { waitLimitMs } from '../support/limits.mjs';
import { growth, takeSample } from './samples.mjs';

/**
 * @typedef {'panel' | 'rules' | 'agent' | 'command line'} Source
 *
 * @typedef {object} SoakOptions
 * @property {number} jobs In all, from the four sources in the shares below.
 * @property {number} killEveryMs One of the two workers is killed so often, until the last job was asked for.
 * @property {number} sampleEveryMs
 * @property {number} seed Of victims and prompts.
 * @property {(line: string) => void} log
 *
 * @typedef {object} SoakReport
 * @property {Readonly<Record<Source, number>>} asked
 * @property {number} killed
 * @property {number} seconds
 * @property {Readonly<Record<string, import('./samples.mjs').Growth>>} growth Medians of the second and the last
 *   quarter of the samples.
 * @property {readonly string[]} violations What must never happen, one sentence each.
 */

/** Most jobs are asked for in the panel; a command is a process each. */
const shares = { rules: 0.25, agent: 0.1, 'command line': 0.05 };
/** Jobs before somebody goes on to the next patient. Orthanc 1.10 took 3.6 s per job at 500 results in one study. */
const jobsPerPatient = 25;
const targets = ['body', 'bone', 'left lung', 'right lung', 'fat', 'soft tissue'];

/**
 * Small jobs from panel, rules, an agent and the command line at once, for as long as it takes, on a server and two
 * workers with PostgreSQL and a real Orthanc. Then looks whether any was lost or done twice, and what has grown.
 *
 * @param {SoakOptions} options
 * @returns {Promise<SoakReport>}
 */
export async function soakRun({ jobs, killEveryMs, sampleEveryMs, seed, log }) {
  const random = createRandom(seed);
  const settings = { PROMPTSEG_SETTLE_SECONDS: '3' };
  const installation = await startInstallation('scaled out', { settings, followOrthanc: true });
  const begun = Date.now();
  let closing = async () => {};
  try {
    const { url, parts } = installation;
    const ofShare = (/** @type {number} */ share) => Math.max(1, Math.round(jobs * share));
    const quota = {
      rules: ofShare(shares.rules),
      agent: ofShare(shares.agent),
      'command line': ofShare(shares['command line']),
    };
    const ofPanel = Math.max(1, jobs - quota.rules - quota.agent - quota['command line']);
    const headers = { 'content-type': 'application/json' };
    await untilResponse(`${url}/api/v1/rules`, { method: 'POST', headers, body: JSON.stringify(rule) });

    const [asking, ended] = [new AbortController(), new AbortController()];
    const sampling = sampleNowAndThen(installation, sampleEveryMs, ended.signal, log);
    const killing = killWorkers(parts, { random, everyMs: killEveryMs, until: asking.signal, log });
    closing = async () => {
      asking.abort();
      ended.abort();
      await Promise.allSettled([sampling, killing]);
    };
    const [accepted] = await Promise.all([
      fromPanel(installation, ofPanel, random),
      fromRules(installation, quota.rules),
      fromAgent(installation, quota.agent),
      fromCommandLine(installation, quota['command line']),
    ]);
    asking.abort();
    const killed = await killing;
    await untilRulesAreDone(url, quota.rules);
    // A series that was taken for complete too soon was looked at again.
    const all = (await allEnded(url)).filter((job) => job.rule === undefined || isOfWholeSeries(job));
    ended.abort();
    const grown = growth(await sampling);
    const violations = await violationsOf(installation, accepted, all);
    const ofRules = all.filter(({ rule: asker }) => asker !== undefined).length;
    if (ofRules !== quota.rules) violations.push(`${quota.rules} series arrived, and ${ofRules} jobs of the rule ran.`);
    // People who ask the same at once share a job.
    const expected = new Set(accepted).size + quota.rules + quota.agent + quota['command line'];
    if (all.length !== expected) violations.push(`${all.length} jobs have run in place of ${expected}.`);
    for (const [what, { isGrown, before, after }] of Object.entries(grown))
      if (isGrown) violations.push(`${what} grew from ${before} to ${after}.`);
    return {
      asked: { panel: ofPanel, ...quota },
      killed,
      seconds: Math.round((Date.now() - begun) / 1000),
      growth: grown,
      violations,
    };
  } finally {
    await closing();
    await installation.stop();
  }
}

/** @param {{ state: string, numberOfInstances?: number }} job */
const isOfWholeSeries = ({ state, numberOfInstances }) => state !== 'cancelled' && numberOfInstances === slicesOfMixed;

/**
 * Whose images somebody looks at: the same patient's for some jobs, then the next one's.
 *
 * @param {string} archiveUrl
 * @param {string} who
 */
function patients(archiveUrl, who) {
  /** @type {ReturnType<typeof uploadBody> | undefined} */
  let current;
  let count = 0;
  return () => {
    if (count++ % jobsPerPatient === 0) current = uploadBody(archiveUrl, `soak, ${who}, ${count}`);
    return /** @type {ReturnType<typeof uploadBody>} */ (current);
  };
}

/**
 * Six people, each of whom waits for the result before the next request.
 *
 * @param {import('../crash/installation.mjs').Installation} installation
 * @param {number} count
 * @param {() => number} random
 * @returns {Promise<string[]>} Ids of the jobs.
 */
async function fromPanel({ url, archiveUrl }, count, random) {
  /** @type {string[]} */
  const accepted = [];
  let left = count;
  // Two people at each, who may ask the same at once.
  const wards = [1, 2, 3].map((ward) => patients(archiveUrl, `ward ${ward}`));
  const person = async (/** @type {() => ReturnType<typeof uploadBody>} */ patient) => {
    while (left-- > 0) {
      const { patientID: _, ...series } = await patient();
      const prompts = [0, 1].map(() => `${targets[Math.floor(random() * targets.length)]}`);
      const id = await submit(url, { ...series, prompts: [...new Set(prompts)] });
      accepted.push(id);
      await untilEnded(url, id);
    }
  };
  await Promise.all([...wards, ...wards].map(person));
  return accepted;
}

/**
 * New series, one after the other, for the rule.
 *
 * @param {import('../crash/installation.mjs').Installation} installation
 * @param {number} count
 */
async function fromRules({ archiveUrl, url }, count) {
  // Two of five are for the rule.
  const series = (await mixedSeries(Math.ceil(count / 4) * 10)).filter(({ matches }) => matches).slice(0, count);
  for (const [index, { instances }] of series.entries()) {
    const send = (/** @type {Uint8Array} */ instance) =>
      untilResponse(`${archiveUrl}/instances`, { method: 'POST', body: new Uint8Array(instance) });
    await Promise.all(instances.map(send));
    // They arrive as quickly as they are done, a few ahead.
    await untilRulesAreDone(url, index - 8);
  }
}

/**
 * An agent that waits for each result, with a person who says yes to storing it. Nobody in the panel asks for the same.
 *
 * @param {import('../crash/installation.mjs').Installation} installation
 * @param {number} count
 */
async function fromAgent({ url, archiveUrl }, count) {
  const client = new Client({ name: 'soak', version: '1' }, { capabilities: { elicitation: { form: {} } } });
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { yes: true } }));
  const transport = new StreamableHTTPClientTransport(new URL('/mcp', url));
  await client.connect(/** @type {import('@modelcontextprotocol/sdk/shared/transport.js').Transport} */ (transport));
  try {
    const call = async (/** @type {string} */ name, /** @type {Record<string, unknown>} */ input) => {
      const { isError, structuredContent, content } = await client.callTool({ name, arguments: input }, undefined, {
        timeout: waitLimitMs,
      });
      if (isError) throw new Error(`${name}: ${JSON.stringify(content)}`);
      return /** @type {any} */ (structuredContent);
    };
    const patient = patients(archiveUrl, 'agent');
    for (let index = 0; index < count; index++) {
      const { studies } = await call('search_series', { patient_id: (await patient()).patientID, modality: 'CT' });
      const handle = studies[0].series[0].series;
      const text = `airways and ${targets[index % targets.length]}`;
      await call('segment_by_text', { series: handle, text, store: true, wait_seconds: 240 });
    }
  } finally {
    await client.close();
  }
}

/**
 * @param {import('../crash/installation.mjs').Installation} installation
 * @param {number} count
 */
async function fromCommandLine({ url, archiveUrl }, count) {
  const patient = patients(archiveUrl, 'command line');
  for (let index = 0; index < count; index++) {
    const series = await patient();
    const what = ['--study', series.studyInstanceUID, '--series', series.seriesInstanceUID];
    const asked = ['--prompt', `${targets[index % targets.length]} and airways`, '--server', url];
    const program = path.join(repository, 'server/bin/promptseg.mjs');
    await promisify(execFile)(process.execPath, [program, 'segment', ...what, ...asked]);
  }
}

/**
 * @param {string} url
 * @param {string} id
 */
async function untilEnded(url, id) {
  for (;;) {
    const { state } = await untilResponse(`${url}/api/v1/segmentations/${id}`);
    if (['completed', 'failed', 'cancelled'].includes(state)) return;
    await sleep(100);
  }
}

/**
 * @param {string} url
 * @param {number} count Jobs that the rule has led to.
 */
async function untilRulesAreDone(url, count) {
  for (;;) {
    const { rules } = await untilResponse(`${url}/api/v1/rules/counts`);
    if ((rules[rule.name]?.completed ?? 0) >= count) return;
    await sleep(250);
  }
}

/**
 * @param {readonly import('../crash/installation.mjs').Part[]} parts
 * @param {{ random: () => number, everyMs: number, until: AbortSignal, log: (line: string) => void }} options
 * @returns {Promise<number>} Kills.
 */
async function killWorkers(parts, { random, everyMs, until, log }) {
  const workers = parts.filter(({ name }) => name.startsWith('worker'));
  let killed = 0;
  for (;;) {
    await sleep(everyMs, undefined, { signal: until }).catch(() => {});
    const worker = workers[Math.floor(random() * workers.length)];
    // A short run has come to its end before: one worker is killed at least.
    if (worker === undefined || (until.aborted && killed > 0)) return killed;
    log(`kill: ${worker.name}`);
    killed++;
    await kill(worker, random());
    await worker.restart();
  }
}

/**
 * @param {import('../crash/installation.mjs').Installation} installation
 * @param {number} everyMs
 * @param {AbortSignal} until
 * @param {(line: string) => void} log
 */
async function sampleNowAndThen(installation, everyMs, until, log) {
  const samples = [];
  while (!until.aborted) {
    await sleep(everyMs, undefined, { signal: until }).catch(() => {});
    const sample = await takeSample(installation);
    log(JSON.stringify(sample));
    samples.push(sample);
  }
  return samples;
}

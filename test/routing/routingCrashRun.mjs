import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, kill, untilResponse } from '../crash/crashRun.mjs';
import { startInstallation } from '../crash/installation.mjs';
import { mixedSeries, rule } from './mixedSeries.mjs';

/**
 * @typedef {object} RoutingCrashOptions
 * @property {number} series
 * @property {number} withinMs They arrive evenly within this time.
 * @property {number} killEveryMs A program is killed so often on average, until all series have arrived; infinite for
 * none.
 * @property {import('../crash/installation.mjs').Shape} shape
 * @property {number} seed Of the random moments and victims.
 * @property {number} settleMs After all have arrived, the longest wait for the last result.
 * @property {(line: string) => void} log
 *
 * @typedef {object} RoutingCrashReport
 * @property {number} matching Series that the rule is for.
 * @property {number} results Segmentations in the archive.
 * @property {number} gaps Times when the list of changes of Orthanc was found to be cleared; the run clears it once.
 * @property {number} grown Results of a series that Orthanc called complete before its last image had come.
 * @property {Readonly<Record<string, number>>} killed
 * @property {number} highestLagChanges
 * @property {number} highestLagSeconds
 * @property {{ median: number, p95: number, highest: number }} secondsWithoutModel From StableSeries to the verified
 *   result, less the time in the model and the wait for a worker.
 * @property {{ median: number, p95: number, highest: number }} secondsToJob From StableSeries to the job in the queue.
 * @property {readonly string[]} violations What must never happen, one sentence each.
 */

/**
 * Lets series of mixed kinds arrive in a real Orthanc while it and the servers are killed, and looks whether each that
 * the rule is for has one result in the end, and no other has any.
 *
 * @param {RoutingCrashOptions} options
 * @returns {Promise<RoutingCrashReport>}
 */
export async function routingCrashRun({ series: count, withinMs, killEveryMs, shape, seed, settleMs, log }) {
  const random = createRandom(seed);
  const series = await mixedSeries(count);
  const settings = { PROMPTSEG_SETTLE_SECONDS: '3' };
  const installation = await startInstallation(shape, { settings, followOrthanc: true });
  try {
    const { url, archiveUrl } = installation;
    const headers = { 'content-type': 'application/json' };
    await untilResponse(`${url}/api/v1/rules`, { method: 'POST', headers, body: JSON.stringify(rule) });
    await untilFeed(url, 30_000, ({ state }) => state === 'following');

    const arrived = new AbortController();
    const lag = { highestLagChanges: 0, highestLagSeconds: 0 };
    const watching = watchLag(url, arrived.signal, lag);
    const killing = killNowAndThen(installation.parts, { random, everyMs: killEveryMs, until: arrived.signal, log });
    const start = Date.now();
    await Promise.all(
      series.map(async ({ instances }, index) => {
        await sleep(start + (index / count) * withinMs - Date.now());
        // Somebody tidies up: what was not read yet must be found otherwise.
        if (index === count >> 1) await untilCleared(archiveUrl);
        await Promise.all(instances.map((instance) => upload(archiveUrl, instance)));
      }),
    );
    log(`${count} series have arrived within ${((Date.now() - start) / 1000).toFixed(0)} s`);
    arrived.abort();
    const killed = await killing;
    await watching;
    await settled(url, settleMs);
    const checked = await check(url, archiveUrl, series);
    const { gaps } = await untilResponse(`${url}/api/v1/rules/feed`);
    if (gaps.length === 0) checked.violations.push('Nobody noticed that the list of changes was cleared.');
    return { gaps: gaps.length, matching: series.filter(({ matches }) => matches).length, killed, ...lag, ...checked };
  } finally {
    await installation.stop();
  }
}

/**
 * A sender that does not give up.
 *
 * @param {string} archiveUrl
 * @param {Uint8Array} instance
 */
async function upload(archiveUrl, instance) {
  await untilResponse(`${archiveUrl}/instances`, { method: 'POST', body: new Uint8Array(instance) });
}

/** @param {string} archiveUrl */
async function untilCleared(archiveUrl) {
  const cleared = () =>
    fetch(`${archiveUrl}/changes`, { method: 'DELETE' })
      .then(({ ok }) => ok)
      .catch(() => false);
  while (!(await cleared())) await sleep(200);
}

/**
 * @param {readonly import('../crash/installation.mjs').Part[]} parts
 * @param {{ random: () => number, everyMs: number, until: AbortSignal, log: (line: string) => void }} options
 */
async function killNowAndThen(parts, { random, everyMs, until, log }) {
  /** @type {Record<string, number>} */
  const killed = {};
  while (Number.isFinite(everyMs)) {
    await sleep(everyMs * (0.3 + 1.4 * random()), undefined, { signal: until }).catch(() => {});
    // A slow machine may have come to one or two by then: each part is killed at least once.
    const spared = parts.filter(({ name }) => killed[name] === undefined);
    const victims = until.aborted ? spared : parts;
    const part = victims[Math.floor(random() * victims.length)];
    if (part === undefined) break;
    log(`kill: ${part.name}`);
    killed[part.name] = (killed[part.name] ?? 0) + 1;
    await kill(part, random());
    await sleep(random() * 1000);
    await part.restart();
  }
  return killed;
}

/**
 * @param {string} url
 * @param {AbortSignal} until
 * @param {{ highestLagChanges: number, highestLagSeconds: number }} lag
 */
async function watchLag(url, until, lag) {
  while (!until.aborted) {
    const feed = await fetch(`${url}/api/v1/rules/feed`).then(
      (response) => response.json(),
      () => undefined,
    );
    lag.highestLagChanges = Math.max(lag.highestLagChanges, feed?.lagChanges ?? 0);
    lag.highestLagSeconds = Math.max(lag.highestLagSeconds, feed?.lagSeconds ?? 0);
    await sleep(200);
  }
}

/**
 * @param {string} url
 * @param {number} withinMs
 * @param {(feed: any) => boolean} isSo
 */
async function untilFeed(url, withinMs, isSo) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const feed = await untilResponse(`${url}/api/v1/rules/feed`);
    if (isSo(feed)) return;
    if (Date.now() > deadline) throw new Error(`the feed stands at ${JSON.stringify(feed)}`);
    await sleep(200);
  }
}

/**
 * Waits until everything that has arrived was read, every job has ended, and the results that came of it were read too.
 *
 * @param {string} url
 * @param {number} withinMs
 */
async function settled(url, withinMs) {
  const deadline = Date.now() + withinMs;
  let cursor = -1;
  for (;;) {
    const feed = await untilResponse(`${url}/api/v1/rules/feed`);
    const { rules } = await untilResponse(`${url}/api/v1/rules/counts`);
    const { arriving, ready } = feed.series;
    const { submitted = 0, waiting = 0 } = rules[rule.name] ?? {};
    const done = feed.state === 'following' && arriving + ready + submitted + waiting === 0;
    // Longer than Orthanc takes to call a series stable: what a result causes would be seen.
    if (done && feed.cursor === cursor) return;
    if (Date.now() > deadline) throw new Error(`stuck: ${JSON.stringify({ feed, rules })}`);
    cursor = feed.cursor;
    await sleep(done ? 4000 : 500);
  }
}

/**
 * @param {string} url
 * @param {string} archiveUrl
 * @param {readonly import('./mixedSeries.mjs').MixedSeries[]} series
 */
async function check(url, archiveUrl, series) {
  /** @type {string[]} */
  const violations = [];
  /** @type {any[]} */
  const entries = [];
  for (let next = '?limit=500'; next !== ''; ) {
    const page = await untilResponse(`${url}/api/v1/rules/${rule.name}/history${next}`);
    entries.push(...page.entries);
    next = page.nextCursor === undefined ? '' : `?limit=500&cursor=${page.nextCursor}`;
  }
  const stored = await storedSegmentations(archiveUrl, series);
  const expected = new Set();
  let grown = 0;
  /** @type {number[]} */
  const secondsWithoutModel = [];
  /** @type {number[]} */
  const secondsToJob = [];
  const stableAt = await stableMoments(archiveUrl);
  for (const { kind, matches, seriesInstanceUID, instances } of series) {
    const completed = [];
    for (const entry of entries.filter((one) => one.seriesInstanceUID === seriesInstanceUID)) {
      if (entry.state !== 'completed') {
        if (entry.state !== 'superseded') violations.push(`A ${kind} is ${entry.state}: ${entry.problem?.detail}`);
        continue;
      }
      const job = await untilResponse(`${url}/api/v1/segmentations/${entry.jobId}`);
      if (job.result === undefined) violations.push(`A ${kind} has no result.`);
      else expected.add(job.result.sopInstanceUID);
      completed.push(job);
      const stable = stableAt.get(seriesInstanceUID);
      if (stable === undefined || job.numberOfInstances < instances.length) continue;
      const waited = Date.parse(job.startedAt) - Date.parse(job.createdAt);
      const total = Date.parse(job.endedAt) - stable;
      if (job.failedAttempts === undefined)
        secondsWithoutModel.push((total - waited - (job.stageTimes.segmenting ?? 0)) / 1000);
      secondsToJob.push((Date.parse(job.createdAt) - stable) / 1000);
    }
    const whole = completed.filter(({ numberOfInstances }) => numberOfInstances === instances.length);
    grown += completed.length - whole.length;
    if (whole.length !== (matches ? 1 : 0)) violations.push(`A ${kind} series has ${whole.length} results.`);
  }
  for (const uid of stored)
    if (!expected.delete(uid)) violations.push(`Result ${uid} belongs to no entry, or is there twice.`);
  for (const uid of expected) violations.push(`Result ${uid} is not in the archive.`);
  return {
    results: stored.length,
    grown,
    secondsWithoutModel: summary(secondsWithoutModel),
    secondsToJob: summary(secondsToJob),
    violations,
  };
}

/**
 * SOP Instance UIDs of all segmentations but those that the test has sent itself.
 *
 * @param {string} archiveUrl
 * @param {readonly import('./mixedSeries.mjs').MixedSeries[]} sent
 * @returns {Promise<string[]>}
 */
async function storedSegmentations(archiveUrl, sent) {
  const ours = new Set(sent.map(({ seriesInstanceUID }) => seriesInstanceUID));
  const found = await untilResponse(`${archiveUrl}/tools/find`, {
    method: 'POST',
    body: JSON.stringify({ Level: 'Series', Expand: true, Query: { Modality: 'SEG' } }),
  });
  const results = found.filter((/** @type {any} */ one) => !ours.has(one.MainDicomTags.SeriesInstanceUID));
  const uids = [];
  for (const { ID } of results)
    for (const { MainDicomTags } of await untilResponse(`${archiveUrl}/series/${ID}/instances`))
      uids.push(MainDicomTags.SOPInstanceUID);
  return uids;
}

/**
 * When Orthanc called each series stable last, in milliseconds; its clock shows whole seconds.
 *
 * @param {string} archiveUrl
 * @returns {Promise<Map<string, number>>}
 */
async function stableMoments(archiveUrl) {
  /** @type {Map<string, string>} */
  const names = new Map();
  for (const { ID, MainDicomTags } of await untilResponse(`${archiveUrl}/series?expand&since=0&limit=100000`))
    names.set(ID, MainDicomTags.SeriesInstanceUID);
  const moments = new Map();
  for (let since = 0; ; ) {
    const { Changes, Last, Done } = await untilResponse(`${archiveUrl}/changes?since=${since}&limit=1000`);
    for (const { ChangeType, ID, Date: text } of Changes) {
      if (ChangeType !== 'StableSeries') continue;
      const moment = Date.parse(text.replace(/^(....)(..)(..)T(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z'));
      moments.set(names.get(ID), moment);
    }
    if (Done) return moments;
    since = Last;
  }
}

/** @param {number[]} values */
function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (/** @type {number} */ part) => Number((sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(2));
  return { median: at(0.5), p95: at(0.95), highest: at(1) };
}

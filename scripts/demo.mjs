/** `npm run demo`: from a fresh clone to a segmentation in the viewer. */
import './setup/nodeVersion.mjs';

import { spawn } from 'node:child_process';
import { once as onceEmitted } from 'node:events';
import path from 'node:path';
import { setUpArchive } from './demo/archive.mjs';
import { readOptions, usage } from './demo/options.mjs';
import { build } from './setup/build.mjs';
import { freePort } from './setup/freePort.mjs';
import { setUpNodeModules } from './setup/nodeModules.mjs';
import { isInstalledPackage, repository } from './setup/paths.mjs';
import { startServer } from './setup/server.mjs';
import { exitWith, step } from './setup/steps.mjs';
import { setUpViewer } from './setup/viewer.mjs';

/** What was started or is starting, in order; stopped in reverse. @type {Promise<{ stop: () => Promise<void> }>[]} */
const started = [];
async function stopAll() {
  for (const starting of started.splice(0).reverse()) {
    const running = await starting.catch(() => undefined);
    await running?.stop();
  }
}

/**
 * @typedef {import('./demo/dicomFolder.mjs').DicomFile} DicomFile
 * @typedef {import('./demo/dicomFolder.mjs').Series} Series
 * @typedef {import('./demo/options.mjs').Task} Task
 */

const interruption = new AbortController();
let staysUp = false;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => {
    console.log('\nStopping…');
    interruption.abort();
    stopAll().finally(() => process.exit(staysUp ? 0 : 130));
  });
}

try {
  const options = await readOptions(process.argv.slice(2));
  if (options === 'help') console.log(usage);
  else process.exitCode = await demo(options);
} catch (error) {
  // After a signal a step may fail because of it; the signal's handler ends the process.
  if (!interruption.signal.aborted) {
    await stopAll();
    exitWith(error);
  }
}

/**
 * @param {import('./demo/options.mjs').DemoOptions} options
 * @returns {Promise<number>} Exit code, with `once`; otherwise runs until a signal.
 */
async function demo({ tasks, otherFolders, once, port }) {
  if (!isInstalledPackage) await setUpNodeModules();
  const { name, folder, start: startArchive } = await setUpArchive();
  const viewer = await setUpViewer();
  if (!isInstalledPackage) await build();

  const { files, jobs } = await next('images', (note) => findImages(tasks, otherFolders, note));

  const archive = await next(name, async (note) => {
    const starting = startArchive();
    started.push(starting);
    note((await starting).url);
    return starting;
  });
  const server = await next('Promptseg server', async (note) => {
    const { defaultPort } = await import('../server/dist/platform/config.js');
    const starting = startServer({
      archive: archive.dicomWebUrl,
      viewer,
      data: path.join(folder, 'data'),
      port: port ?? (await freePort(defaultPort)),
      settings: archive.settings,
    });
    started.push(starting);
    note((await starting).url);
    return starting;
  });
  await next('images to the archive', async (note) => {
    const { upload } = await import('./demo/upload.mjs');
    const { stored, alreadyThere } = await upload(archive, files, (done, total) => note(`${done} of ${total}`));
    note(stored === 0 ? `all ${alreadyThere} are there` : `${stored} stored`);
  });

  let exitCode = 0;
  for (const { series, prompts, truthFolder } of jobs) {
    interruption.signal.throwIfAborted();
    const code = await segment(server.url, series, prompts);
    if (code !== 0) exitCode = code;
    else if (truthFolder !== undefined) {
      const { scoresOfLastJob } = await import('./demo/scores.mjs');
      console.log(`\n${await scoresOfLastJob(server.url, archive, series.studyInstanceUID, truthFolder)}`);
    }
    if (!once) console.log(`\nOpen ${server.url}/segment-by-text?StudyInstanceUIDs=${series.studyInstanceUID}`);
  }
  interruption.signal.throwIfAborted();

  if (once) {
    await stopAll();
    return exitCode;
  }
  console.log(`
Type further prompts into the panel on the right. Research use only.
Ctrl-C stops the server and the archive; stored data stays in ${path.relative(process.cwd(), folder)}.`);
  staysUp = true;
  await new Promise(() => setInterval(() => {}, 2 ** 30));
  return 0;
}

/**
 * Runs the next step, unless a signal came.
 *
 * @template T
 * @param {string} title
 * @param {(note: (text: string) => void) => Promise<T>} work
 */
function next(title, work) {
  interruption.signal.throwIfAborted();
  return step(title, work);
}

/**
 * @param {readonly Task[]} tasks
 * @param {readonly string[]} otherFolders
 * @param {(note: string) => void} note
 * @returns {Promise<{ files: DicomFile[], jobs: (Task & { series: Series })[] }>}
 */
async function findImages(tasks, otherFolders, note) {
  const { largestImageSeries, readDicomFolder } = await import('./demo/dicomFolder.mjs');
  const files = [];
  const jobs = [];
  let ignored = 0;
  for (const task of tasks) {
    const own = await readDicomFolder(task.dicomFolder);
    files.push(...own.files);
    ignored += own.ignored;
    jobs.push({ ...task, series: largestImageSeries(own.files) });
  }
  const others = ignored === 0 ? '' : `, ${ignored} other files ignored`;
  const chosen = jobs.map(({ series }) => `the ${series.modality} series with ${series.images} images`).join(', then ');
  note(`${files.length} DICOM files${others}; segmenting ${chosen}`);
  for (const folder of otherFolders) files.push(...(await readDicomFolder(folder)).files);
  return { files, jobs };
}

/**
 * Segments with Promptseg's own command line, which shows progress, findings and stage times, or the reason of a
 * failure.
 *
 * @param {string} server
 * @param {Series} series
 * @param {readonly string[]} prompts
 * @returns {Promise<number>} Its exit code.
 */
async function segment(server, { studyInstanceUID, seriesInstanceUID }, prompts) {
  console.log(`\n${prompts.map((prompt) => `"${prompt}"`).join(', ')}\n`);
  const promptseg = path.join(repository, 'server/bin/promptseg.mjs');
  const request = [
    '--server',
    server,
    '--study',
    studyInstanceUID,
    '--series',
    seriesInstanceUID,
    '--prompt',
    ...prompts,
  ];
  const child = spawn(process.execPath, [promptseg, 'segment', ...request], {
    stdio: ['ignore', 'inherit', 'inherit'],
    signal: interruption.signal,
  });
  const [code] = await onceEmitted(child, 'exit');
  return code ?? 1;
}

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { setUpChromium } from '../../scripts/setup/chromium.mjs';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { setUpOrthanc } from '../../scripts/setup/orthanc.mjs';
import { startServer } from '../../scripts/setup/server.mjs';
import { startOrthanc } from '../../scripts/setup/startOrthanc.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import { median } from './median.mjs';
import { filesOfSharedSeries } from './sharedSeries.mjs';

/**
 * @typedef {object} PanelFigures From the key that sends the prompt to the overlay in OHIF's viewport, in Chromium
 * without a graphics card.
 * @property {string} name
 * @property {string} model Its id.
 * @property {number} 'click → overlay ms' Median.
 * @property {number} 'less session.run() ms' Median of the same runs, without the time inside the model.
 * @property {number} 'segmented → overlay ms' Median: from the server's "completed" to the overlay, as seen by
 * the page.
 * @property {number} runs
 */

const runs = 5;

/** No request is already served by the result of another; the first loads model and images and is not counted. */
const cases = [
  {
    name: 'MR head, 192 slices 256²',
    data: 'mr_t1_head_sagittal',
    prompts: ['brain stem', 'left hippocampus', 'ventricles', 'cerebellum', 'left thalamus', 'right hippocampus'],
  },
  {
    name: 'CT abdomen, 160 slices 512²',
    data: 'ct_abdomen_pelvis',
    prompts: ['body', 'bone', 'fat', 'soft tissue', 'bone and fat', 'bone and soft tissue'],
  },
];

/**
 * @returns {Promise<PanelFigures[]>} Of the series that are beside this repository.
 */
export async function measurePanel() {
  const figures = [];
  for (const each of cases) {
    const files = await filesOfSharedSeries(each.data);
    if (files !== undefined) figures.push({ name: each.name, ...(await measureSeries(files, each.prompts)) });
  }
  return figures;
}

/**
 * @param {readonly string[]} files
 * @param {readonly string[]} prompts
 */
async function measureSeries(files, prompts) {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-bench-panel-'));
  const orthanc = await startOrthanc(await setUpOrthanc({ onlyInstalled: true }), { folder });
  for (const file of files)
    await fetch(`${orthanc.url}/instances`, {
      method: 'POST',
      headers: orthanc.headers,
      body: new Uint8Array(await readFile(file)),
    });
  const server = await startServer({
    archive: orthanc.dicomWebUrl,
    viewer: await setUpViewer(),
    data: path.join(folder, 'data'),
    port: await freePort(),
    settings: orthanc.settings,
  });
  const browser = await chromium.launch({
    executablePath: await setUpChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--headless=new',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-dev-shm-usage',
    ],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(300_000);
    const [study] = await (
      await fetch(`${server.url}/dicom-web/studies`, { headers: { Accept: 'application/json' } })
    ).json();
    await page.goto(`${server.url}/segment-by-text?StudyInstanceUIDs=${study['0020000D'].Value[0]}`);
    await page.locator('[data-promptseg=series]').waitFor();
    await page.waitForSelector('.cornerstone-canvas');
    // The images of a stack are fetched in the background; the figure is of a reader who has looked at them.
    await page.waitForTimeout(10_000);
    const measured = [];
    for (const prompt of prompts) measured.push(await ask(page, server.url, prompt));
    const counted = measured.slice(1);
    return {
      model: counted[0]?.model ?? '',
      'click → overlay ms': Math.round(median(counted.map(({ total }) => total))),
      'less session.run() ms': Math.round(median(counted.map(({ total, session }) => total - session))),
      'segmented → overlay ms': Math.round(median(counted.map(({ drawing }) => drawing))),
      runs,
    };
  } finally {
    await browser.close();
    await server.stop();
    await orthanc.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} url
 * @param {string} prompt
 */
async function ask(page, url, prompt) {
  const before = await page.locator('[data-promptseg=job]').count();
  await page.fill('[data-promptseg=prompt]', prompt);
  await page.waitForSelector('[data-promptseg=understood]:not(.promptseg-stale) > *');
  // The clock of the page, so that no message between the processes is measured.
  const { total, drawing, id } = await page.evaluate(
    (cards) =>
      new Promise((resolve) => {
        const { segmentationService, viewportGridService } = /** @type {any} */ (window).services;
        const viewport = viewportGridService.getActiveViewportId();
        const drawn = () => segmentationService.getSegmentationRepresentations(viewport).length;
        const drawnBefore = drawn();
        let completed = 0;
        const start = performance.now();
        const look = () => {
          const card = document.querySelector('[data-promptseg=job]');
          const isNew = document.querySelectorAll('[data-promptseg=job]').length > cards;
          const state = isNew ? card?.getAttribute('data-state') : undefined;
          if (state === 'completed' && completed === 0) completed = performance.now();
          if (state === 'completed' && drawn() > drawnBefore) {
            // The frame after the one that draws it.
            requestAnimationFrame(() =>
              requestAnimationFrame(() => {
                const end = performance.now();
                resolve({ total: end - start, drawing: end - completed, id: card?.getAttribute('data-job-id') });
              }),
            );
          } else if (state === 'failed') throw new Error('The job failed.');
          else setTimeout(look, 20);
        };
        document
          .querySelector('[data-promptseg=prompt]')
          ?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        look();
      }),
    before,
  );
  const job = await (await fetch(`${url}/api/v1/segmentations/${id}`)).json();
  return { total, drawing, session: job.sessionRunMs ?? 0, model: job.model?.id };
}

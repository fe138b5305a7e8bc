import path from 'node:path';
import { build, type OutputFile, type Plugin } from 'esbuild';
import type { Browser } from 'playwright-core';
import { newPage } from '../support/chromium.js';
import { canvasPixels, type ViewerPage } from './viewerPage.js';

const extension = path.resolve(import.meta.dirname, '../../viewer-extension');

/** Where the page is on the product's origin; the server knows no such address. */
const folder = '/panel-alone/';

let bundled: Promise<readonly OutputFile[]> | undefined;

/** The panel and the viewer of `panelAlone.ts`, as `viewer-extension/build.mjs` bundles the panel for other pages. */
async function bundle(): Promise<readonly OutputFile[]> {
  const { stylesAsText } = (await import(path.join(extension, 'stylesAsText.mjs'))) as { stylesAsText: Plugin };
  const { outputFiles } = await build({
    absWorkingDir: extension,
    entryPoints: [path.join(extension, 'src/testing/panelAlone.ts')],
    outdir: path.join(extension, 'build'),
    plugins: [stylesAsText],
    bundle: true,
    splitting: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: '#shown',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outputFiles;
}

/**
 * A page with the panel and no viewer: nothing is drawn, so that it opens with a tenth of the processor time of OHIF.
 * For what the panel itself decides; it asks the same server in the same way.
 * @param query further parameters of the address, `&lng=de`
 */
export async function openPanel(
  browser: Browser,
  url: string,
  studyInstanceUID: string,
  query = '',
): Promise<ViewerPage> {
  bundled ??= bundle();
  const [files, series] = await Promise.all([bundled, imageSeries(url, studyInstanceUID)]);
  const page = await newPage(browser, canvasPixels);
  const incidents: string[] = [];
  page.on('pageerror', (error) => incidents.push(`page error: ${error.stack}`));
  page.on('console', (message) => {
    if (message.type() === 'error') incidents.push(`console error: ${message.text()}`);
  });
  await page.route(`${url}${folder}**`, (route) => {
    const name = path.basename(new URL(route.request().url()).pathname);
    const script = files.find((file) => path.basename(file.path) === name);
    return script
      ? route.fulfill({ contentType: 'text/javascript', body: script.text })
      : route.fulfill({ contentType: 'text/html', body: pageOf(series) });
  });
  await page.goto(`${url}${folder}?StudyInstanceUIDs=${studyInstanceUID}${query}`);
  await page.waitForSelector('[data-promptseg=series]');
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) incidents.push(`page load: ${frame.url()}`);
  });
  return { page, incidents };
}

/** As wide as OHIF's right side, and scrolled as a whole. */
const pageOf = (series: object): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>The panel alone</title>
    <link rel="icon" href="data:,">
    <style>
      body { display: flex; justify-content: flex-end; height: 100vh; margin: 0; background: #000; color: #fff; }
      #panel { width: 360px; overflow-y: auto; }
    </style>
  </head>
  <body>
    <div id="panel"></div>
    <script type="application/json" id="series">${JSON.stringify(series)}</script>
    <script type="module" src="panelAlone.js"></script>
  </body>
</html>`;

interface Attributes {
  readonly [tag: string]: { readonly Value?: readonly [unknown, ...unknown[]] };
}

/** What results are stored as, beside the images. An archive lists the series of a study in any order. */
const modalitiesOfResults: readonly unknown[] = ['SEG', 'SR', 'RTSTRUCT', 'OT'];

/** The image series of a study, as viewers describe one to the panel. */
async function imageSeries(url: string, studyInstanceUID: string): Promise<object> {
  const read = async (address: string): Promise<readonly Attributes[]> => {
    const study = `${url}/dicom-web/studies/${studyInstanceUID}`;
    const response = await fetch(`${study}${address}`, { headers: { Accept: 'application/dicom+json' } });
    return (await response.json()) as Attributes[];
  };
  const value = (of: Attributes, tag: string): unknown => of[tag]?.Value?.[0];
  const found = await read('/series?includefield=0008103E&includefield=00201209');
  const series = found.find((each) => !modalitiesOfResults.includes(value(each, '00080060')))!;
  const seriesInstanceUID = String(value(series, '0020000E'));
  const [image] = await read(`/series/${seriesInstanceUID}/metadata`);
  return {
    studyInstanceUID,
    seriesInstanceUID,
    modality: value(series, '00080060'),
    description: value(series, '0008103E'),
    numberOfImages: value(series, '00201209'),
    bodyPartExamined: value(image!, '00180015'),
    frameOfReferenceUID: value(image!, '00200052'),
  };
}

/** Bundles the browser code: the OHIF extension with its mode (dist/extension), and the pages (dist/pages/…). */
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { packagesIn, writeBundledPackages } from '../scripts/setup/bundledPackages.mjs';
import { replaceFiles } from '../scripts/setup/replaceFiles.mjs';
import { writeHelpPages } from './helpPages.mjs';
import { stylesAsText } from './stylesAsText.mjs';

const here = import.meta.dirname;
const building = path.join(here, 'build');
await mkdir(building, { recursive: true });
/** What becomes dist/ when all of it is built: a server may be sending those files. */
const dist = await mkdtemp(path.join(building, 'dist-'));
const pages = path.join(here, 'src/pages');
const require = createRequire(import.meta.url);

const shared = {
  // The hashes in names of files depend on it.
  absWorkingDir: here,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: '#shown',
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'linked',
  metafile: true,
};
/** What each build put together. */
const metafiles = [];

const noScript = (what) => `<noscript>This page needs JavaScript. ${what}</noscript>`;
const reactPage = (api) => `<div id="page"></div>\n    ${noScript(`The same is in the REST API at ${api}.`)}`;
try {
  await buildAll();
  await writeBundledPackages(dist, packagesIn(metafiles, here));
  await replaceFiles(path.join(here, 'dist'), dist);
} finally {
  await rm(dist, { recursive: true, force: true });
}

async function bundle(options) {
  const { metafile } = await build(options);
  metafiles.push(metafile);
}

async function buildAll() {
  await buildExtension();
  await buildPage('promptseg', 'main.tsx', 'Home', reactPage('/api/v1/queue'), 'home');
  await buildPage('jobs', 'main.tsx', 'Jobs', reactPage('/api/v1/segmentations'));
  await buildPage('rules', 'main.tsx', 'Rules', reactPage('/api/v1/rules'));
  await buildPage('models', 'main.tsx', 'Models', reactPage('/api/v1/models'));
  const explorer =
    '<openapi-explorer spec-url="/api/v1/openapi.json" hide-server-selection hide-authentication></openapi-explorer>';
  const withoutScript = noScript('The document that it shows is at /api/v1/openapi.json.');
  const apiPage = `<div id="top"></div>\n    ${explorer}\n    ${withoutScript}`;
  await buildPage('api', 'main.tsx', 'REST API', apiPage);
  await buildHelp();
  await buildCornerstonePage();
}

/** Shared code, and code that is imported on demand (a language), become files next to both. */
async function buildExtension() {
  await bundle({
    ...shared,
    outdir: path.join(dist, 'extension'),
    plugins: [stylesAsText],
    entryPoints: {
      'segment-by-text': path.join(here, 'src/ohif/index.tsx'),
      'segment-by-text-mode': path.join(here, 'src/ohif/segmentByTextMode.ts'),
    },
    splitting: true,
    chunkNames: 'segment-by-text-[name]-[hash]',
  });
  // The folder is also what the npm package contains.
  await copyFile(path.join(here, '../LICENSE'), path.join(dist, 'extension/LICENSE'));
}

/**
 * @param {string} name of the page; index.html loads scripts and styles with this name
 * @param {string} main entry point
 * @param {string} title
 * @param {string} body HTML
 * @param {string} folder of its source, where that is not its name
 */
async function buildPage(name, main, title, body, folder = name) {
  const outdir = path.join(dist, 'pages', name);
  await bundle({ ...shared, outdir, entryPoints: { [name]: path.join(pages, folder, main) } });
  const fill = await pageTemplate(`${name}/${name}`);
  await writeFile(path.join(outdir, 'index.html'), fill(title, body));
}

/**
 * What makes the HTML of a page of a title and a body.
 * @param {string} scripts address of its script and its style, without the endings
 */
async function pageTemplate(scripts) {
  const template = await readFile(path.join(pages, 'parts/page.html'), 'utf8');
  return (title, body) => {
    const texts = { scripts, title, body };
    return template.replaceAll(/\{(scripts|title|body)\}/g, (_, key) => texts[key]);
  };
}

/** `/help`: the pages of docs/, as they are in the repository, with the head of the other pages. */
async function buildHelp() {
  const outdir = path.join(dist, 'pages/help');
  await bundle({ ...shared, outdir, entryPoints: { help: path.join(pages, 'help/main.tsx') } });
  const fill = await pageTemplate('help/help');
  await writeHelpPages(outdir, (title, body) =>
    fill(title, `<div id="top"></div>\n    <main class="width">${body}</main>`),
  );
  await cp(path.join(here, '../docs/images'), path.join(outdir, 'images'), { recursive: true });
}

/** The panel without OHIF, and the example of docs/integrate/embedding.md. */
async function buildCornerstonePage() {
  /** vtk.js needs it, with modules of Node, to write XML, which this page never does. */
  const withoutXmlWriter = {
    name: 'without-xml-writer',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^xmlbuilder2$/ }, ({ path: name }) => ({ path: name, namespace: 'absent' }));
      onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'export const create = undefined;' }));
    },
  };
  const folder = path.join(pages, 'cornerstone');
  const outdir = path.join(dist, 'pages/cornerstone');
  const options = {
    ...shared,
    outdir,
    // The codecs' scripts request these if they run in Node.
    external: ['fs', 'path'],
    plugins: [stylesAsText, withoutXmlWriter],
  };
  await bundle({
    ...options,
    entryPoints: { cornerstone: path.join(folder, 'main.tsx'), example: path.join(folder, 'example.ts') },
    splitting: true,
  });
  // The list of studies looks like the other pages.
  await bundle({ ...shared, outdir, entryPoints: { studies: path.join(folder, 'studies.tsx') } });
  const fill = await pageTemplate('cornerstone/studies');
  await writeFile(path.join(outdir, 'studies.html'), fill('Studies', reactPage('/dicom-web/studies')));

  const imageLoader = path.dirname(require.resolve('@cornerstonejs/dicom-image-loader'));
  // The image loader starts it by this name, from its own folder.
  await bundle({
    ...options,
    entryPoints: { decodeImageFrameWorker: path.join(imageLoader, 'decodeImageFrameWorker.js') },
  });
  for (const file of ['index.html', 'example.html', 'page.css']) {
    await copyFile(path.join(folder, file), path.join(outdir, file));
  }

  // The codecs, under the names that the image loader uses.
  const codecs = path.resolve(imageLoader, '../../..');
  for (const codec of (await readdir(codecs)).filter((name) => name.startsWith('codec-'))) {
    const files = await readdir(path.join(codecs, codec, 'dist'));
    const decoder = files.find((name) => name.endsWith('_decode.wasm')) ?? files.find((name) => name.endsWith('.wasm'));
    if (decoder !== undefined) await copyFile(path.join(codecs, codec, 'dist', decoder), path.join(outdir, decoder));
  }
}

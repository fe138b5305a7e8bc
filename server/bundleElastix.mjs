/**
 * Bundles elastix, compiled to WebAssembly, with the little code that runs it in Node.js (dist/elastix). A dependency
 * would bring 195 other packages, downloaders among them, that nothing here uses. For the same reason package.json puts
 * another package in the place of its largest downloader, @itk-wasm/dam.
 */
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packagesIn, writeBundledPackages } from '../scripts/setup/bundledPackages.mjs';
import { replaceFiles } from '../scripts/setup/replaceFiles.mjs';

const here = import.meta.dirname;
const elastix = path.dirname(fileURLToPath(import.meta.resolve('@itk-wasm/elastix')));
const runner = path.dirname(fileURLToPath(import.meta.resolve('itk-wasm')));

await mkdir(path.join(here, 'dist'), { recursive: true });
/** What becomes dist/elastix: a server may be reading those files. */
const building = await mkdtemp(path.join(here, 'dist/building-'));
try {
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: here,
    stdin: { contents: "export { elastixNode } from '@itk-wasm/elastix';", resolveDir: here },
    outfile: path.join(building, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    legalComments: 'linked',
    logLevel: 'warning',
  });
  // The bundle reads them from this folder next to it.
  await mkdir(path.join(building, 'pipelines'));
  for (const file of ['elastix.js', 'elastix.wasm.zst'])
    await copyFile(path.join(elastix, 'pipelines', file), path.join(building, 'pipelines', file));
  await copyFile(path.join(elastix, '../LICENSE'), path.join(building, 'LICENSE'));
  await copyFile(path.join(runner, '../LICENSE'), path.join(building, 'LICENSE.itk-wasm'));
  await writeBundledPackages(building, packagesIn([metafile], here));
  await replaceFiles(path.join(here, 'dist/elastix'), building);
} finally {
  await rm(building, { recursive: true, force: true });
}

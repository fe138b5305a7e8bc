/**
 * `npm run package [-- FOLDER]`: packs what runs into one npm package, promptseg-VERSION.tgz: server, pages, extension,
 * shipped models and the demo. Needs `npm run build`. Prints the file.
 */
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create } from 'tar';
import { repository } from './setup/paths.mjs';
import { exitWith } from './setup/steps.mjs';

/** What ships, at the same places as here: the programs find each other by them. */
const shipped = [
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  // The demo starts its Orthanc in a container where it can be had no other way.
  'docker-compose.yml',
  'server/bin',
  'server/dist',
  'viewer-extension/app-config.js',
  'viewer-extension/dist',
  'dicom-fixtures/dist',
  'dicom-fixtures/generated',
  'scripts/demo.mjs',
  'scripts/demo',
  'scripts/get-viewer.mjs',
  'scripts/setup',
];

/** Tests, their helpers, and what only a compiler or a debugger reads. */
const isLeftOut = /\.(test|testSupport)\.js$|\.d\.ts$|\.map$|\.tsbuildinfo$/;

try {
  console.log(await packAll(path.resolve(process.argv[2] ?? '.')));
} catch (error) {
  exitWith(error);
}

/**
 * @param {string} destination Folder of the file.
 * @returns {Promise<string>} The file.
 */
async function packAll(destination) {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-package-'));
  try {
    for (const each of [...shipped, ...models()]) {
      await cp(path.join(repository, each), path.join(folder, each), {
        recursive: true,
        filter: (source) => !isLeftOut.test(source),
      });
    }
    const { name, version } = await writeManifests(folder);
    await mkdir(destination, { recursive: true });
    const file = path.join(destination, `${name}-${version}.tgz`);
    // The files that `npm pack` writes, in 9 s of processor time in place of 13: most of the package are weights.
    await create({ file, cwd: folder, prefix: 'package', gzip: true, portable: true }, await readdir(folder));
    return file;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns {string[]} The folders of the model packages, not of the tools that make them. */
function models() {
  return readdirSync(path.join(repository, 'models'))
    .map((each) => `models/${each}`)
    .filter((each) => existsSync(path.join(repository, each, 'model.json')));
}

/**
 * The package depends on what the server depends on, and for the download of the viewer on tar. The inner manifests say
 * that their files are modules, and where the contract is.
 *
 * @param {string} folder
 * @returns {Promise<{ name: string, version: string }>} Of the package.
 */
async function writeManifests(folder) {
  /** @param {string} file */
  const read = async (file) => JSON.parse(await readFile(path.join(repository, file), 'utf8'));
  /** @param {string} file @param {object} manifest */
  const write = (file, manifest) => writeFile(path.join(folder, file), `${JSON.stringify(manifest, null, 2)}\n`);
  const { name, version, description, license, type, engines, devDependencies } = await read('package.json');
  const { dependencies, devDependencies: _, ...server } = await read('server/package.json');
  await write('package.json', {
    name,
    version,
    description,
    license,
    type,
    engines,
    bin: { promptseg: 'server/bin/promptseg.mjs' },
    dependencies: { ...dependencies, tar: devDependencies.tar },
  });
  await write('server/package.json', server);
  await write('dicom-fixtures/package.json', { private: true, type });
  return { name, version };
}

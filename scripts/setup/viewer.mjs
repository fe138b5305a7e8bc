import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { lastLines, run } from './command.mjs';
import { cacheFolder } from './paths.mjs';
import { SetupError, step } from './steps.mjs';

/**
 * The published versions of @ohif/app: the served one, and those before and after it, for tests of the extension, among
 * them the one in Orthanc's plugin (3.12.0); each with its SHA-512.
 */
const published = {
  '3.12.0': 'D+SyPEOhW7E+P+ZfzFO1C3n8qwTfKSXExNEt2DPB5QHoLjSnUVTqEE+xaWX2B9p53boJfKWEM4b4SIVmz0qmOA==',
  '3.13.2': 'WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA==',
  '3.14.0-beta.6': 'QwA0talqhh4VlUR+QgT2t8FP7NpX++4s6Z9Cp5VIcta3JMd2zGBPTp/R9t7JaX0Xi1AHAZAJxTv502R+SawaBg==',
};

/** @typedef {keyof typeof published} ViewerVersion */

/**
 * Downloads the prebuilt OHIF once: with `npm pack`, because the package cannot be installed (it depends on unpublished
 * packages). Its source maps and `ort/`, used only by its in-browser model, are left out: 47 of 204 MB remain.
 *
 * @param {ViewerVersion} [version]
 * @returns {Promise<string>} The prebuilt, unmodified OHIF: a folder with its index.html.
 * @throws {SetupError}
 */
export async function setUpViewer(version = '3.13.2') {
  const viewerFolder = path.join(cacheFolder, `ohif-${version}`);
  if (existsSync(viewerFolder)) return viewerFolder;
  return step(`OHIF viewer ${version}`, async (note) => {
    await mkdir(cacheFolder, { recursive: true });
    const temporary = await mkdtemp(path.join(cacheFolder, 'ohif-'));
    try {
      note('downloading 50 MB');
      const archive = await download(version, temporary);
      note('unpacking');
      const dist = path.join(temporary, 'dist');
      await unpack(archive, dist);
      note('compressing');
      await compressBesides(dist);
      await rename(dist, viewerFolder).catch((error) => {
        // Another run was faster.
        if (!existsSync(viewerFolder)) throw error;
      });
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    note('');
    return viewerFolder;
  });
}

/**
 * @param {ViewerVersion} version
 * @param {string} folder
 * @returns {Promise<string>} The package's file, with verified content.
 */
async function download(version, folder) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { code, output } = await run(npm, [
    'pack',
    `@ohif/app@${version}`,
    '--pack-destination',
    folder,
    '--loglevel=error',
  ]);
  const [file] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  if (code !== 0 || file === undefined) {
    throw new SetupError(
      `The OHIF viewer could not be downloaded. Check the connection to the npm registry.\n${lastLines(output)}`,
    );
  }
  const archive = path.join(folder, file);
  const digest = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64');
  if (digest !== published[version]) {
    throw new SetupError(`The downloaded OHIF viewer differs from the published one (SHA-512 ${digest}). Try again.`);
  }
  return archive;
}

/**
 * @param {string} archive
 * @param {string} folder
 */
async function unpack(archive, folder) {
  const { x: extract } = await import('tar');
  await mkdir(folder);
  await extract({
    file: archive,
    cwd: folder,
    strip: 2,
    filter: (name) =>
      name.startsWith('package/dist/') && !name.startsWith('package/dist/ort/') && !name.endsWith('.map'),
  });
}

/**
 * Writes a copy in Brotli beside each file that shrinks, for the server to send as it is: `app.js.br`. Quality 5 takes
 * 2 s for all of them and gives 15 % of their size.
 *
 * @param {string} folder
 */
async function compressBesides(folder) {
  const compress = promisify(brotliCompress);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || !/\.(?:js|css|wasm|json|svg)$/.test(entry.name)) continue;
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const content = await readFile(file);
    if (content.length < 1024) continue;
    const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    await writeFile(`${file}.br`, await compress(content, { params }));
  }
}

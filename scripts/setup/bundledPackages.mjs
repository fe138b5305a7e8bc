import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repository } from './paths.mjs';

/** In a folder of bundles: the packages that are in them, as package-lock.json names them. */
const bundledPackagesFile = 'bundled-packages.json';

/** Where bundles are. */
const bundleFolders = ['server/dist/elastix', 'viewer-extension/dist'];

/**
 * @param {Iterable<import('esbuild').Metafile>} metafiles
 * @param {string} workingDir `absWorkingDir` of the builds
 * @returns {readonly string[]} such as "node_modules/react", sorted
 */
export function packagesIn(metafiles, workingDir) {
  const packages = new Set();
  for (const { outputs } of metafiles)
    for (const { inputs } of Object.values(outputs))
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        if (bytesInOutput === 0) continue;
        const file = path.relative(repository, path.resolve(workingDir, input)).replaceAll(path.sep, '/');
        const [folder] = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file) ?? [];
        if (folder !== undefined) packages.add(folder);
      }
  return [...packages].sort();
}

/**
 * @param {string} folder
 * @param {readonly string[]} packages of `packagesIn`
 */
export const writeBundledPackages = (folder, packages) =>
  writeFile(path.join(folder, bundledPackagesFile), `${JSON.stringify(packages, undefined, 2)}\n`);

/**
 * @returns {Promise<ReadonlySet<string>>} of all bundles
 * @throws Error if something is not built
 */
export async function readBundledPackages() {
  const lists = await Promise.all(
    bundleFolders.map(async (folder) => {
      try {
        return JSON.parse(await readFile(path.join(repository, folder, bundledPackagesFile), 'utf8'));
      } catch (error) {
        throw new Error(`${folder} is not built, so what is bundled is not known. Run \`npm run build\`.`, {
          cause: error,
        });
      }
    }),
  );
  return new Set(lists.flat());
}

/**
 * Model packages on every execution provider of this machine: `npm run bench -- gpu [ct | small] [PACKAGE …]`.
 *
 * `ct` is a CT of 512 × 512 × 300 voxels of 0.8 × 0.8 × 1.5 mm, `small` one of 96 × 96 × 64 voxels of 2 mm. Without
 * packages: `head` and `body`. Packages in the published sizes with random weights are made by sat_package.py
 * (SAT-Nano, SAT-Pro) and biomedparse_package.py (MedImageParse3D). Each provider runs in a process of its own, in
 * turn.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../../scripts/setup/paths.mjs';
import { median } from './median.mjs';

const scans = {
  ct: ['512', '512', '300', '0.8', '1.5'],
  small: ['96', '96', '64', '2', '2'],
};
const prompts = '4';
const providers = /** @type {const} */ (['cpu', 'webgpu', 'cuda']);

/**
 * @param {readonly string[]} args after `gpu`: a scan, and folders of packages
 * @param {number} runs the first and the warm ones
 * @returns {Promise<Record<string, string | number | undefined>[]>} one row for each package and provider
 */
export async function measureGpu(args, runs = 4) {
  const scan = args.includes('small') ? 'small' : 'ct';
  const given = args.filter((arg) => !(arg in scans));
  for (const folder of given)
    if (!existsSync(path.join(folder, 'model.json'))) throw new Error(`${folder} is not a model package.`);
  const packages = given.length > 0 ? given : ['head', 'body'].map((id) => path.join(repository, 'models', id));
  // What it imports is there only after the build.
  const { providerStates } = await import('../../server/dist/segmenter/providers/availableProviders.js');
  const rows = [];
  for (const folder of packages)
    for (const provider of providers) {
      const name = `${path.basename(folder)}, ${scan}, ${provider}`;
      const [state] = await providerStates(provider);
      rows.push(
        state?.obstacle === undefined
          ? { name, ...(await measure(folder, provider, [...scans[scan], String(runs), prompts])) }
          : { name, 'not run': state.obstacle },
      );
    }
  return rows;
}

/**
 * @param {string} folder
 * @param {string} provider
 * @param {readonly string[]} numbers
 */
async function measure(folder, provider, numbers) {
  const script = path.join(import.meta.dirname, 'segmentPackage.mjs');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, folder, provider, ...numbers], {
      maxBuffer: 2 ** 24,
    });
    const { openMs, milliseconds, inside, peakBytes, cardBytes, notes } = JSON.parse(stdout);
    return {
      'open s': seconds(openMs),
      'first s': seconds(milliseconds[0]),
      'warm s': seconds(median(milliseconds.slice(1))),
      'of it ONNX Runtime s': seconds(median(inside.slice(1))),
      'memory GB': gigabytes(peakBytes),
      'card GB': gigabytes(cardBytes),
      notes: notes.join(' ') || undefined,
    };
  } catch (error) {
    const { stderr = '', signal } = /** @type {{ stderr?: string, signal?: string }} */ (error);
    const said = stderr.split('\n').find((/** @type {string} */ line) => /Error/.test(line));
    return { 'not run': (said ?? `the process ended with ${signal ?? 'an error'}`).slice(0, 200) };
  }
}

/** @param {number} milliseconds */
const seconds = (milliseconds) => Number((milliseconds / 1000).toFixed(3));

/** @param {number | undefined} bytes */
const gigabytes = (bytes) => (bytes === undefined ? undefined : Number((bytes / 1e9).toFixed(2)));

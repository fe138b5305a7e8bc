/** A region grower of SimpleITK, as a yardstick: grow_regions.py, run once for all structures of a scan. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { spacing } from '../../server/dist/values/grid.js';

/**
 * The masks that each setting of the grower makes of each list of seeds. It sees the image and the seeds, no truth.
 *
 * @param {string} python with SimpleITK and numpy
 * @param {string} scratch
 * @param {import('../../server/dist/values/volume.js').EvenVolume} volume
 * @param {readonly (readonly import('../../server/dist/values/affine.js').Vector3[])[]} seeds voxels, for each mask
 * @returns {Promise<{ setting: string, masks: Uint8Array[] }[]>} masks in the order of the seeds
 */
export async function growRegions(python, scratch, { grid, modality, voxels }, seeds) {
  const folder = await mkdtemp(path.join(scratch, 'grown-'));
  await writeFile(path.join(folder, 'image'), new Uint8Array(Float32Array.from(voxels).buffer));
  const request = { size: grid.size, spacing: spacing(grid), modality, seeds };
  await writeFile(path.join(folder, 'request.json'), JSON.stringify(request));
  const script = path.join(import.meta.dirname, 'grow_regions.py');
  const { stdout } = await promisify(execFile)(python, [script, folder]);
  const grown = [];
  for (const [n, setting] of /** @type {string[]} */ (JSON.parse(stdout)).entries()) {
    const masks = seeds.map((_, mask) => readFile(path.join(folder, `${n}-${mask}`)));
    grown.push({ setting, masks: (await Promise.all(masks)).map((file) => Uint8Array.from(file)) });
  }
  return grown;
}

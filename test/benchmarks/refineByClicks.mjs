/** A run of the network `refine` (models/tools/refine), which corrects masks by simulated clicks. */
import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { spacing } from '../../server/dist/values/grid.js';

/**
 * The Dice coefficients of each structure after 0 to 10 clicks, from the text model's mask, from nothing and from a box
 * on a slice.
 *
 * @param {string} python with the tools of models/tools
 * @param {string} run
 * @param {string} scratch
 * @param {import('../../server/dist/values/volume.js').EvenVolume} volume
 * @param {readonly { sides: readonly Uint8Array[], text: Uint8Array | undefined }[]} structures the truth of each side,
 * and the text model's mask
 * @returns {Promise<{ structure: number, from: string, dice: number[], medianMs: number }[]>}
 */
export async function refineByClicks(python, run, scratch, { grid, voxels }, structures) {
  const folder = await mkdtemp(path.join(scratch, 'refined-'));
  await writeFile(path.join(folder, 'image'), new Uint8Array(Float32Array.from(voxels).buffer));
  const asked = structures.map(({ sides, text }) => ({ sides: sides.length, text: text !== undefined }));
  const request = { size: grid.size, spacing: spacing(grid), structures: asked };
  await writeFile(path.join(folder, 'request.json'), JSON.stringify(request));
  for (const [n, { sides, text }] of structures.entries()) {
    for (const [side, bits] of sides.entries()) await writeFile(path.join(folder, `${n}-side-${side}`), bits);
    if (text !== undefined) await writeFile(path.join(folder, `${n}-text`), text);
  }
  const { stdout } = await promisify(execFile)(python, ['-m', 'refine', 'clicks', path.resolve(run), folder], {
    cwd: path.resolve(import.meta.dirname, '../../models/tools'),
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Writes the golden volume, masks and checksums of models/regions; needs `npm run build`. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repository } from './setup/paths.mjs';

const dist = path.join(repository, 'server/dist');
const { applyPrompt } = await import(path.join(dist, 'segmenter/families/regions/applyPrompt.js'));
const { randomNumbers } = await import(path.join(dist, 'values/randomNumbers.js'));
const { setBit } = await import(path.join(dist, 'values/maskBits.js'));
const folder = path.join(repository, 'models/regions');
const { settings } = JSON.parse(await readFile(path.join(folder, 'model.json'), 'utf8'));

const size = /** @type {const} */ ([44, 40, 24]);
const voxelToLps = [1.5, 0, 0, -30, 0, 1.5, 0, -30, 0, 0, 2.5, 40, 0, 0, 0, 1];
const clicks = [
  { voxel: [30, 20, 12], part: true },
  { voxel: [14, 6, 12], part: false },
];
const random = randomNumbers(1);
const voxels = new Int16Array(size[0] * size[1] * size[2]);
const before = new Uint8Array(Math.ceil(voxels.length / 8));
for (let k = 0, n = 0; k < size[2]; k++)
  for (let j = 0; j < size[1]; j++)
    for (let i = 0; i < size[0]; i++, n++) {
      // A ball and, above it, a bar that touches it; the mask has the ball's left part, and half of the bar.
      const inBall = Math.hypot((i - 22) * 1.5, (j - 22) * 1.5, (k - 12) * 2.5) < 20;
      const inBar = j >= 4 && j < 9 && i > 6 && i < 40 && Math.abs(k - 12) < 4;
      voxels[n] = Math.round((inBall ? 90 : inBar ? 160 : 20) + 30 * (random() - 0.5));
      if ((inBall && i < 25) || (inBar && i < 22)) setBit(before, n);
    }
const after = before.slice();
const image = { grid: { size, voxelToLps }, voxels };
for (const [n, click] of clicks.entries()) applyPrompt(image, after, click, clicks.slice(0, n), settings);

const golden = {
  modality: 'CT',
  unit: 'HU',
  grid: { size, voxelToLps },
  voxels: { file: 'golden/voxels.int16', type: 'int16' },
  before: 'golden/before.bits',
  clicks,
  mask: 'golden/after.bits',
};
const files = {
  'golden/golden.json': `${JSON.stringify(golden, undefined, 1)}\n`,
  'golden/voxels.int16': new Uint8Array(voxels.buffer),
  'golden/before.bits': before,
  'golden/after.bits': after,
};
for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
const sums = [];
for (const name of ['CARD.md', 'LICENSE', ...Object.keys(files).sort(), 'model.json'])
  sums.push(
    `${createHash('sha256')
      .update(await readFile(path.join(folder, name)))
      .digest('hex')}  ${name}\n`,
  );
await writeFile(path.join(folder, 'SHA256SUMS'), sums.join(''));

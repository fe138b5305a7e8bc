/**
 * `node test/benchmarks/repeatability.mjs [--image FILE.nii --modality MR --model head --prompt TEXT] [--rescans 8]`:
 * how much the volumes of a model differ between rescans of one image, in which nothing has changed.
 *
 * A rescan is the image turned by up to 3° about each axis, shifted by up to 5 mm, sampled again and with noise added:
 * another position on the table, and nothing else. Breathing, contrast, another scanner or protocol differ by more. By
 * default the image is the synthetic CT body, and the model ct-tissues. Needs `npm run build`. MR gets no noise beside
 * its own.
 *
 * Prints a line per target: mean volume (mL), and the repeatability coefficient as a percentage of it, 1.96·√2·SD:
 * two rescans differ by less in 95 of 100 cases (Bland and Altman, Lancet 1986;327:307–310). "cut off": an edge of
 * the image cuts it off in a rescan, so the figure says nothing.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createNoise } from '../../dicom-fixtures/dist/noise.js';
import { apply, invert } from '../../server/dist/values/affine.js';
import { readNifti } from '../../server/dist/volume/readNifti.js';

const run = promisify(execFile);
const promptseg = path.resolve(import.meta.dirname, '../../server/bin/promptseg.mjs');
const [mostDegrees, mostMm] = [3, 5];

const { values } = parseArgs({
  options: {
    image: { type: 'string' },
    modality: { type: 'string', default: 'CT' },
    model: { type: 'string', default: 'ct-tissues' },
    prompt: { type: 'string', default: 'body, bone, lungs, airways, fat, soft tissue' },
    rescans: { type: 'string', default: '8' },
  },
});
const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-repeat-'));
try {
  const image = values.image === undefined ? await phantom() : await readNifti(values.image);
  /** @type {Map<string, number[]>} */
  const volumes = new Map();
  /** Their volume is that of the part shown, which another position changes. */
  const cutOff = new Set();
  const random = createNoise(1);
  for (let n = 0; n < Number(values.rescans); n++) {
    const file = path.join(folder, `rescan-${n}.nii`);
    await writeFile(file, niftiOf(rescan(image, random), image.grid));
    for (const finding of await segment(file, path.join(folder, `out-${n}`)))
      if (finding.status === 'found') {
        if (finding.cautions?.some(({ code }) => code === 'cut-off')) cutOff.add(finding.target.id);
        volumes.set(finding.target.id, [...(volumes.get(finding.target.id) ?? []), finding.volumeMl]);
      }
  }
  for (const [target, measured] of volumes) {
    const mean = measured.reduce((sum, each) => sum + each, 0) / measured.length;
    const variance = measured.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (measured.length - 1);
    const percent = (100 * 1.96 * Math.SQRT2 * Math.sqrt(variance)) / mean;
    const edge = cutOff.has(target) ? '\tcut off' : '';
    console.log(`${target}\t${measured.length} rescans\t${mean.toFixed(2)} mL\t${percent.toFixed(2)} %${edge}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The synthetic CT body, with noise of 4 HU. */
async function phantom() {
  const { createCtBodyPhantom } = await import('../../dicom-fixtures/dist/ctBodyPhantom.js');
  const { grid, huVoxels } = await createCtBodyPhantom({ noise: 0 });
  return { grid, voxels: huVoxels };
}

/**
 * The image in another position, by trilinear interpolation; what was outside has its least value.
 *
 * @param {{ grid: import('../../server/src/values/grid.js').SliceGrid, voxels: ArrayLike<number> }} image
 * @param {() => number} random Standard normal.
 */
function rescan({ grid, voxels }, random) {
  const { size, voxelToLps } = grid;
  const [columns, rows, slices] = size;
  const uniform = (/** @type {number} */ most) => most * Math.max(-1, Math.min(1, random() / 2));
  const angles = [0, 1, 2].map(() => (uniform(mostDegrees) * Math.PI) / 180);
  const shift = [0, 1, 2].map(() => uniform(mostMm));
  const centre = apply(voxelToLps, [(columns - 1) / 2, (rows - 1) / 2, (slices - 1) / 2]);
  const toVoxel = invert(voxelToLps);
  const turn = rotation(angles);
  let least = Infinity;
  for (let n = 0; n < voxels.length; n++) least = Math.min(least, voxels[n] ?? 0);
  const noise = values.modality === 'CT' ? 4 : 0;
  const at = (/** @type {number} */ i, /** @type {number} */ j, /** @type {number} */ k) =>
    i < 0 || j < 0 || k < 0 || i >= columns || j >= rows || k >= slices
      ? least
      : (voxels[i + columns * (j + rows * k)] ?? least);
  const out = new Float32Array(voxels.length);
  for (let k = 0, n = 0; k < slices; k++)
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++, n++) {
        const place = apply(voxelToLps, [i, j, k]);
        const from = place.map((each, axis) => each - (centre[axis] ?? 0));
        const moved = turn.map((row, axis) => dot(row, from) + (centre[axis] ?? 0) + (shift[axis] ?? 0));
        const [x = 0, y = 0, z = 0] = apply(toVoxel, /** @type {[number, number, number]} */ (moved));
        const [i0, j0, k0] = [Math.floor(x), Math.floor(y), Math.floor(z)];
        const [u, v, w] = [x - i0, y - j0, z - k0];
        let value = 0;
        for (let corner = 0; corner < 8; corner++) {
          const [a, b, c] = [corner & 1, (corner >> 1) & 1, corner >> 2];
          value += (a ? u : 1 - u) * (b ? v : 1 - v) * (c ? w : 1 - w) * at(i0 + a, j0 + b, k0 + c);
        }
        out[n] = Math.max(least, value + noise * random());
      }
  return out;
}

/** @param {readonly number[]} a @param {readonly number[]} b */
function dot(a, b) {
  return a.reduce((sum, each, axis) => sum + each * (b[axis] ?? 0), 0);
}

/** @param {readonly number[]} angles About x, y and z, in radians. */
function rotation([x = 0, y = 0, z = 0]) {
  const [cx, sx, cy, sy, cz, sz] = [x, y, z].flatMap((angle) => [Math.cos(angle), Math.sin(angle)]).map(Number);
  return [
    [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx],
    [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx],
    [-sy, cy * sx, cy * cx],
  ];
}

/**
 * A NIfTI-1 file of floats; its axes are RAS.
 *
 * @param {Float32Array} voxels
 * @param {import('../../server/src/values/grid.js').SliceGrid} grid
 */
function niftiOf(voxels, { size, voxelToLps }) {
  const header = Buffer.alloc(352);
  header.writeInt32LE(348, 0);
  for (const [n, each] of [3, ...size, 1, 1, 1, 1].entries()) header.writeInt16LE(each, 40 + 2 * n);
  header.writeInt16LE(16, 70);
  header.writeInt16LE(32, 72);
  for (let n = 0; n < 4; n++) header.writeFloatLE(1, 76 + 4 * n);
  header.writeFloatLE(352, 108);
  header.writeFloatLE(1, 112);
  header.writeInt16LE(1, 254);
  for (let row = 0; row < 3; row++)
    for (let axis = 0; axis < 4; axis++)
      header.writeFloatLE((row < 2 ? -1 : 1) * (voxelToLps[4 * row + axis] ?? 0), 280 + 16 * row + 4 * axis);
  header.write('n+1\0', 344, 'latin1');
  return Buffer.concat([header, Buffer.from(voxels.buffer)]);
}

/** @param {string} file @param {string} output */
async function segment(file, output) {
  const { model, modality, prompt } = values;
  const options = ['--input', file, '--modality', modality, '--model', model, '--prompt', prompt, '--output', output];
  const { stdout } = await run(process.execPath, [promptseg, 'segment', ...options, '--json'], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout).findings;
}

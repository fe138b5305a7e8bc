/**
 * How long it takes to encode segmentation objects, and how large they are, against highdicom with the same masks in
 * the same run.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { median } from './median.mjs';

const run = promisify(execFile);

/** Columns, rows, slices. */
const size = /** @type {const} */ ([512, 512, 300]);
/** Ellipsoids are in 6 × 6 × 3 boxes, of which no two touch. */
const boxes = /** @type {const} */ ([6, 6, 3]);

/** BINARY is the default; a label map is for many targets. Both sides write it in RLE Lossless. */
const cases = /** @type {const} */ ([
  { kind: 'BINARY', targets: 1 },
  { kind: 'BINARY', targets: 24 },
  { kind: 'BINARY', targets: 104 },
  { kind: 'LABELMAP', targets: 104 },
]);

/**
 * @param {string} python with highdicom
 * @param {number} pairs runs of ours and of highdicom's, each in a process of its own, in turn
 */
export async function measureSegmentations(python, pairs) {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-bench-'));
  try {
    await writeInputs(folder);
    const rows = [];
    for (const each of cases) rows.push(await measure(python, folder, each, pairs));
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} python
 * @param {string} folder
 * @param {{ kind: 'BINARY' | 'LABELMAP', targets: number }} what
 * @param {number} pairs
 */
async function measure(python, folder, { kind, targets }, pairs) {
  const ours = [];
  const theirs = [];
  for (let pair = 0; pair < pairs; pair++) {
    ours.push(await encode(process.execPath, 'encodeMasks.mjs', [folder, targets, kind, 2]));
    theirs.push(await encode(python, 'encode_with_highdicom.py', [folder, targets, kind, 1]));
  }
  const [first, warm] = [0, 1].map((index) =>
    median(ours.map(({ milliseconds }) => milliseconds[index] ?? Number.NaN)),
  );
  const highdicom = median(theirs.map(({ milliseconds }) => milliseconds[0] ?? Number.NaN));
  return {
    name: `${kind}, ${targets} targets, ${ours[0]?.frames} frames`,
    'highdicom ms': Math.round(highdicom),
    'first ms': Math.round(first ?? Number.NaN),
    'warm ms': Math.round(warm ?? Number.NaN),
    'first / highdicom': Number(((first ?? Number.NaN) / highdicom).toFixed(2)),
    'highdicom MB': megabytes(theirs[0]?.bytes),
    'our MB': megabytes(ours[0]?.bytes),
    'same frames': ours[0]?.frames === theirs[0]?.frames,
  };
}

/**
 * @param {string} program
 * @param {string} script
 * @param {readonly (string | number)[]} parameters
 * @returns {Promise<{ milliseconds: number[], bytes: number, frames: number }>}
 */
async function encode(program, script, parameters) {
  const { stdout } = await run(program, [path.join(import.meta.dirname, script), ...parameters.map(String)]);
  return JSON.parse(stdout);
}

/**
 * The source images (sources/*.dcm), their grid and UIDs (grid.json), and the number of the target at each voxel
 * (labels.raw, one byte each).
 *
 * @param {string} folder
 */
async function writeInputs(folder) {
  const { createSeries } = await import('../../dicom-fixtures/dist/createSeries.js');
  const { parseInstance } = await import('../../server/dist/dicom/dicomInstance.js');
  const grid = {
    size,
    voxelToLps: /** @type {const} */ ([0.8, 0, 0, -200, 0, 0.8, 0, -200, 0, 0, 1.5, 0, 0, 0, 0, 1]),
  };
  const images = await createSeries({ name: 'benchmark', modality: 'CT', grid, valueAt: () => 0 });
  await mkdir(path.join(folder, 'sources'));
  for (const [slice, image] of images.entries())
    await writeFile(path.join(folder, 'sources', `${String(slice).padStart(3, '0')}.dcm`), image);
  const sopInstanceUIDs = images.map((image) => parseInstance(image).sopInstanceUID);
  await writeFile(path.join(folder, 'grid.json'), JSON.stringify({ grid, sopInstanceUIDs }));
  await writeFile(path.join(folder, 'labels.raw'), labels());
}

/** Target n, from 1, is the ellipsoid in box n; the boxes are counted columns first. */
function labels() {
  const [columns, rows, slices] = size;
  const numbers = new Uint8Array(columns * rows * slices);
  /** @param {number} position @param {0 | 1 | 2} axis */
  const inBox = (position, axis) => {
    const place = ((position + 0.5) / size[axis]) * boxes[axis];
    return { box: Math.floor(place), offset: (place - Math.floor(place) - 0.5) / 0.45 };
  };
  let voxel = 0;
  for (let k = 0; k < slices; k++)
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++, voxel++) {
        const [x, y, z] = [inBox(i, 0), inBox(j, 1), inBox(k, 2)];
        if (x.offset ** 2 + y.offset ** 2 + z.offset ** 2 < 1)
          numbers[voxel] = 1 + x.box + boxes[0] * (y.box + boxes[1] * z.box);
      }
  return numbers;
}

/** @param {number | undefined} bytes */
const megabytes = (bytes) => Number(((bytes ?? Number.NaN) / 1e6).toFixed(2));
